//! Puts the lock together: sorted, each package once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use plc_lang::topology::Archive;
use plc_plan::{
    derivation::{Fetch, PackageVersion},
    lock::{Closure, ClosureOf, Lock, LockedArchive, LockedPackage},
    request::{Asked, PackageRequest},
};

use super::{
    LockError,
    keep::Keep,
    view::{Fetched, View},
};
use crate::debian::{archive::Suite, index::RecordId, resolve::Picked};

/// A lock in the making.
#[derive(Default)]
pub(super) struct Builder {
    archives: BTreeMap<String, LockedArchive>,
    bases: Vec<Closure>,
    tools: BTreeMap<PackageRequest, Closure>,
    hosts: Vec<Closure>,
    packages: BTreeMap<Arc<PackageVersion>, LockedPackage>,
}

impl Builder {
    /// Adds an archive.
    pub(super) fn archive(&mut self, archive: &Fetched<'_>) {
        self.archives.insert(archive.archive.name.clone(), locked_archive(archive.archive, &archive.suites));
    }

    /// Adds an archive as it was, and its base where somebody draws from it.
    pub(super) fn kept_of(
        &mut self,
        keep: Option<&Keep<'_>>,
        name: &str,
        asked: &[Asked],
    ) -> Result<(), LockError> {
        let Some(keep) = keep else { return Ok(()) };
        self.archives.extend(keep.archive(name).map(|archive| (name.to_owned(), archive.clone())));
        match keep.base(name) {
            Some(base) if asked.iter().any(|asked| asked.packages.archive() == name) => {
                self.kept(keep, base, &ClosureOf::Base(name.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Adds an answer of the lock that is replaced, under whoever asks for it now.
    pub(super) fn kept(
        &mut self,
        keep: &Keep<'_>,
        closure: &Closure,
        of: &ClosureOf,
    ) -> Result<(), LockError> {
        let locked = closure.base.iter().chain(&closure.packages).filter_map(|key| keep.package(key));
        for package in locked {
            self.package(package.clone())?;
        }
        self.closure(Closure { of: of.clone(), ..closure.clone() });
        Ok(())
    }

    fn closure(&mut self, closure: Closure) {
        match closure.of {
            ClosureOf::Base(_) => self.bases.push(closure),
            ClosureOf::Tools(_) => drop(self.tools.insert(closure.request.clone(), closure)),
            ClosureOf::Host(_) => self.hosts.push(closure),
        }
    }

    /// Adds what the hosts of an archive share.
    pub(super) fn base(&mut self, view: &View<'_>) -> Result<(), LockError> {
        let packages = self.add(view, view.base())?;
        let archive = view.name();
        let request = PackageRequest::new(archive, [], []);
        let of = ClosureOf::Base(archive.to_owned());
        self.closure(Closure { of, request, base: Vec::new(), packages });
        Ok(())
    }

    /// Adds the packages of a host or a build.
    pub(super) fn picked(
        &mut self,
        view: &View<'_>,
        asked: &Asked,
        picked: &Picked,
    ) -> Result<(), LockError> {
        let (of, request) = (asked.by.clone(), asked.packages.clone());
        let base = self.add(view, &picked.base)?;
        let packages = self.add(view, &picked.packages)?;
        self.closure(Closure { of, request, base, packages });
        Ok(())
    }

    pub(super) fn finish(self) -> Lock {
        let mut closures = self.bases;
        closures.extend(self.tools.into_values());
        closures.extend(self.hosts);
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
        view: &View<'_>,
        ids: &BTreeSet<RecordId>,
    ) -> Result<Vec<Arc<PackageVersion>>, LockError> {
        let mut keys = Vec::new();
        for id in ids {
            let package = locked_package(view, *id);
            keys.push(package.key.clone());
            self.package(package)?;
        }
        keys.sort();
        Ok(keys)
    }

    fn package(&mut self, package: LockedPackage) -> Result<(), LockError> {
        let known = self.packages.entry(package.key.clone()).or_insert_with(|| package.clone());
        if known.file.sha256 == package.file.sha256 {
            return Ok(());
        }
        Err(LockError::Ambiguous {
            name: package.key.name.clone(),
            version: package.key.version.clone(),
            architecture: package.key.architecture.clone(),
            first: known.file.archive.to_string(),
            second: package.file.archive.to_string(),
        })
    }
}

fn locked_archive(archive: &Archive, suites: &[Suite]) -> LockedArchive {
    LockedArchive {
        name: archive.name.clone(),
        components: archive.components.clone(),
        signed_by: archive.signed_by.clone(),
        suites: suites.iter().map(Suite::locked).collect(),
    }
}

fn locked_package(view: &View<'_>, id: RecordId) -> LockedPackage {
    let record = view.index().record(id);
    let archive = view.archive(record.archive);
    let suite = archive.and_then(|archive| archive.suites.get(record.suite));
    let file = Fetch {
        archive: archive.map_or("", |archive| archive.name.as_str()).into(),
        suite: suite.map_or("", String::as_str).into(),
        path: record.path.strip_prefix("./").unwrap_or(record.path).to_owned(),
        sha256: record.sha256.to_owned(),
        size: record.size,
    };
    let key = PackageVersion::new(record.name, record.version, record.architecture);
    LockedPackage { key: key.into(), file: file.into() }
}
