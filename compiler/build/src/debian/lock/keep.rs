//! What a lock that is made again keeps of the one that it replaces: the answers to requests that are asked for still, and
//! of what is resolved anew each version that still goes together with the rest.

use std::collections::{BTreeMap, BTreeSet};

use plc_lang::topology::Archive;
use plc_plan::{
    derivation::PackageVersion,
    lock::{Closure, Lock, LockedArchive, LockedPackage, Lookup},
    request::{Asked, PackageRequest},
};

use super::{LockError, LockRequest, assemble};
use crate::debian::{
    index::{Index, RecordId},
    resolve::Kept,
};

/// Which packages of a lock that is replaced may move.
#[derive(Clone, Copy, Debug)]
pub enum Update<'a> {
    /// All: each is in its newest version, whatever the lock had.
    Everything,
    /// Those of these names, and what they force.
    Only(&'a [String]),
}

/// What stays of a lock.
pub(super) struct Keep<'a> {
    lock: &'a Lock,
    lookup: Lookup<'a>,
    archives: &'a [Archive],
    moving: BTreeSet<String>,
    /// Archives whose base is not what it was.
    rebased: BTreeSet<String>,
}

impl<'a> Keep<'a> {
    /// Of the lock that a request replaces; none where everything is to be in its newest version.
    pub(super) fn of(request: &LockRequest<'a>) -> Option<Self> {
        let Update::Only(names) = request.update else { return None };
        let lock = request.previous?;
        let moving: BTreeSet<String> = names.iter().cloned().collect();
        let lookup = Lookup::new(lock);
        let mut keep = Self { lock, lookup, archives: request.archives, moving, rebased: BTreeSet::new() };
        keep.rebase();
        Some(keep)
    }

    /// Lets packages of further names move. Whether that is anything new.
    pub(super) fn release(&mut self, names: BTreeSet<String>) -> bool {
        let before = self.moving.len();
        self.moving.extend(names);
        self.rebase();
        self.moving.len() > before
    }

    /// Notes that an archive has another base now.
    pub(super) fn has_other_base(&mut self, archive: &str) -> bool {
        self.rebased.insert(archive.to_owned())
    }

    fn rebase(&mut self) {
        let moves = |archive: &&LockedArchive| {
            let base = self.lookup.base(&archive.name);
            base.is_none_or(|base| base.packages.iter().any(|key| self.moving.contains(&key.name)))
        };
        let moved: Vec<String> = self.lock.archives.iter().filter(moves).map(|a| a.name.clone()).collect();
        self.rebased.extend(moved);
    }

    /// What an archive was, where the description still says the same of it.
    pub(super) fn archive(&self, name: &str) -> Option<&'a LockedArchive> {
        let described = self.archives.iter().find(|archive| archive.name == name)?;
        self.lock.archive(name).filter(|locked| locked.is_of(described))
    }

    /// The base of an archive, where it stays.
    pub(super) fn base(&self, archive: &str) -> Option<&'a Closure> {
        self.archive(archive)?;
        self.lookup.base(archive).filter(|_| !self.rebased.contains(archive))
    }

    /// The names of what the base of an archive was made of.
    pub(super) fn base_names(&self, archive: &str) -> Option<BTreeSet<&'a str>> {
        self.archive(archive)?;
        Some(self.lookup.base(archive)?.packages.iter().map(|key| key.name.as_str()).collect())
    }

    /// What a request has come to, where that stays.
    pub(super) fn closure(&self, request: &PackageRequest) -> Option<&'a Closure> {
        let closure = self.lookup.closure(request)?;
        let same_archives = request.archives().into_iter().all(|name| self.archive(name).is_some());
        let same_base = !closure.base.is_empty() || self.base(request.archive()).is_some();
        let moves = |key: &PackageVersion| self.moving.contains(&key.name);
        let stays =
            same_archives && same_base && !closure.base.iter().chain(&closure.packages).any(|key| moves(key));
        stays.then_some(closure)
    }

    /// Whether an archive has to be asked for some of these requests.
    pub(super) fn must_ask(&self, archive: &Archive, asked: &[Asked]) -> bool {
        let open = || asked.iter().filter(|asked| self.closure(&asked.packages).is_none());
        let draws = |asked: &Asked| asked.packages.is_mixed() || asked.packages.archive() == archive.name;
        self.archive(&archive.name).is_none() || open().any(draws)
    }

    /// A package of the lock.
    pub(super) fn package(&self, key: &PackageVersion) -> Option<&'a LockedPackage> {
        self.lock.packages.get(self.lookup.position(key)?)
    }

    /// What was locked from an archive that is described as it was, and may stay.
    pub(super) fn of_archive(&self, archive: &str) -> impl Iterator<Item = &'a LockedPackage> {
        let is_here = self.archive(archive).is_some();
        let stays = move |package: &&LockedPackage| {
            is_here && *package.file.archive == *archive && !self.moving.contains(&package.key.name)
        };
        self.lock.packages.iter().filter(stays)
    }

    /// What to stay with for a request, by name: what it had, else what the base had, else what others had of its archives.
    /// `archives` are those of the index.
    ///
    /// # Errors
    /// When an archive has another file now for a name and version that are locked.
    pub(super) fn kept<'i>(
        &self,
        index: &Index<'i>,
        archives: &[&str],
        request: &PackageRequest,
    ) -> Result<Kept<'i>, LockError> {
        let own = self.lookup.closure(request);
        let base = self.lookup.base(request.archive());
        let first =
            own.into_iter().chain(base).flat_map(|closure| closure.base.iter().chain(&closure.packages));
        let others = self.lock.packages.iter().filter(|package| *package.file.archive == *request.archive());
        let mut kept: BTreeMap<&str, RecordId> = BTreeMap::new();
        for key in first.chain(others.map(|package| &package.key)) {
            if let Some(package) = self.package(key).filter(|_| !self.moving.contains(&key.name))
                && let Some(id) = find(index, archives, package)?
            {
                kept.entry(index.record(id).name).or_insert(id);
            }
        }
        Ok(kept)
    }
}

/// A locked package in an index of archives.
///
/// # Errors
/// When it is another file there.
pub(super) fn find(
    index: &Index<'_>,
    archives: &[&str],
    package: &LockedPackage,
) -> Result<Option<RecordId>, LockError> {
    let key = &package.key;
    let is_it = |id: &RecordId| {
        let record = index.record(*id);
        archives.get(record.archive) == Some(&&*package.file.archive)
            && (record.version, record.architecture) == (key.version.as_str(), key.architecture.as_str())
    };
    let found = index.of_name(&key.name).find(is_it);
    match found.map(|id| index.record(id).sha256) {
        Some(sha256) if sha256 != package.file.sha256 => Err(replaced(package)),
        _ => Ok(found),
    }
}

fn replaced(package: &LockedPackage) -> LockError {
    LockError::Replaced {
        archive: package.file.archive.to_string(),
        name: package.key.name.clone(),
        version: package.key.version.clone(),
    }
}

/// The lock that is replaced, without what is not asked for any more, where it answers all the rest.
pub(super) fn all_of(keep: &Keep<'_>, request: &LockRequest<'_>) -> Option<Lock> {
    if request.archives.iter().any(|archive| keep.must_ask(archive, request.asked)) {
        return None;
    }
    let mut builder = assemble::Builder::default();
    for archive in request.archives {
        builder.kept_of(Some(keep), &archive.name, request.asked).ok()?;
    }
    for asked in request.asked {
        builder.kept(keep, keep.closure(&asked.packages)?, &asked.by).ok()?;
    }
    Some(builder.finish())
}
