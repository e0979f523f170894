//! Package versions: those of every `unpack` that a derivation goes back to.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, HashSet},
};

use plc_store::DerivationHash;
use serde::Serialize;

use super::{Derivations, DiffError, fetch};
use crate::derivation::{Builder, Derivation, Role};

/// Debian's order of versions, which this crate does not know itself.
pub type VersionOrder<'a> = &'a dyn Fn(&str, &str) -> Ordering;

/// How a package differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "lowercase")]
pub enum PackageChange {
    /// Newer in the second.
    Upgraded {
        /// The package.
        name: String,
        /// Version in the first.
        from: String,
        /// Version in the second.
        to: String,
    },
    /// Older in the second.
    Downgraded {
        /// The package.
        name: String,
        /// Version in the first.
        from: String,
        /// Version in the second.
        to: String,
    },
    /// The same name and version with other bytes: another `.deb`.
    Rebuilt {
        /// The package.
        name: String,
        /// The version of both.
        version: String,
    },
    /// Only in the second.
    Added {
        /// The package.
        name: String,
        /// Its version.
        version: String,
    },
    /// Only in the first.
    Removed {
        /// The package.
        name: String,
        /// Its version.
        version: String,
    },
}

/// Packages by name and architecture: the version, and the derivation that unpacks it.
pub(super) type Packages = BTreeMap<(String, String), (String, DerivationHash)>;

/// The packages that a derivation goes back to.
pub(super) fn below(
    from: &dyn Derivations,
    hash: DerivationHash,
    top: &Derivation,
) -> Result<Packages, DiffError> {
    let mut packages = Packages::new();
    let mut seen = HashSet::from([hash]);
    let mut open = vec![(hash, top.clone())];
    while let Some((hash, derivation)) = open.pop() {
        if let Builder::Unpack(package) = &derivation.builder {
            let key = (package.name.clone(), package.architecture.clone());
            packages.insert(key, (package.version.clone(), hash));
            continue;
        }
        // What a tree was made with is not on the host.
        for input in derivation.inputs.iter().filter(|input| input.role != Role::Tree) {
            if seen.insert(input.derivation) {
                open.push((input.derivation, fetch(from, &derivation.name, &input.derivation)?));
            }
        }
    }
    Ok(packages)
}

/// What differs between two sets, sorted by name.
pub(super) fn changes(a: Packages, b: Packages, order: VersionOrder<'_>) -> Vec<PackageChange> {
    let keys: BTreeSet<_> = a.keys().chain(b.keys()).cloned().collect();
    keys.into_iter()
        .filter_map(|key| {
            let name = key.0.clone();
            match (a.get(&key), b.get(&key)) {
                (Some((version, one)), Some((same, other))) if version == same => {
                    (one != other).then(|| PackageChange::Rebuilt { name, version: version.clone() })
                }
                (Some((from, _)), Some((to, _))) => {
                    let (from, to) = (from.clone(), to.clone());
                    Some(match order(&from, &to) {
                        Ordering::Greater => PackageChange::Downgraded { name, from, to },
                        _ => PackageChange::Upgraded { name, from, to },
                    })
                }
                (Some((version, _)), None) => Some(PackageChange::Removed { name, version: version.clone() }),
                (None, Some((version, _))) => Some(PackageChange::Added { name, version: version.clone() }),
                (None, None) => None,
            }
        })
        .collect()
}
