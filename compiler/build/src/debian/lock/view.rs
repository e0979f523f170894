//! The archives as a host sees them: its own first, and behind it the others, where it mixes them.

use std::collections::BTreeSet;

use plc_lang::topology::Archive;
use plc_plan::request::Asked;

use super::{LockError, LockRequest};
use crate::debian::{
    archive::Suite,
    index::{Index, IndexText, RecordId},
    resolve::{self, Choice, Picked},
};

/// An archive with its suites as they are now.
pub(super) struct Fetched<'a> {
    pub(super) archive: &'a Archive,
    pub(super) suites: Vec<Suite>,
}

/// The packages of archives, the most preferred first, and the base of the first.
pub(super) struct View<'a> {
    archives: Vec<&'a Archive>,
    names: Vec<&'a str>,
    index: Index<'a>,
    base: BTreeSet<RecordId>,
}

/// What hosts of one archive choose from.
pub(super) struct Home<'a> {
    /// Their own archive.
    pub(super) own: View<'a>,
    /// It and all the others, where a host mixes them.
    mixed: Option<View<'a>>,
}

impl<'a> View<'a> {
    fn new(fetched: &[&'a Fetched<'a>], architecture: &str) -> Result<Self, LockError> {
        let archives: Vec<&Archive> = fetched.iter().map(|fetched| fetched.archive).collect();
        let names: Vec<&str> = archives.iter().map(|archive| archive.name.as_str()).collect();
        let name = names.first().copied().unwrap_or_default().to_owned();
        let index = Index::parse(&texts(fetched), architecture)
            .map_err(|source| LockError::Index { archive: name.clone(), source })?;
        let mut view = Self { archives, names, index, base: BTreeSet::new() };
        view.base =
            resolve::base(&view.choice()).map_err(|source| LockError::Resolve { archive: name, source })?;
        Ok(view)
    }

    fn choice(&self) -> Choice<'_> {
        Choice { index: &self.index, archives: &self.names }
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

    fn pick(&self, asked: &Asked) -> Result<Picked, LockError> {
        let picked = resolve::pick(&self.choice(), &self.base, &asked.by.to_string(), &asked.packages);
        picked.map_err(|source| LockError::Resolve { archive: self.name().to_owned(), source })
    }
}

impl<'a> Home<'a> {
    /// Of an archive of a request; none where nobody draws from it.
    pub(super) fn of(
        archive: &'a Fetched<'a>,
        all: &'a [Fetched<'a>],
        request: &LockRequest<'_>,
        architecture: &str,
    ) -> Result<Option<Self>, LockError> {
        let name = &archive.archive.name;
        let mut asked = request.asked.iter().filter(|asked| asked.packages.archive() == name).peekable();
        if asked.peek().is_none() {
            return Ok(None);
        }
        let own = View::new(&[archive], architecture)?;
        let others = all.iter().filter(|other| other.archive.name != *name);
        let mixed = if asked.any(|asked| asked.packages.is_mixed()) {
            let archives: Vec<&Fetched<'_>> = std::iter::once(archive).chain(others).collect();
            Some(View::new(&archives, architecture)?)
        } else {
            None
        };
        Ok(Some(Self { own, mixed }))
    }

    /// What a request of this archive comes to, and in which view.
    pub(super) fn pick(&self, asked: &Asked) -> Result<(&View<'a>, Picked), LockError> {
        let view = match &self.mixed {
            Some(mixed) if asked.packages.is_mixed() => mixed,
            _ => &self.own,
        };
        Ok((view, view.pick(asked)?))
    }
}

fn texts<'a>(fetched: &[&'a Fetched<'a>]) -> Vec<IndexText<'a>> {
    let of_suite = |archive, suite, found: &'a Suite| {
        found.indices.iter().map(move |text| IndexText { archive, suite, name: &found.name, text })
    };
    let of_archive = |(archive, fetched): (usize, &&'a Fetched<'a>)| {
        let suites = fetched.suites.iter().enumerate();
        suites.flat_map(|(suite, found)| of_suite(archive, suite, found)).collect::<Vec<_>>()
    };
    fetched.iter().enumerate().flat_map(of_archive).collect()
}
