//! In which order packages are unpacked: what a package's preinst may count on comes before it.

use std::collections::BTreeMap;

use super::{package::Package, replaces::matches};

/// Those that the others' scripts need before any dependency says so: users and groups, then the directories.
const FIRST: [&str; 2] = ["base-passwd", "base-files"];

/// Indices of the packages: dependencies before what depends on them, and by name where nothing else decides. Where
/// dependencies go in a circle, the one that is reached first comes last.
pub(super) fn order(packages: &[Package]) -> Vec<usize> {
    let providers = providers(packages);
    let mut by_name: Vec<usize> = (0..packages.len()).collect();
    let rank = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
    by_name.sort_by_key(|index| (rank(&packages[*index].name), &packages[*index].name));

    let mut ordered = Vec::with_capacity(packages.len());
    let mut seen = vec![false; packages.len()];
    // The first go by themselves: their dependencies (libc6) are unpacked as well by the time that a script runs.
    for index in by_name.iter().copied().filter(|index| rank(&packages[*index].name) < FIRST.len()) {
        seen[index] = true;
        ordered.push(index);
    }
    for start in by_name {
        visit(start, packages, &providers, &mut seen, &mut ordered);
    }
    ordered
}

/// Depth first, with a stack of its own: a chain of dependencies may be as long as there are packages.
fn visit(
    start: usize,
    packages: &[Package],
    providers: &Providers<'_>,
    seen: &mut [bool],
    ordered: &mut Vec<usize>,
) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut stack = vec![(start, needs(&packages[start], providers))];
    while let Some((index, waiting)) = stack.last_mut() {
        match waiting.pop() {
            Some(next) if !std::mem::replace(&mut seen[next], true) => {
                stack.push((next, needs(&packages[next], providers)));
            }
            Some(_) => {}
            None => {
                ordered.push(*index);
                stack.pop();
            }
        }
    }
}

/// A package at hand that is called by a name.
#[derive(Clone, Copy)]
pub(super) struct Provider<'p> {
    index: usize,
    /// At which version: its own, or the one that it provides the name at, where it says so.
    version: Option<&'p str>,
}

/// Who is called by each name: packages of that name first, then those that provide it.
pub(super) type Providers<'p> = BTreeMap<&'p str, Vec<Provider<'p>>>;

pub(super) fn providers(packages: &[Package]) -> Providers<'_> {
    let mut providers = Providers::new();
    for (index, package) in packages.iter().enumerate() {
        let itself = Provider { index, version: Some(&package.version) };
        providers.entry(&package.name).or_default().push(itself);
    }
    for (index, package) in packages.iter().enumerate() {
        let provided = package.field("Provides").split(',').map(str::trim);
        for provided in provided.filter(|provided| !name(provided).is_empty()) {
            let there = providers.entry(name(provided)).or_default();
            // Once is enough, however often it says so.
            if there.last().is_none_or(|last| last.index != index) {
                there.push(Provider { index, version: provided_version(provided) });
            }
        }
    }
    providers
}

/// The name that a relation begins with.
fn name(relation: &str) -> &str {
    relation.split([' ', '(', '[', '<', ':', '\n', '\t']).next().unwrap_or_default()
}

/// The version that a name is provided at (Debian policy 7.5).
fn provided_version(provided: &str) -> Option<&str> {
    let (_, version) = provided.split_once('(')?;
    Some(version.trim().strip_prefix('=')?.trim_end().strip_suffix(')')?.trim())
}

/// What a package depends on, in the order in which to take them from the end.
pub(super) fn needs(package: &Package, providers: &Providers<'_>) -> Vec<usize> {
    let of = |field: &&str| dependencies(package, field, providers);
    let mut found: Vec<usize> = ["Pre-Depends", "Depends"].iter().flat_map(of).collect();
    found.reverse();
    found
}

/// The packages at hand that satisfy a dependency field: of each group of alternatives the first.
pub(super) fn dependencies(package: &Package, field: &str, providers: &Providers<'_>) -> Vec<usize> {
    let satisfying = |alternative: &str| {
        let name = name(alternative);
        let fits = |provider: &&Provider<'_>| match provider.version {
            Some(version) => matches(alternative, name, version),
            None => !alternative.contains('('),
        };
        providers.get(name)?.iter().find(fits).map(|provider| provider.index)
    };
    let first = |group: &str| group.split('|').map(str::trim).find_map(satisfying);
    package.field(field).split(',').filter_map(first).collect()
}
