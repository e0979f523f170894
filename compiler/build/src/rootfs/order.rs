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
    providers: &BTreeMap<&str, Vec<usize>>,
    seen: &mut [bool],
    ordered: &mut Vec<usize>,
) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut stack = vec![(start, needs(&packages[start], packages, providers))];
    while let Some((index, waiting)) = stack.last_mut() {
        match waiting.pop() {
            Some(next) if !std::mem::replace(&mut seen[next], true) => {
                stack.push((next, needs(&packages[next], packages, providers)));
            }
            Some(_) => {}
            None => {
                ordered.push(*index);
                stack.pop();
            }
        }
    }
}

/// Who is called by a name: packages of that name first, then those that provide it.
pub(super) fn providers(packages: &[Package]) -> BTreeMap<&str, Vec<usize>> {
    let mut providers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, package) in packages.iter().enumerate() {
        providers.entry(&package.name).or_default().push(index);
    }
    for (index, package) in packages.iter().enumerate() {
        for name in package.relations("Provides").into_iter().flatten() {
            providers.entry(name).or_default().push(index);
        }
    }
    providers
}

/// What a package depends on, in the order in which to take them from the end.
pub(super) fn needs(
    package: &Package,
    packages: &[Package],
    providers: &BTreeMap<&str, Vec<usize>>,
) -> Vec<usize> {
    let of = |field: &&str| dependencies(package, field, packages, providers);
    let mut found: Vec<usize> = ["Pre-Depends", "Depends"].iter().flat_map(of).collect();
    found.reverse();
    found
}

/// The packages at hand that satisfy a dependency field: of each group of alternatives the first.
pub(super) fn dependencies(
    package: &Package,
    field: &str,
    packages: &[Package],
    providers: &BTreeMap<&str, Vec<usize>>,
) -> Vec<usize> {
    let satisfying = |alternative: &str| {
        let name = alternative.split([' ', '(', '[', '<', ':', '\n', '\t']).next()?;
        let fits = |index: &usize| match &packages[*index] {
            package if package.name == name => matches(alternative, name, &package.version),
            package => !alternative.contains('(') || provides(package, alternative, name),
        };
        providers.get(name)?.iter().copied().find(fits)
    };
    let first = |group: &str| group.split('|').map(str::trim).find_map(satisfying);
    package.field(field).split(',').filter_map(first).collect()
}

/// Whether a package provides a name at a version that satisfies the relation to it (Debian policy 7.5).
fn provides(package: &Package, relation: &str, name: &str) -> bool {
    let version = |provided: &str| {
        let (provided, version) = provided.split_once('(')?;
        let version = version.trim().strip_prefix('=')?.trim_end().strip_suffix(')')?;
        (provided.trim() == name).then(|| version.trim().to_owned())
    };
    let mut versions = package.field("Provides").split(',').filter_map(version);
    versions.any(|version| matches(relation, name, &version))
}
