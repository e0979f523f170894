//! `env.lock`: which packages, exactly. The root of trust of every build: a locked build trusts these hashes only.
//!
//! [`Lock::parse`] and [`Lock::write`] are the text form; `spec/lock.md` describes it.

mod join;
mod lookup;
mod parse;
mod source;
#[cfg(test)]
mod tests;
mod write;

pub use join::{Lacking, PackagesDiffer};
pub use lookup::{LockedVersions, Lookup};
pub use parse::LockSyntaxError;
pub use source::LockedSource;

use std::{fmt, sync::Arc};

use crate::{
    derivation::{Fetch, PackageVersion},
    request::PackageRequest,
};

/// A whole lock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// The archives as they were when the lock was made, sorted by name.
    pub archives: Vec<LockedArchive>,
    /// What was asked for and what that came to: the base of each archive that hosts are made of, then the packages of
    /// builds, then each distinct request of a host under any profile, in the order of the description.
    pub closures: Vec<Closure>,
    /// Each package once, sorted by name, version, architecture.
    pub packages: Vec<LockedPackage>,
    /// The commits that revisions of repositories came to, sorted, each revision once.
    pub sources: Vec<LockedSource>,
}

/// An archive as it was when the lock was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedArchive {
    /// The name in the description.
    pub name: String,
    /// Components asked for.
    pub components: Vec<String>,
    /// Keyring that vouched for it, by name.
    pub signed_by: String,
    /// Suites in order of preference.
    pub suites: Vec<LockedSuite>,
}

/// A suite's signed Release file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockedSuite {
    /// As the description writes it.
    pub suite: String,
    /// Its `Codename`.
    pub codename: String,
    /// Its `Date`, as `2026-07-11T10:16:37Z`.
    pub date: String,
    /// Fingerprints of the primary keys whose signatures were good, sorted, upper-case hexadecimal.
    pub signers: Vec<String>,
}

/// What was asked for, and what that came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// Whose it is: for people. What it is looked up by is the request.
    pub of: ClosureOf,
    /// What is asked for.
    pub request: PackageRequest,
    /// The base layer that it is made upon, sorted, where it cannot be the one that the hosts of its archive share;
    /// empty where it is that one.
    pub base: Vec<Arc<PackageVersion>>,
    /// The packages that meet the request, sorted; a host's are those beyond its base.
    pub packages: Vec<Arc<PackageVersion>>,
}

/// Whose closure.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClosureOf {
    /// The base layer that all hosts of an archive share: Essential, `Priority: required`, and apt.
    Base(String),
    /// A host: the first of those that make the request.
    Host(String),
    /// Commands that make a tree, in a root file system of this archive, or a kernel of it.
    Tools(String),
}

/// One package, exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedPackage {
    /// Name, version, architecture.
    pub key: Arc<PackageVersion>,
    /// Its `.deb`.
    pub file: Arc<Fetch>,
}

impl Lock {
    /// The commit that a revision of a repository came to.
    pub fn commit(&self, repository: &str, revision: &str) -> Option<&str> {
        let is_it = |source: &&LockedSource| source.repository == repository && source.revision == revision;
        self.sources.iter().find(is_it).map(|source| source.commit.as_str())
    }

    /// An archive by its name in the description.
    pub fn archive(&self, name: &str) -> Option<&LockedArchive> {
        self.archives.iter().find(|archive| archive.name == name)
    }

    /// The archive whose base is the first: a host that does not say otherwise draws from it.
    fn usual_archive(&self) -> Option<&str> {
        self.closures.iter().find_map(|closure| match &closure.of {
            ClosureOf::Base(archive) => Some(archive.as_str()),
            ClosureOf::Host(_) | ClosureOf::Tools(_) => None,
        })
    }
}

impl fmt::Display for ClosureOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base(archive) => write!(f, "the base of archive `{archive}`"),
            Self::Host(name) => write!(f, "host `{name}`"),
            Self::Tools(_) => f.write_str("a build"),
        }
    }
}

impl LockedArchive {
    /// A suite of the archive, as the description writes it.
    pub fn suite(&self, suite: &str) -> Option<&LockedSuite> {
        self.suites.iter().find(|locked| locked.suite == suite)
    }
}
