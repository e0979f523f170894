//! Drift between two derivations, as a person would tell it: package versions per host first, then files that no
//! package has, then lines of configuration, then whatever else differs.

mod config;
mod packages;
mod rest;
mod trees;

use plc_store::{DerivationHash, Tree, TreeDigest};
use serde::Serialize;

use crate::derivation::{Builder, Derivation, Role};

pub use config::{FileChange, Hunk, Line};
pub use packages::{PackageChange, VersionOrder};
pub use trees::{EntryChange, TreeChange};

/// Where derivations are read from.
pub trait Derivations {
    /// The derivation with a hash; none when it is not known.
    ///
    /// # Errors
    /// A text for people when it cannot be read.
    fn get(&self, hash: &DerivationHash) -> Result<Option<Derivation>, String>;

    /// The tree with a digest; none when it is not known.
    ///
    /// # Errors
    /// A text for people when it cannot be read.
    fn tree(&self, digest: &TreeDigest) -> Result<Option<Tree>, String>;
}

/// Why two derivations cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiffError {
    /// One that is taken by another is not known.
    #[error("`{of}` takes {input}, which the store does not have")]
    Unknown {
        /// Name of the derivation that takes it.
        of: String,
        /// Its hash.
        input: DerivationHash,
    },
    /// It could not be read.
    #[error("{0}")]
    Read(String),
}

/// Everything that differs between two derivations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// By host; a derivation that is no environment is one host with its own name.
    pub hosts: Vec<HostDrift>,
    /// What differs and belongs to no host: the topology, the environment's name.
    pub other: Vec<String>,
}

/// What differs on one host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HostDrift {
    /// The host's name.
    pub host: String,
    /// Whether the host is on both sides.
    pub presence: Presence,
    /// Package versions.
    pub packages: Vec<PackageChange>,
    /// Trees that no package has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trees: Vec<TreeChange>,
    /// Files that the description writes.
    pub configuration: Vec<FileChange>,
    /// What else differs, in words.
    pub other: Vec<String>,
}

/// Where a host is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// On both sides.
    #[default]
    Both,
    /// Only in the first.
    Removed,
    /// Only in the second.
    Added,
}

impl Drift {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.other.is_empty() && self.hosts.iter().all(HostDrift::is_empty)
    }
}

impl HostDrift {
    fn is_empty(&self) -> bool {
        self.presence == Presence::Both
            && self.packages.is_empty()
            && self.trees.is_empty()
            && self.configuration.is_empty()
            && self.other.is_empty()
    }
}

/// One side's host: its name and the derivation of its root file system.
struct Side {
    host: String,
    root: DerivationHash,
    derivation: Derivation,
    /// The commands that check it.
    checks: Vec<String>,
}

/// Compares two derivations. `older` says which of two Debian versions is older, for the direction of a change.
///
/// # Errors
/// When a derivation that one of them takes is not known.
pub fn diff(
    from: &dyn Derivations,
    a: &DerivationHash,
    b: &DerivationHash,
    order: VersionOrder<'_>,
) -> Result<Drift, DiffError> {
    if a == b {
        return Ok(Drift::default());
    }
    let (left, right) = (fetch(from, "the command line", a)?, fetch(from, "the command line", b)?);
    let other = rest::of_environments(&left, &right);
    let (left, right) = (sides(from, *a, left)?, sides(from, *b, right)?);
    let alone = left.len() == 1 && right.len() == 1;
    let mut hosts = Vec::new();
    for side in &left {
        let twin = right.iter().find(|other| other.host == side.host || alone);
        hosts.push(match twin {
            Some(twin) => compare(from, side, twin, order)?,
            None => {
                HostDrift { host: side.host.clone(), presence: Presence::Removed, ..HostDrift::default() }
            }
        });
    }
    for side in &right {
        if !alone && !left.iter().any(|other| other.host == side.host) {
            hosts.push(HostDrift {
                host: side.host.clone(),
                presence: Presence::Added,
                ..HostDrift::default()
            });
        }
    }
    hosts.retain(|host| !host.is_empty());
    Ok(Drift { hosts, other })
}

fn fetch(from: &dyn Derivations, of: &str, hash: &DerivationHash) -> Result<Derivation, DiffError> {
    from.get(hash)
        .map_err(DiffError::Read)?
        .ok_or_else(|| DiffError::Unknown { of: of.to_owned(), input: *hash })
}

fn sides(
    from: &dyn Derivations,
    hash: DerivationHash,
    derivation: Derivation,
) -> Result<Vec<Side>, DiffError> {
    let Builder::Environment(arguments) = &derivation.builder else {
        return Ok(vec![Side { host: derivation.name.clone(), root: hash, derivation, checks: Vec::new() }]);
    };
    let mut sides = Vec::new();
    for (host, root) in arguments.hosts.iter().zip(derivation.inputs_as(Role::Root)) {
        let root_derivation = fetch(from, &derivation.name, &root)?;
        sides.push(Side { host: host.clone(), root, derivation: root_derivation, checks: Vec::new() });
    }
    for check in derivation.inputs_as(Role::Check) {
        let check = fetch(from, &derivation.name, &check)?;
        let Builder::Check(arguments) = &check.builder else { continue };
        for root in check.inputs_as(Role::Root) {
            if let Some(side) = sides.iter_mut().find(|side| side.root == root) {
                side.checks.push(arguments.exec.join(" "));
            }
        }
    }
    Ok(sides)
}

fn compare(
    from: &dyn Derivations,
    a: &Side,
    b: &Side,
    order: VersionOrder<'_>,
) -> Result<HostDrift, DiffError> {
    let mut drift = HostDrift { host: a.host.clone(), ..HostDrift::default() };
    if a.root != b.root {
        drift.packages = packages::changes(
            packages::below(from, a.root, &a.derivation)?,
            packages::below(from, b.root, &b.derivation)?,
            order,
        );
        drift.trees = trees::changes(
            from,
            &trees::below(from, &a.derivation)?,
            &trees::below(from, &b.derivation)?,
            order,
        )?;
        drift.configuration =
            config::changes(&config::below(from, &a.derivation)?, &config::below(from, &b.derivation)?);
        drift.other = rest::of_roots(&a.derivation, &b.derivation);
    }
    drift.other.extend(rest::of_checks(&a.checks, &b.checks));
    if a.root != b.root && drift.is_empty() {
        drift.other.push(rest::unexplained(&a.derivation, &b.derivation));
    }
    Ok(drift)
}

#[cfg(test)]
mod tests;
