//! Which packages of a role are configured together, and which upon them: so that a role that asks for more goes on from
//! what a role that asks for less has come to.

use std::collections::{BTreeMap, BTreeSet};

use plc_store::{Store, TreeDigest};

use super::{
    RootfsError,
    order::{dependencies, needs, providers},
    package::Package,
    scripts::{Scripts, looked_for},
};

/// How many packages a stage has at least, unless it is the last. Each stage costs a sandbox of its own, and a package that is
/// added has at most so many small ones configured again with it.
const PACKAGES: usize = 8;

/// How many stages there are at most: each is two layers of the overlay that steps and hosts run in.
const STAGES: usize = 16;

/// Packages that are installed together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// The packages, in the order in which they were given.
    pub packages: Vec<TreeDigest>,
    /// The names asked for that nothing is missing of once this stage is installed, in their order.
    pub manual: Vec<String>,
}

/// Divides unpacked packages by the names that were asked for. What a name comes to goes into one stage, but for what
/// earlier ones have; names that come to more are earlier, so that a small one that is added leaves them as they are. Names
/// with scripts whose order matters are taken as one. What nobody has asked for and nothing calls for is in the last stage.
///
/// The stages up to any of them are mostly those of what they have, by themselves; not always, since what is recommended goes with
/// whoever recommends it only where nothing else depends on it.
pub fn stages(store: &Store, packages: &[TreeDigest], manual: &[String]) -> Result<Vec<Stage>, RootfsError> {
    let loaded: Vec<Package> =
        packages.iter().map(|digest| Package::load(store, digest)).collect::<Result<_, _>>()?;
    let scripts: Vec<Scripts> =
        loaded.iter().map(|package| Scripts::read(store, package)).collect::<Result<_, _>>()?;
    let in_order = (0..packages.len()).filter(|index| scripts[*index].depend_on_order()).collect();
    let closures = closures(&loaded, &looked_for(&loaded, &scripts), manual);
    let is_whole = |name: &&String, missing: &BTreeSet<usize>| {
        closures.get(name.as_str()).is_none_or(|closure| closure.is_disjoint(missing))
    };
    let mut missing: BTreeSet<usize> = (0..packages.len()).collect();
    let mut stages = Vec::new();
    let mut next = BTreeSet::new();
    let mut units = units(closures.values(), &in_order).into_iter().peekable();
    while let Some(unit) = units.next() {
        next.extend(unit.into_iter().filter(|index| missing.remove(index)));
        let is_last = units.peek().is_none();
        if is_last {
            next.append(&mut missing);
        }
        let ends = if is_last { !next.is_empty() } else { next.len() >= PACKAGES };
        if ends && (is_last || stages.len() + 1 < STAGES) {
            let packages = std::mem::take(&mut next).into_iter().map(|index| packages[index]).collect();
            let manual = manual.iter().filter(|name| is_whole(name, &missing)).cloned().collect();
            stages.push(Stage { packages, manual });
        }
    }
    Ok(stages)
}

/// What is not divided, the largest first: what each name comes to, and as one what those come to that have packages among
/// `in_order`. There is only one where no name comes to one of these.
fn units<'c>(
    closures: impl Iterator<Item = &'c BTreeSet<usize>>,
    in_order: &BTreeSet<usize>,
) -> Vec<BTreeSet<usize>> {
    let (together, mut units): (Vec<_>, Vec<_>) =
        closures.cloned().partition(|closure| !closure.is_disjoint(in_order));
    let together: BTreeSet<usize> = together.into_iter().flatten().collect();
    if !together.is_superset(in_order) {
        return vec![BTreeSet::new()];
    }
    units.push(together);
    // By name where nothing else decides.
    units.sort_by_key(|closure| std::cmp::Reverse(closure.len()));
    units
}

/// All that each name comes to of the packages at hand: what is depended on, what scripts look for, and what is recommended
/// and nothing else has called for. Names of other packages are left out.
fn closures<'p>(
    packages: &'p [Package],
    looked_for: &[BTreeSet<usize>],
    manual: &[String],
) -> BTreeMap<&'p str, BTreeSet<usize>> {
    let providers = providers(packages);
    let needs = |package| needs(package, &providers).into_iter();
    let needs: Vec<Vec<usize>> = packages
        .iter()
        .zip(looked_for)
        .map(|(package, sought)| needs(package).chain(sought.iter().copied()).collect())
        .collect();
    let asked: Vec<usize> =
        (0..packages.len()).filter(|index| manual.contains(&packages[*index].name)).collect();
    let needed = closure(asked.clone(), |index| needs[index].clone());
    let called_for: Vec<Vec<usize>> = (packages.iter().zip(&needs))
        .map(|(package, needs)| {
            let recommended = dependencies(package, "Recommends", &providers);
            let recommended = recommended.into_iter().filter(|index| !needed.contains(index));
            needs.iter().copied().chain(recommended).collect()
        })
        .collect();
    let of = |index: usize| closure(vec![index], |index| called_for[index].clone());
    asked.into_iter().map(|index| (packages[index].name.as_str(), of(index))).collect()
}

fn closure(mut ahead: Vec<usize>, next: impl Fn(usize) -> Vec<usize>) -> BTreeSet<usize> {
    let mut closure = BTreeSet::new();
    while let Some(index) = ahead.pop() {
        if closure.insert(index) {
            ahead.extend(next(index));
        }
    }
    closure
}
