//! What is configured before everything else is, because a package may not be unpacked before (`Pre-Depends`, Debian policy
//! 7.2): its preinst counts on it.

use std::collections::{BTreeMap, BTreeSet};

use super::{order::providers, package::Package, replaces::matches};

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
    let mut rounds = vec![Round::default()];
    let mut round_of = vec![0; packages.len()];
    let mut configured = BTreeSet::new();
    let mut needs: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for &index in order {
        let needed = if fresh { BTreeSet::new() } else { needed(packages, &providers, index) };
        // All others of these come before it in the order. Where one cannot be configured without the package itself,
        // nothing can be.
        if !needed.is_empty() && !needed.contains(&index) {
            round_of[index] = needed.iter().map(|index| round_of[*index] + 1).max().unwrap_or_default();
            needs.insert(index, needed);
        }
        rounds.resize_with(rounds.len().max(round_of[index] + 1), Round::default);
        rounds[round_of[index]].unpacked.push(index);
    }
    for round in &mut rounds {
        let needed = round.unpacked.iter().filter_map(|index| needs.get(index)).flatten();
        round.configured = needed.copied().filter(|index| configured.insert(*index)).collect();
    }
    rounds
}

/// What a package depends on before it is unpacked, and all that this depends on, of the packages at hand.
fn needed(packages: &[Package], providers: &BTreeMap<&str, Vec<usize>>, of: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut ahead = dependencies(&packages[of], "Pre-Depends", packages, providers);
    while let Some(index) = ahead.pop() {
        if found.insert(index) {
            for field in ["Pre-Depends", "Depends"] {
                ahead.extend(dependencies(&packages[index], field, packages, providers));
            }
        }
    }
    found
}

/// The packages at hand that satisfy a dependency field: of each group of alternatives the first.
fn dependencies(
    package: &Package,
    field: &str,
    packages: &[Package],
    providers: &BTreeMap<&str, Vec<usize>>,
) -> Vec<usize> {
    let satisfying = |alternative: &str| {
        let name = alternative.split([' ', '(', '[', '<', ':', '\n', '\t']).next()?;
        let fits = |index: &usize| {
            packages[*index].name != name || matches(alternative, name, &packages[*index].version)
        };
        providers.get(name)?.iter().copied().find(fits)
    };
    let first = |group: &str| group.split('|').map(str::trim).find_map(satisfying);
    package.field(field).split(',').filter_map(first).collect()
}
