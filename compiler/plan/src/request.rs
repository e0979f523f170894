//! What a host asks of its archives: all that its packages follow from, in one canonical form.
//!
//! Two hosts that ask for the same have the same packages, whatever they are called and in whichever profile they are;
//! so a lock is looked up by this, and not by a host's name.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use plc_lang::topology::{Archive, Build, Host, Pin, Topology};

use crate::{lock::ClosureOf, sources::builds_of};

/// What packages are asked for, from where, and what they are held to. Made by [`PackageRequest::new`] only, so that
/// equal requests are equal values.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageRequest {
    archive: String,
    wants: Vec<Want>,
    pins: Vec<Held>,
}

/// A package that is asked for by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Want {
    /// The name.
    pub package: String,
    /// The archive to take it from, where that is not the host's.
    pub from: Option<String>,
    /// Whether what it recommends is asked for too, as far as it goes together with the rest; and what that recommends, and
    /// all else that comes because of it.
    pub recommends: bool,
}

/// A package that is held to a version, to archives, or both, should it be there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    /// The name.
    pub package: String,
    /// Exactly this version.
    pub version: Option<String>,
    /// From the first of these archives that has it so. None: from the host's own.
    pub from: Vec<String>,
}

impl PackageRequest {
    /// The request for packages of an archive. In any order, with repetitions: a package that is asked for from another
    /// archive is not asked for without one as well, nor one with what it recommends without that.
    pub fn new(
        archive: impl Into<String>,
        wants: impl IntoIterator<Item = Want>,
        pins: impl IntoIterator<Item = Held>,
    ) -> Self {
        let archive = archive.into();
        let mut wants: BTreeSet<Want> = wants.into_iter().map(|want| want.seen_from(&archive)).collect();
        let elsewhere: BTreeSet<String> =
            wants.iter().filter(|want| want.from.is_some()).map(|want| want.package.clone()).collect();
        let with: BTreeSet<String> =
            wants.iter().filter(|want| want.recommends).map(|want| want.package.clone()).collect();
        wants = wants.into_iter().map(|want| want.recommending(&with)).collect();
        wants.retain(|want| want.from.is_some() || !elsewhere.contains(&want.package));
        let pins: BTreeSet<Held> = pins.into_iter().map(|pin| pin.seen_from(&archive)).collect();
        Self { archive, wants: wants.into_iter().collect(), pins: pins.into_iter().collect() }
    }

    /// What a host of a topology asks for.
    pub fn of(topology: &Topology, host: &Host) -> Self {
        let wants = host.instances.iter().flat_map(|instance| {
            let from = &instance.from;
            instance.packages.iter().map(move |package| Want {
                package: package.clone(),
                from: from.clone(),
                recommends: instance.recommends.contains(package),
            })
        });
        // Whoever has the version that a pin names, the host's own archive before all others.
        let others =
            topology.archives.iter().map(|archive| &archive.name).filter(|name| **name != host.archive);
        let any: Vec<String> = std::iter::once(&host.archive).chain(others).cloned().collect();
        let held = |pin: &Pin| Held {
            package: pin.package.clone(),
            version: pin.version.clone(),
            from: pin.from.as_ref().map_or_else(|| any.clone(), |archive| vec![archive.clone()]),
        };
        let says_something = |pin: &&Pin| pin.version.is_some() || pin.from.is_some();
        Self::new(&host.archive, wants, topology.pins.iter().filter(says_something).map(held))
    }

    /// What commands that make a tree ask for.
    pub fn of_build(build: &Build) -> Self {
        Self::new(&build.archive, build.packages.iter().map(Want::new), [])
    }

    /// What a host asks for that runs as a virtual machine: a kernel of its archive, apart from the packages that it holds.
    pub fn of_kernel(host: &Host) -> Option<Self> {
        host.kernel.as_ref().map(|kernel| Self::new(&host.archive, [Want::new(kernel)], []))
    }

    /// The host's archive: all packages come from it for which nothing else is said or needed.
    pub fn archive(&self) -> &str {
        &self.archive
    }

    /// What is asked for, sorted.
    pub fn wants(&self) -> &[Want] {
        &self.wants
    }

    /// What packages are held to, sorted.
    pub fn pins(&self) -> &[Held] {
        &self.pins
    }

    /// The names that are asked for, sorted, each once.
    pub fn names(&self) -> Vec<String> {
        let names: BTreeSet<&String> = self.wants.iter().map(|want| &want.package).collect();
        names.into_iter().cloned().collect()
    }

    /// Whether anything is said but names of packages of the host's own archive.
    pub fn is_mixed(&self) -> bool {
        !self.pins.is_empty() || self.wants.iter().any(|want| want.from.is_some())
    }

    /// The archives that it names, the host's own first.
    pub fn archives(&self) -> Vec<&str> {
        let wanted = self.wants.iter().filter_map(|want| want.from.as_ref());
        let mut archives = vec![self.archive.as_str()];
        for name in wanted.chain(self.pins.iter().flat_map(|pin| &pin.from)) {
            if !archives.contains(&name.as_str()) {
                archives.push(name);
            }
        }
        archives
    }

    /// In words, what an older request lacks of this one, and what it has that this one does not ask for any more.
    pub fn differs_from(&self, older: &Self) -> String {
        let mut parts = Vec::new();
        if self.archive != older.archive {
            parts.push(format!(
                "it draws from `{}`, and the description from `{}`",
                older.archive, self.archive
            ));
        }
        let (now, before) = (self.parts(), older.parts());
        let without = |these: &[String], those: &[String]| -> Vec<String> {
            these.iter().filter(|part| !those.contains(part)).cloned().collect()
        };
        let (missing, extra) = (without(&now, &before), without(&before, &now));
        if !missing.is_empty() {
            parts.push(format!("it lacks {}", missing.join(", ")));
        }
        if !extra.is_empty() {
            parts.push(format!("the description does not ask for {} any more", extra.join(", ")));
        }
        parts.join(", and ")
    }

    /// By how many parts two requests differ.
    pub fn distance(&self, other: &Self) -> usize {
        let (one, two) = (self.parts(), other.parts());
        let apart = |these: &[String], those: &[String]| these.iter().filter(|p| !those.contains(p)).count();
        apart(&one, &two) + apart(&two, &one) + usize::from(self.archive != other.archive)
    }

    fn parts(&self) -> Vec<String> {
        let wants = self.wants.iter().map(ToString::to_string);
        wants.chain(self.pins.iter().map(ToString::to_string)).collect()
    }
}

impl Want {
    /// A package of the host's own archive.
    pub fn new(package: impl Into<String>) -> Self {
        Self { package: package.into(), from: None, recommends: false }
    }

    /// A package of another archive.
    pub fn from(package: impl Into<String>, archive: impl Into<String>) -> Self {
        Self { from: Some(archive.into()), ..Self::new(package) }
    }

    /// The same with what it recommends.
    #[must_use]
    pub fn with_recommends(self) -> Self {
        Self { recommends: true, ..self }
    }

    fn recommending(mut self, with: &BTreeSet<String>) -> Self {
        self.recommends |= with.contains(&self.package);
        self
    }

    fn seen_from(mut self, archive: &str) -> Self {
        self.from = self.from.filter(|from| from != archive);
        self
    }
}

impl fmt::Display for PackageRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts() {
            parts if parts.is_empty() => f.write_str("no packages"),
            parts => f.write_str(&parts.join(", ")),
        }
    }
}

impl fmt::Display for Want {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.from {
            Some(archive) => write!(f, "`{}` from `{archive}`", self.package),
            None => write!(f, "`{}`", self.package),
        }?;
        f.write_str(if self.recommends { " with what it recommends" } else { "" })
    }
}

impl Held {
    fn seen_from(mut self, archive: &str) -> Self {
        if self.from.iter().all(|from| from == archive) {
            self.from.clear();
        }
        self
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let archives: Vec<String> = self.from.iter().map(|archive| format!("`{archive}`")).collect();
        let archives = if archives.is_empty() { "its archive".to_owned() } else { archives.join(" or ") };
        match &self.version {
            Some(version) if self.from.is_empty() => write!(f, "`{}` held to {version}", self.package),
            Some(version) => write!(f, "`{}` held to {version} of {archives}", self.package),
            None => write!(f, "`{}` held to {archives}", self.package),
        }
    }
}

/// A request with who makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// A host or a build: for people.
    pub by: ClosureOf,
    /// What is asked for.
    pub packages: PackageRequest,
}

/// All that some topologies ask for: what one lock is made for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Requests {
    /// The archives, each once, those of the first topology first.
    pub archives: Vec<Archive>,
    /// What hosts and builds ask for, each distinct request once, under the first that makes it.
    pub asked: Vec<Asked>,
}

/// Two topologies mean different archives by one name, so that one lock cannot serve both.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("archive `{name}` is one thing in {first} and another in {second}")]
pub struct ArchivesDiffer {
    /// The name.
    pub name: String,
    /// What the topologies are called: ``profile `local` ``.
    pub first: String,
    /// The other.
    pub second: String,
}

impl Requests {
    /// What all of these topologies ask for.
    ///
    /// # Errors
    /// When they mean different archives by one name.
    pub fn of<'a>(topologies: impl IntoIterator<Item = &'a Topology>) -> Result<Self, ArchivesDiffer> {
        let mut all = Self::default();
        let mut known: BTreeMap<&str, (&Archive, &Topology)> = BTreeMap::new();
        let mut seen: BTreeSet<PackageRequest> = BTreeSet::new();
        for topology in topologies {
            for archive in &topology.archives {
                let (same, first) = *known.entry(&archive.name).or_insert((archive, topology));
                if !is_same(same, archive) {
                    let (first, second) = (selection(first), selection(topology));
                    return Err(ArchivesDiffer { name: archive.name.clone(), first, second });
                }
                if all.archives.iter().all(|known| known.name != archive.name) {
                    all.archives.push(archive.clone());
                }
            }
            all.asked
                .extend(asked_by(topology).into_iter().filter(|asked| seen.insert(asked.packages.clone())));
        }
        Ok(all)
    }
}

/// What the hosts of a topology ask for, and then its builds and its virtual machines, as far as they ask for anything.
pub(crate) fn asked_by(topology: &Topology) -> Vec<Asked> {
    let hosts = topology.hosts.iter().map(|host| Asked {
        by: ClosureOf::Host(host.name.clone()),
        packages: PackageRequest::of(topology, host),
    });
    let builds = builds_of(topology).into_iter().filter(|build| !build.packages.is_empty());
    let builds = builds.map(|build| Asked {
        by: ClosureOf::Tools(build.archive.clone()),
        packages: PackageRequest::of_build(build),
    });
    let kernels = topology.hosts.iter().filter_map(|host| {
        let packages = PackageRequest::of_kernel(host)?;
        Some(Asked { by: ClosureOf::Tools(host.archive.clone()), packages })
    });
    hosts.chain(builds).chain(kernels).collect()
}

/// Wherever they are declared.
fn is_same(one: &Archive, other: &Archive) -> bool {
    let parts = |archive: &Archive| {
        let Archive { suites, components, signed_by, mirror, .. } = archive.clone();
        (suites, components, signed_by, mirror)
    };
    parts(one) == parts(other)
}

fn selection(topology: &Topology) -> String {
    let variants: String = topology.variants.iter().map(|name| format!(" with `{name}`")).collect();
    format!("profile `{}`{variants}", topology.profile)
}

#[cfg(test)]
mod tests;
