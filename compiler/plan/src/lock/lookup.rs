//! Finding things in a lock, each at once however large it is.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use foldhash::fast::FixedState;
use plc_lang::{
    Versions,
    topology::{Host, Topology},
};

use super::{Closure, ClosureOf, Lock};
use crate::{derivation::PackageVersion, request::PackageRequest};

/// The packages of a lock by key, its bases by archive, all other closures by request.
#[derive(Clone, Debug)]
pub struct Lookup<'a> {
    lock: &'a Lock,
    packages: HashMap<&'a PackageVersion, usize, FixedState>,
    bases: BTreeMap<&'a str, &'a Closure>,
    closures: HashMap<&'a PackageRequest, &'a Closure, FixedState>,
}

impl<'a> Lookup<'a> {
    /// For a lock.
    pub fn new(lock: &'a Lock) -> Self {
        let packages = lock.packages.iter().enumerate().map(|(at, package)| (&*package.key, at)).collect();
        let mut lookup = Self { lock, packages, bases: BTreeMap::new(), closures: HashMap::default() };
        for closure in &lock.closures {
            match &closure.of {
                ClosureOf::Base(archive) => lookup.bases.insert(archive, closure),
                ClosureOf::Host(_) | ClosureOf::Tools(_) => lookup.closures.insert(&closure.request, closure),
            };
        }
        lookup
    }

    /// The position of a package in [`Lock::packages`].
    pub fn position(&self, package: &PackageVersion) -> Option<usize> {
        self.packages.get(package).copied()
    }

    /// The base that the hosts of an archive share.
    pub fn base(&self, archive: &str) -> Option<&'a Closure> {
        self.bases.get(archive).copied()
    }

    /// What a request comes to, whoever makes it.
    pub fn closure(&self, request: &PackageRequest) -> Option<&'a Closure> {
        self.closures.get(request).copied()
    }

    /// Of the closures under a host's name the one whose request differs least: what to compare with where a request
    /// has none.
    pub fn nearest(&self, host: &str, request: &PackageRequest) -> Option<&'a Closure> {
        let named = |closure: &&Closure| matches!(&closure.of, ClosureOf::Host(name) if name == host);
        self.lock.closures.iter().filter(named).min_by_key(|closure| closure.request.distance(request))
    }

    /// All packages of a host that makes a request, those of its base first.
    pub fn packages(
        &self,
        request: &PackageRequest,
    ) -> impl Iterator<Item = &'a Arc<PackageVersion>> + use<'a> {
        let closure = self.closure(request);
        let base = closure.and_then(|closure| match closure.base.as_slice() {
            [] => self.base(request.archive()).map(|base| base.packages.as_slice()),
            own => Some(own),
        });
        let beyond = closure.map(|closure| closure.packages.as_slice());
        [base, beyond].into_iter().flatten().flatten()
    }
}

/// The versions of packages on the hosts of a topology, by a lock. Asked of few packages, so nothing is gathered before.
#[derive(Clone, Debug)]
pub struct LockedVersions<'a> {
    lookup: Lookup<'a>,
    topology: &'a Topology,
    hosts: BTreeMap<&'a str, &'a Host>,
}

impl<'a> LockedVersions<'a> {
    /// For the hosts of a topology that was evaluated without versions: what packages hosts ask for follows from none.
    pub fn new(lock: &'a Lock, topology: &'a Topology) -> Self {
        let hosts = topology.hosts.iter().map(|host| (host.name.as_str(), host)).collect();
        Self { lookup: Lookup::new(lock), topology, hosts }
    }
}

impl Versions for LockedVersions<'_> {
    fn version(&self, host: &str, package: &str) -> Option<String> {
        let request = PackageRequest::of(self.topology, self.hosts.get(host)?);
        let mut packages = self.lookup.packages(&request);
        packages.find(|key| key.name == package).map(|key| key.version.clone())
    }
}
