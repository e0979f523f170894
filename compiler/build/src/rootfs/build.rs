//! The whole way from inputs to a root file system.

use plc_plan::derivation::{Mount, Owner};
use plc_store::{Kind, Store, Tree, TreeDigest};

use super::{
    RootfsError,
    answers::{self, Answer, Told},
    apt,
    compose::{Composer, merged_usr},
    database, delta,
    draft::Draft,
    installed::Installed,
    live, mount, normalise,
    order::order,
    overlay,
    package::Package,
    prefork::StandIns,
    rounds::rounds,
    runner::Runner,
    steps, verify,
};
use crate::sandbox::{ReadBack, Request};

/// What a root file system is made from.
#[derive(Clone, Debug, Default)]
pub struct Inputs<'a> {
    /// The root file system to go on from, as the chain of layers that [`RootfsOutput`] gives; empty for a fresh one.
    pub base: &'a [TreeDigest],
    /// Unpacked packages, in any order.
    pub packages: &'a [TreeDigest],
    /// Trees to put at places of their own, in this order.
    pub trees: &'a [TreeDigest],
    /// Where each of the trees goes, and whose it becomes.
    pub mounts: &'a [Mount],
    /// Trees to lay over the result, in this order.
    pub overlays: &'a [TreeDigest],
    /// Owners by name of what the overlays hold.
    pub owners: &'a [Owner],
    /// What packages are told when they ask.
    pub answers: &'a [Answer],
    /// The packages that were asked for by name; when there are any, apt is told that the others came along with them.
    pub wants: &'a [String],
    /// Debian's name of the architecture.
    pub architecture: &'a str,
}

/// A root file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootfsOutput {
    /// The tree; the last of `layers`.
    pub tree: TreeDigest,
    /// How to lay it out: each one the whole tree after one more layer.
    pub layers: Vec<TreeDigest>,
}

/// Makes a root file system. With packages, their scripts are run; without, nothing is.
pub fn build(store: &Store, runner: &dyn Runner, inputs: &Inputs<'_>) -> Result<RootfsOutput, RootfsError> {
    let base = match inputs.base.last() {
        Some(digest) => Some(store.read_tree(digest)?),
        None => None,
    };
    let packages: Vec<Package> =
        inputs.packages.iter().map(|digest| Package::load(store, digest)).collect::<Result<_, _>>()?;
    let epoch = epoch(base.as_ref(), &packages);
    let mut layers = inputs.base.to_vec();
    let mut draft = match &base {
        Some(tree) => Draft::from_tree(tree),
        None => merged_usr(inputs.architecture, epoch),
    };
    if !packages.is_empty() || !inputs.answers.is_empty() {
        let told = answers::told(store, base.as_ref(), &packages, inputs.answers)?;
        let unpacked = compose(store, draft, &packages, inputs, epoch)?;
        let request_layers = [&layers[..], &[store.put_tree(&unpacked.draft.to_tree()?)?]].concat();
        let stand_ins = StandIns::of(store, &unpacked.draft, inputs.architecture)?;
        let preparation = Preparation { told, stand_ins, layers: request_layers.clone(), epoch };
        draft = configure(store, runner, &unpacked, &packages, preparation)?;
        normalise::normalise(
            store,
            &mut draft,
            &normalise::Against { base: base.as_ref(), unpacked: &unpacked.draft, epoch },
        )?;
        layers = request_layers;
    }
    mount::lay(store, &mut draft, inputs.trees, inputs.mounts, epoch)?;
    let overlays: Vec<Tree> =
        inputs.overlays.iter().map(|digest| store.read_tree(digest)).collect::<Result<_, _>>()?;
    overlay::lay(store, &mut draft, &overlays, inputs.owners, epoch)?;
    let tree = store.put_tree(&draft.to_tree()?)?;
    if layers.last() != Some(&tree) {
        layers.push(tree);
    }
    Ok(RootfsOutput { tree, layers })
}

/// The newest time of anything that goes into the root file system: the time that everything gets which the scripts
/// make.
fn epoch(base: Option<&Tree>, packages: &[Package]) -> i64 {
    let below = base.into_iter().flat_map(Tree::entries).map(|entry| entry.meta.mtime);
    let new = packages.iter().flat_map(Package::entries).map(|entry| entry.meta.mtime);
    below.chain(new).max().unwrap_or_default().max(0)
}

/// All packages unpacked, none configured.
struct Unpacked {
    draft: Draft,
    order: Vec<usize>,
    /// Whether there was nothing before.
    fresh: bool,
    /// Which packages have been left to dpkg.
    live: Vec<bool>,
}

fn compose(
    store: &Store,
    draft: Draft,
    packages: &[Package],
    inputs: &Inputs<'_>,
    epoch: i64,
) -> Result<Unpacked, RootfsError> {
    let installed = Installed::read(store, &draft)?;
    once_each(packages, &installed)?;
    let order = order(packages);
    let live =
        packages.iter().map(|package| live::is_needed(store, package)).collect::<Result<Vec<_>, _>>()?;
    let mut composer = Composer::new(store, draft, &installed);
    let laid: Vec<usize> = order.iter().copied().filter(|index| !live[*index]).collect();
    for &index in &laid {
        composer.lay(packages, index)?;
    }
    database::write(&mut composer, packages, &laid, inputs.architecture, epoch)?;
    let mut draft = composer.draft;
    apt::mark(store, &mut draft, packages, inputs.architecture, inputs.wants, epoch)?;
    Ok(Unpacked { draft, order, fresh: installed.status.is_empty(), live })
}

fn once_each(packages: &[Package], installed: &Installed) -> Result<(), RootfsError> {
    let mut seen = std::collections::BTreeMap::new();
    for package in packages {
        let there = installed.version(&package.name).or_else(|| seen.get(package.name.as_str()).copied());
        if let Some(one) = there {
            return Err(RootfsError::Twice {
                package: package.name.clone(),
                one: one.to_owned(),
                other: package.version.clone(),
            });
        }
        seen.insert(package.name.as_str(), package.version.as_str());
    }
    Ok(())
}

/// What configuration begins with, besides the packages.
struct Preparation {
    told: Option<Told>,
    stand_ins: StandIns,
    layers: Vec<TreeDigest>,
    epoch: i64,
}

fn configure(
    store: &Store,
    runner: &dyn Runner,
    unpacked: &Unpacked,
    packages: &[Package],
    preparation: Preparation,
) -> Result<Draft, RootfsError> {
    let Preparation { told, stand_ins, layers, epoch } = preparation;
    let rounds = rounds(packages, &unpacked.order, unpacked.fresh);
    let mut work = steps::work(store, packages, &rounds, &unpacked.live, told, epoch)?;
    work.scaffold.extend(stand_ins.scaffold.iter().cloned());
    let request = Request {
        layers,
        placed: Vec::new(),
        scaffold: work.scaffold,
        steps: work.steps,
        read_back: ReadBack::Changes,
    };
    let outcome = runner.run(&request).map_err(RootfsError::Runner)?;
    if let Some(failure) = outcome.failure {
        let step = request.steps.get(failure.step).map(|step| step.name.clone()).unwrap_or_default();
        return Err(RootfsError::Step {
            step,
            reason: failure.reason,
            packages: verify::blamed(&runner.said()),
        });
    }
    let mut changes = outcome.delta.ok_or(RootfsError::NoDelta)?;
    stand_ins.put_back(&mut changes);
    let mut draft = unpacked.draft.clone();
    delta::apply(&mut draft, &changes);
    verify::installed(store, &draft)?;
    for (package, _) in packages.iter().zip(&unpacked.live).filter(|(_, live)| **live) {
        database::sort_list(store, &mut draft, package, epoch)?;
    }
    debug_assert!(draft.get(&plc_store::TreePath::root()).is_some_and(|node| node.kind == Kind::Directory));
    Ok(draft)
}
