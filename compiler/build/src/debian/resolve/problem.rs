//! One question to the solver, and what is made of its answer.

use std::collections::{BTreeMap, BTreeSet};

use resolvo::{Problem, Solver, UnsolvableOrCancelled};

use super::{Choice, ResolveError, explain, provider::Provider, rules::Rules};
use crate::debian::index::RecordId;

/// The packages that have the name of each of `roots`, and what these need; no others.
pub(super) fn ask(
    choice: &Choice<'_>,
    rules: &Rules<'_>,
    roots: &[RecordId],
    who: &str,
) -> Result<BTreeSet<RecordId>, ResolveError> {
    let provider = Provider::new(choice, rules, roots);
    let requirements = roots.iter().map(|id| provider.require_name(*id)).collect();
    let mut solver = Solver::new(provider);
    match solver.solve(Problem::new().requirements(requirements)) {
        Ok(solution) => {
            let chosen = solution.into_iter().map(|id| RecordId(id.into_raw())).collect();
            Ok(needed(solver.provider(), &chosen, roots))
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

/// Of packages that were chosen, those that the names of `roots` need.
pub(super) fn needed_by(
    choice: &Choice<'_>,
    rules: &Rules<'_>,
    chosen: &BTreeSet<RecordId>,
    roots: &[RecordId],
) -> BTreeSet<RecordId> {
    needed(&Provider::new(choice, rules, roots), chosen, roots)
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
