//! Puts the lock together: sorted, each package once.

use std::collections::{BTreeMap, BTreeSet};

use plc_lang::topology::Archive;
use plc_plan::lock::{Closure, ClosureOf, Lock, LockedArchive, LockedPackage, LockedSuite, PackageKey};

use super::{HostRequest, LockError, LockRequest};
use crate::debian::{
    archive::Suite,
    date,
    index::{Index, RecordId},
};

/// A lock in the making.
pub(super) struct Builder {
    archives: BTreeMap<String, LockedArchive>,
    bases: Vec<Closure>,
    hosts: BTreeMap<String, Closure>,
    tools: BTreeMap<ClosureOf, Closure>,
    /// The hosts' names in the order of the description.
    order: Vec<String>,
    packages: BTreeMap<PackageKey, LockedPackage>,
}

impl Builder {
    pub(super) fn new(request: &LockRequest<'_>) -> Self {
        let order = request.hosts.iter().map(|host| host.name.clone()).collect();
        let (archives, packages) = (BTreeMap::new(), BTreeMap::new());
        Self { archives, bases: Vec::new(), hosts: BTreeMap::new(), tools: BTreeMap::new(), order, packages }
    }

    /// Adds an archive and what its hosts share.
    pub(super) fn base(
        &mut self,
        archive: &Archive,
        suites: &[Suite],
        index: &Index<'_>,
        base: &BTreeSet<RecordId>,
    ) -> Result<(), LockError> {
        self.archives.insert(archive.name.clone(), locked_archive(archive, suites));
        let packages = self.add(archive, index, base)?;
        self.bases.push(Closure { of: ClosureOf::Base(archive.name.clone()), wants: Vec::new(), packages });
        Ok(())
    }

    /// Adds what a host needs beyond the base.
    pub(super) fn host(
        &mut self,
        archive: &Archive,
        host: &HostRequest,
        index: &Index<'_>,
        beyond: &BTreeSet<RecordId>,
    ) -> Result<(), LockError> {
        let wants: BTreeSet<String> = host.wants.iter().cloned().collect();
        let packages = self.add(archive, index, beyond)?;
        let wants: Vec<String> = wants.into_iter().collect();
        if host.is_tools {
            let of = ClosureOf::Tools(archive.name.clone(), wants.clone());
            self.tools.insert(of.clone(), Closure { of, wants, packages });
        } else {
            let closure = Closure { of: ClosureOf::Host(host.name.clone()), wants, packages };
            self.hosts.insert(host.name.clone(), closure);
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Lock {
        let mut closures = self.bases;
        closures.extend(self.tools.into_values());
        closures.extend(self.order.iter().filter_map(|host| self.hosts.remove(host)));
        Lock {
            archives: self.archives.into_values().collect(),
            closures,
            packages: self.packages.into_values().collect(),
            // Who makes the lock finds those out where the repositories are.
            sources: Vec::new(),
        }
    }

    fn add(
        &mut self,
        archive: &Archive,
        index: &Index<'_>,
        ids: &BTreeSet<RecordId>,
    ) -> Result<Vec<PackageKey>, LockError> {
        let mut keys = Vec::new();
        for id in ids {
            let package = locked_package(archive, index, *id);
            keys.push(package.key.clone());
            let known = self.packages.entry(package.key.clone()).or_insert_with(|| package.clone());
            if known.sha256 != package.sha256 {
                return Err(LockError::Ambiguous {
                    name: package.key.name,
                    version: package.key.version,
                    architecture: package.key.architecture,
                    first: known.archive.clone(),
                    second: archive.name.clone(),
                });
            }
        }
        keys.sort();
        Ok(keys)
    }
}

fn locked_archive(archive: &Archive, suites: &[Suite]) -> LockedArchive {
    LockedArchive {
        name: archive.name.clone(),
        components: archive.components.clone(),
        signed_by: archive.signed_by.clone(),
        suites: suites.iter().map(locked_suite).collect(),
    }
}

fn locked_suite(suite: &Suite) -> LockedSuite {
    LockedSuite {
        suite: suite.name.clone(),
        codename: suite.release.codename.clone(),
        date: date::write_lock(suite.release.date),
        signers: suite.signers.clone(),
    }
}

fn locked_package(archive: &Archive, index: &Index<'_>, id: RecordId) -> LockedPackage {
    let record = index.record(id);
    LockedPackage {
        key: PackageKey::new(record.name, record.version, record.architecture),
        archive: archive.name.clone(),
        suite: archive.suites.get(record.suite).cloned().unwrap_or_default(),
        path: record.path.strip_prefix("./").unwrap_or(record.path).to_owned(),
        sha256: record.sha256.to_owned(),
        size: record.size,
    }
}
