//! What is configured before everything else is, because a package may not be unpacked before (`Pre-Depends`, Debian policy
//! 7.2): its preinst counts on it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    order::{Providers, dependencies, providers},
    package::Package,
};

/// Configurations, and the packages that wait for them. The first round configures nothing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Round {
    /// Indices of packages that are not configured yet and are to be, with everything that they depend on.
    pub(super) configured: BTreeSet<usize>,
    /// Indices of packages whose preinsts come then, where they have any, in their order.
    pub(super) unpacked: Vec<usize>,
}

/// As few rounds as there can be: packages are put together by how many configurations they wait for. Those without a
/// preinst count as well, since apt configures in the same order then, and accounts get the same numbers. What comes with
/// a fresh root file system waits for nothing, as with every installer: there dpkg itself is among what is to be configured.
pub(super) fn rounds(packages: &[Package], order: &[usize], fresh: bool) -> Vec<Round> {
    let providers = providers(packages);
    let mut needs: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for &index in order.iter().filter(|_| !fresh) {
        let needed = needed(packages, &providers, index);
        // Where one cannot be configured without the package itself, nothing can be.
        if !needed.is_empty() && !needed.contains(&index) {
            needs.insert(index, needed);
        }
    }
    let round_of = round_of(packages.len(), &needs);
    let mut rounds = Vec::new();
    rounds.resize_with(1 + round_of.iter().max().unwrap_or(&0), Round::default);
    for &index in order {
        rounds[round_of[index]].unpacked.push(index);
    }
    let mut configured = BTreeSet::new();
    for round in &mut rounds {
        let needed = round.unpacked.iter().filter_map(|index| needs.get(index)).flatten();
        round.configured = needed.copied().filter(|index| configured.insert(*index)).collect();
    }
    rounds
}

/// The round of each package: one after the last of those that it needs. With each of these a package needs all that this
/// needs, so those that need less have their rounds before, in whichever order packages are unpacked.
fn round_of(packages: usize, needs: &BTreeMap<usize, BTreeSet<usize>>) -> Vec<usize> {
    let mut by_needs: Vec<_> = needs.iter().collect();
    by_needs.sort_by_key(|(_, needed)| needed.len());
    let mut round_of = vec![0; packages];
    for (index, needed) in by_needs {
        round_of[*index] = needed.iter().map(|needed| round_of[*needed] + 1).max().unwrap_or_default();
    }
    round_of
}

/// What a package depends on before it is unpacked, and all that this depends on, of the packages at hand.
fn needed(packages: &[Package], providers: &Providers<'_>, of: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut ahead = dependencies(&packages[of], "Pre-Depends", providers);
    while let Some(index) = ahead.pop() {
        if found.insert(index) {
            for field in ["Pre-Depends", "Depends"] {
                ahead.extend(dependencies(&packages[index], field, providers));
            }
        }
    }
    found
}
