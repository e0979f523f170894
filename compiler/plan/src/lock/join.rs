//! A lock with another one's help: what a project's own lock has nothing for, such as what the command line sets, is locked
//! by itself.

use std::{collections::BTreeMap, sync::Arc};

use plc_lang::topology::{Archive, Source, Topology};

use super::{Closure, ClosureOf, Lock, LockedArchive, LockedPackage, LockedSource, Lookup};
use crate::{
    derivation::PackageVersion,
    request::{self, Asked, PackageRequest},
    sources::sources_of,
};

/// What a topology is made of that a lock has nothing for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lacking {
    /// Packages, each request once.
    pub asked: Vec<Asked>,
    /// Repositories and their revisions, sorted.
    pub revisions: Vec<(String, String)>,
}

impl Lacking {
    /// Whether the lock has everything.
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty() && self.revisions.is_empty()
    }
}

/// Two locks have different packages of one name, version and architecture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` {} is one package in archive `{first}` and another in `{second}`", .package.name, .package.version)]
pub struct PackagesDiffer {
    /// The package.
    pub package: PackageVersion,
    /// An archive that has it.
    pub first: String,
    /// Another.
    pub second: String,
}

impl LockedArchive {
    /// Whether it is an archive as the description has it.
    pub fn is_of(&self, archive: &Archive) -> bool {
        self.said() == (archive.suites.iter().collect(), &archive.components, &archive.signed_by)
    }

    /// What the description says of it.
    fn said(&self) -> (Vec<&String>, &Vec<String>, &String) {
        (self.suites.iter().map(|suite| &suite.suite).collect(), &self.components, &self.signed_by)
    }
}

impl Lock {
    /// What a topology asks for that the lock has nothing for, or has it from archives that are described otherwise now.
    pub fn lacks(&self, topology: &Topology) -> Lacking {
        let lookup = Lookup::new(self);
        let is_described = |name: &str| {
            let archive = topology.archives.iter().find(|archive| archive.name == name);
            archive.zip(self.archive(name)).is_some_and(|(archive, locked)| locked.is_of(archive))
        };
        let has = |request: &PackageRequest| {
            let based =
                |closure: &Closure| !closure.base.is_empty() || lookup.base(request.archive()).is_some();
            lookup.closure(request).is_some_and(based) && request.archives().into_iter().all(is_described)
        };
        let mut lacking = Lacking::default();
        for asked in request::asked_by(topology) {
            if !has(&asked.packages) && lacking.asked.iter().all(|known| known.packages != asked.packages) {
                lacking.asked.push(asked);
            }
        }
        for source in sources_of(topology) {
            if let Source::Git { repository, revision } = source
                && self.commit(repository, revision).is_none()
            {
                lacking.revisions.push((repository.clone(), revision.clone()));
            }
        }
        lacking
    }

    /// This lock with the closures of another one. An archive that the two describe differently is the other's, and what
    /// this one has drawn from it is left out. A host whose base is not this lock's, because the archive has moved on
    /// since, keeps its own.
    ///
    /// # Errors
    /// When the two have different packages of one name, version and architecture.
    pub fn joined(&self, other: &Self) -> Result<Self, PackagesDiffer> {
        let replaced: Vec<&LockedArchive> = other
            .archives
            .iter()
            .filter(|theirs| self.archive(&theirs.name).is_none_or(|ours| ours.said() != theirs.said()))
            .collect();
        let is_replaced = |name: &str| replaced.iter().any(|archive| archive.name == name);
        let mut archives: BTreeMap<&str, &LockedArchive> = BTreeMap::new();
        archives.extend(self.archives.iter().chain(replaced.iter().copied()).map(|a| (a.name.as_str(), a)));
        let stays = |closure: &&Closure| !closure.request.archives().into_iter().any(is_replaced);
        let mut closures: Vec<Closure> = self.closures.iter().filter(stays).cloned().collect();
        for closure in &other.closures {
            closures.extend(closure.upon(&closures, other));
        }
        // Bases go first, and the first one's archive is the usual one.
        closures.sort_by_key(|closure| !matches!(closure.of, ClosureOf::Base(_)));
        Ok(Self {
            archives: archives.into_values().cloned().collect(),
            closures,
            packages: joined_packages(&self.packages, &other.packages)?,
            sources: joined_sources(&self.sources, &other.sources),
        })
    }
}

impl Closure {
    /// The closure of another lock beside what there is; none where it is there already.
    fn upon(&self, there: &[Self], lock: &Lock) -> Option<Self> {
        let ours = base_of(there, self.request.archive());
        if matches!(self.of, ClosureOf::Base(_)) {
            return ours.is_none().then(|| self.clone());
        }
        let is_base = |closure: &Self| matches!(closure.of, ClosureOf::Base(_));
        if there.iter().any(|known| !is_base(known) && known.request == self.request) {
            return None;
        }
        let theirs = base_of(&lock.closures, self.request.archive());
        let mut closure = self.clone();
        if closure.base.is_empty() && ours != theirs {
            closure.base = theirs.unwrap_or_default().to_vec();
        }
        Some(closure)
    }
}

/// The base that the hosts of an archive share.
fn base_of<'a>(closures: &'a [Closure], archive: &str) -> Option<&'a [Arc<PackageVersion>]> {
    let is_it = |closure: &&Closure| matches!(&closure.of, ClosureOf::Base(name) if name == archive);
    closures.iter().find(is_it).map(|base| base.packages.as_slice())
}

/// The commits of both; where both know a revision, the first counts.
fn joined_sources(ours: &[LockedSource], theirs: &[LockedSource]) -> Vec<LockedSource> {
    let mut sources = BTreeMap::new();
    for source in theirs.iter().chain(ours) {
        sources.insert((&source.repository, &source.revision), source);
    }
    sources.into_values().cloned().collect()
}

fn joined_packages(
    ours: &[LockedPackage],
    theirs: &[LockedPackage],
) -> Result<Vec<LockedPackage>, PackagesDiffer> {
    let mut packages: BTreeMap<&PackageVersion, &LockedPackage> = BTreeMap::new();
    for package in ours.iter().chain(theirs) {
        let known = packages.entry(&package.key).or_insert(package);
        if known.file.sha256 != package.file.sha256 {
            return Err(PackagesDiffer {
                package: PackageVersion::clone(&package.key),
                first: known.file.archive.to_string(),
                second: package.file.archive.to_string(),
            });
        }
    }
    Ok(packages.into_values().cloned().collect())
}
