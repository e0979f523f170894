//! Every topology of a description, evaluated for what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Selection, asked};
use crate::diag::Diagnostic;
use crate::eval::{self, Asked, Evaluated, Mode};
use crate::limits;
use crate::resolve::World;
use crate::topology::Topology;

/// A topology that checking has evaluated.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) selection: Selection,
    pub(super) topology: Arc<Topology>,
    /// Whether it is the same with any lock.
    pub(super) whole: bool,
}

/// Instances of the topologies that checking keeps: whoever has so many does not go without memory for them.
const KEPT: usize = 20_000;

/// Every profile of the entry, every environment that has none, and every variant with the first profile of its
/// environment: what is wrong with them, and as many of their topologies as are worth keeping.
pub(super) fn evaluate_all(world: &World) -> (Vec<Diagnostic>, Vec<Kept>) {
    let Some(entry) = world.modules.first() else { return Default::default() };
    let profiles = entry.ast.profiles.iter().filter_map(|p| Some((asked(world, &p.environment)?, p)));
    let profiles: Vec<Asked<'_>> = profiles.map(|(asked, p)| Asked { profile: Some(p), ..asked }).collect();
    let bare = entry.ast.environments.iter().filter_map(|e| asked(world, &e.name));
    let mut first: BTreeMap<(usize, usize), Asked<'_>> = BTreeMap::new();
    for asked in profiles.iter().cloned().chain(bare) {
        first.entry((asked.home, asked.index)).or_insert(asked);
    }
    let variants = entry.ast.variants.iter().filter_map(|v| {
        let asked = asked(world, &v.environment)?;
        Some(Asked { variants: vec![v], ..first.get(&(asked.home, asked.index)).unwrap_or(&asked).clone() })
    });
    let without = first.values().filter(|asked| asked.profile.is_none());
    let all: Vec<Asked<'_>> = profiles.iter().chain(without).cloned().chain(variants).collect();
    let mut found: Vec<(Diagnostic, Vec<&Asked<'_>>)> = Vec::new();
    // All together: there may be many, and each may be as expensive as the limits allow.
    let mut spent = eval::Spent::default();
    let of_modules = eval::module_assertions(world, &mut spent);
    let (mut evaluated, mut kept) = (Vec::new(), 0);
    for asked in &all {
        if spent.exhausted() {
            break;
        }
        let faults = match eval::evaluate(world, asked, Mode { tests: true, ..Mode::default() }, &mut spent) {
            Ok(Evaluated { topology, whole, .. }) => {
                kept += topology.hosts.iter().map(|host| host.instances.len()).sum::<usize>();
                let selection = asked.selection().filter(|_| kept <= KEPT);
                let topology = Arc::new(topology);
                evaluated.extend(selection.map(|selection| Kept { selection, topology, whole }));
                continue;
            }
            Err(faults) => faults,
        };
        for fault in faults {
            let full = found.len() >= limits::ERRORS;
            match found.iter_mut().find(|(known, _)| *known == fault) {
                Some((_, under)) => under.push(asked),
                None if !full => found.push((fault, vec![asked])),
                None => {}
            }
        }
    }
    // After too much has been computed, the others have not been asked.
    let mut counts = BTreeMap::new();
    for asked in all.iter().filter(|_| !spent.exhausted()) {
        *counts.entry((asked.home, asked.index)).or_default() += 1;
    }
    // What is wrong with a value of a module shows to all who ask for it.
    let found = found.into_iter().filter(|(fault, _)| !of_modules.contains(fault));
    let found: Vec<Diagnostic> = found.map(|(fault, under)| told_under(fault, &under, &counts)).collect();
    (of_modules.into_iter().chain(found).collect(), evaluated)
}

/// Profiles and variants that a message names.
const UNDER_SHOWN: usize = 4;

/// A fault that is not there under all profiles and variants of the environment, with those under which it is.
fn told_under(
    fault: Diagnostic,
    under: &[&Asked<'_>],
    counts: &BTreeMap<(usize, usize), usize>,
) -> Diagnostic {
    let environments: BTreeSet<(usize, usize)> =
        under.iter().map(|asked| (asked.home, asked.index)).collect();
    let all: usize = environments.iter().filter_map(|environment| counts.get(environment)).sum();
    // What is wrong with a declared difference has its profile among its places already.
    if under.len() >= all || fault.code.starts_with("E04") {
        return fault;
    }
    // A variant is asked for with a profile under which the fault would have been told already.
    let name = |asked: &&Asked<'_>| match (asked.variants.last(), asked.profile) {
        (Some(variant), _) => Some((variant.name.span, "under this variant")),
        (None, Some(profile)) => Some((profile.name.span, "under this profile")),
        (None, None) => None,
    };
    let names = under.iter().filter_map(name).take(UNDER_SHOWN);
    names.fold(fault, |fault, (span, text)| fault.and(span, text))
}
