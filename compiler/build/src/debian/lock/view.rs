//! The archives as a host sees them: its own first, and behind it the others, where it mixes them.

use std::{collections::BTreeSet, sync::Arc};

use plc_lang::topology::Archive;
use plc_plan::{
    derivation::PackageVersion,
    request::{Asked, PackageRequest},
};

use super::{LockError, LockRequest, keep::Keep};
use crate::debian::{
    archive::Suite,
    index::{Index, IndexText, RecordId},
    resolve::{self, Choice, Kept, Picked},
};

/// An archive with its suites as they are now.
pub(super) struct Fetched<'a> {
    pub(super) archive: &'a Archive,
    pub(super) suites: Vec<Suite>,
    /// Stanzas of packages that are locked and that the indices have no more, by the positions of their suites.
    pub(super) held: Vec<(usize, String)>,
}

/// The packages of archives, the most preferred first, and the base of the first.
pub(super) struct View<'a> {
    archives: Vec<&'a Archive>,
    names: Vec<&'a str>,
    index: Index<'a>,
    base: BTreeSet<RecordId>,
    /// Whether the base is another one than in the lock that is replaced, although nothing of it was to move.
    pub(super) has_other_base: bool,
}

/// What hosts of one archive choose from.
pub(super) struct Home<'a> {
    /// Their own archive.
    pub(super) own: View<'a>,
    /// It and all the others, where a host mixes them.
    mixed: Option<View<'a>>,
}

impl<'a> View<'a> {
    fn new(
        fetched: &[&'a Fetched<'a>],
        architecture: &str,
        keep: Option<&Keep<'_>>,
    ) -> Result<Self, LockError> {
        let archives: Vec<&Archive> = fetched.iter().map(|fetched| fetched.archive).collect();
        let names: Vec<&str> = archives.iter().map(|archive| archive.name.as_str()).collect();
        let name = names.first().copied().unwrap_or_default().to_owned();
        let index = Index::parse(&texts(fetched), architecture)
            .map_err(|source| LockError::Index { archive: name.clone(), source })?;
        let mut view = Self { archives, names, index, base: BTreeSet::new(), has_other_base: false };
        let kept = view.kept(keep, &PackageRequest::new(&name, [], []))?;
        let locked = keep.and_then(|keep| keep.base(&name));
        if let Some(ids) = locked.and_then(|base| view.all_kept(&kept, &base.packages)) {
            view.base = ids;
            return Ok(view);
        }
        let base = match keep.and_then(|keep| keep.base_names(&name)) {
            Some(names) => resolve::base_of(&view.choice(&kept), &names),
            None => resolve::base(&view.choice(&kept)),
        };
        view.base = base.map_err(|source| LockError::Resolve { archive: name, source })?;
        view.has_other_base = locked.is_some();
        Ok(view)
    }

    /// What to stay with for a request.
    fn kept(&self, keep: Option<&Keep<'_>>, request: &PackageRequest) -> Result<Kept<'_>, LockError> {
        keep.map_or(Ok(Kept::new()), |keep| keep.kept(&self.index, &self.names, request))
    }

    /// The records of locked packages, where all of them are to stay.
    fn all_kept(&self, kept: &Kept<'_>, keys: &[Arc<PackageVersion>]) -> Option<BTreeSet<RecordId>> {
        let id = |key: &Arc<PackageVersion>| {
            let id = *kept.get(key.name.as_str())?;
            (self.index.record(id).version == key.version).then_some(id)
        };
        keys.iter().map(id).collect()
    }

    fn choice<'v>(&'v self, kept: &'v Kept<'v>) -> Choice<'v> {
        Choice { index: &self.index, archives: &self.names, kept }
    }

    /// The name of the first archive.
    pub(super) fn name(&self) -> &'a str {
        self.names.first().copied().unwrap_or_default()
    }

    /// The archive of a position.
    pub(super) fn archive(&self, position: usize) -> Option<&'a Archive> {
        self.archives.get(position).copied()
    }

    pub(super) fn index(&self) -> &Index<'a> {
        &self.index
    }

    pub(super) fn base(&self) -> &BTreeSet<RecordId> {
        &self.base
    }

    fn pick(&self, asked: &Asked, keep: Option<&Keep<'_>>) -> Result<Picked, LockError> {
        let kept = self.kept(keep, &asked.packages)?;
        let choice = self.choice(&kept);
        let picked = resolve::pick(&choice, &self.base, &asked.by.to_string(), &asked.packages);
        picked.map_err(|source| LockError::Resolve { archive: self.name().to_owned(), source })
    }
}

impl<'a> Home<'a> {
    /// Of an archive of a request; none where nobody draws from it.
    pub(super) fn of(
        archive: &'a Fetched<'a>,
        all: &[&'a Fetched<'a>],
        request: &LockRequest<'_>,
        architecture: &str,
        keep: Option<&Keep<'_>>,
    ) -> Result<Option<Self>, LockError> {
        let name = &archive.archive.name;
        let mut asked = request.asked.iter().filter(|asked| asked.packages.archive() == name).peekable();
        if asked.peek().is_none() {
            return Ok(None);
        }
        let own = View::new(&[archive], architecture, keep)?;
        let others = all.iter().copied().filter(|other| other.archive.name != *name);
        let is_open = |asked: &Asked| keep.is_none_or(|keep| keep.closure(&asked.packages).is_none());
        let mixed = if asked.any(|asked| asked.packages.is_mixed() && is_open(asked)) {
            let archives: Vec<&Fetched<'_>> = std::iter::once(archive).chain(others).collect();
            Some(View::new(&archives, architecture, keep)?)
        } else {
            None
        };
        Ok(Some(Self { own, mixed }))
    }

    /// What a request of this archive comes to, and in which view.
    pub(super) fn pick(
        &self,
        asked: &Asked,
        keep: Option<&Keep<'_>>,
    ) -> Result<(&View<'a>, Picked), LockError> {
        let view = match &self.mixed {
            Some(mixed) if asked.packages.is_mixed() => mixed,
            _ => &self.own,
        };
        Ok((view, view.pick(asked, keep)?))
    }

    /// The packages of the base that would have to move for a request to be met.
    pub(super) fn in_the_way(
        &self,
        asked: &Asked,
        keep: Option<&Keep<'_>>,
    ) -> Result<BTreeSet<String>, LockError> {
        let kept = self.own.kept(keep, &asked.packages)?;
        let (choice, who) = (self.own.choice(&kept), asked.by.to_string());
        let names = resolve::in_the_way(&choice, &self.own.base, &who, &asked.packages);
        Ok(names.into_iter().map(str::to_owned).collect())
    }
}

/// The indices of an archive's suites.
pub(super) fn index_texts(archive: usize, suites: &[Suite]) -> Vec<IndexText<'_>> {
    let mut texts = Vec::new();
    for (suite, found) in suites.iter().enumerate() {
        let name = found.name.as_str();
        texts.extend(found.indices.iter().map(|text| IndexText { archive, suite, name, text }));
    }
    texts
}

fn texts<'a>(fetched: &[&'a Fetched<'a>]) -> Vec<IndexText<'a>> {
    let of_archive = |(archive, fetched): (usize, &&'a Fetched<'a>)| {
        let now = index_texts(archive, &fetched.suites);
        let held = fetched.held.iter().map(|(suite, text)| {
            let name = fetched.suites.get(*suite).map_or("", |suite| suite.name.as_str());
            IndexText { archive, suite: *suite, name, text }
        });
        now.into_iter().chain(held).collect::<Vec<_>>()
    };
    fetched.iter().enumerate().flat_map(of_archive).collect()
}
