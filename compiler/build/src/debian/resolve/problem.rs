//! One question to the solver, and what is made of its answer.

use std::collections::{BTreeMap, BTreeSet};

use resolvo::{Problem, Solver, UnsolvableOrCancelled};

use super::{
    ResolveError, explain,
    provider::{Provider, Scope},
};
use crate::debian::index::{Index, RecordId};

/// The packages that have all of `base` and of `wanted`, and what these need; no others.
pub(super) fn solve(
    index: &Index<'_>,
    base: &BTreeSet<RecordId>,
    wanted: &[RecordId],
    who: &str,
) -> Result<BTreeSet<RecordId>, ResolveError> {
    if let Ok(found) = ask(index, base, wanted, Scope::Newest, who) {
        return Ok(found);
    }
    ask(index, base, wanted, Scope::All, who)
}

fn ask(
    index: &Index<'_>,
    base: &BTreeSet<RecordId>,
    wanted: &[RecordId],
    scope: Scope,
    who: &str,
) -> Result<BTreeSet<RecordId>, ResolveError> {
    let roots: Vec<RecordId> = base.iter().chain(wanted).copied().collect();
    let provider = Provider::new(index, base, &roots, scope);
    let requirements = roots.iter().map(|id| provider.require_name(*id)).collect();
    let mut solver = Solver::new(provider);
    match solver.solve(Problem::new().requirements(requirements)) {
        Ok(solution) => {
            let chosen = solution.into_iter().map(|id| RecordId(id.into_raw())).collect();
            Ok(needed(solver.provider(), &chosen, &roots))
        }
        Err(UnsolvableOrCancelled::Unsolvable(conflict)) => {
            let reasons = explain::reasons(&conflict.graph(&solver), solver.provider());
            Err(ResolveError::Conflict { who: who.to_owned(), reasons })
        }
        // The provider never cancels.
        Err(UnsolvableOrCancelled::Cancelled(_)) => Err(ResolveError::Conflict {
            who: who.to_owned(),
            reasons: vec!["the search was given up".to_owned()],
        }),
    }
}

/// Of what was chosen, what somebody needs: a search that went back may leave something behind.
fn needed(provider: &Provider<'_>, chosen: &BTreeSet<RecordId>, roots: &[RecordId]) -> BTreeSet<RecordId> {
    let names: BTreeMap<&str, RecordId> =
        chosen.iter().map(|id| (provider.index.record(*id).name, *id)).collect();
    let mut open: Vec<RecordId> =
        roots.iter().filter_map(|id| names.get(provider.index.record(*id).name)).copied().collect();
    let mut needed = BTreeSet::new();
    while let Some(id) = open.pop() {
        if needed.insert(id) {
            let meeting = provider.meeting(id);
            open.extend(meeting.into_iter().filter(|candidate| chosen.contains(candidate)));
        }
    }
    needed
}
