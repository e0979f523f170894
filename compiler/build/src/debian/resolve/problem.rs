//! Questions to the solver, and what is made of its answers.

use std::collections::{BTreeMap, BTreeSet};

use resolvo::{Problem, SolvableId, Solver, UnsolvableOrCancelled};

use super::{Choice, ResolveError, explain, provider::Provider, rules::Rules};
use crate::debian::index::RecordId;

/// What the solver is asked for.
pub(super) struct Question<'q, 'a> {
    /// What there is to choose from.
    pub(super) choice: &'q Choice<'a>,
    /// Packages of the names that must be there.
    pub(super) roots: Vec<RecordId>,
    /// Those of them that are asked for with what they recommend.
    pub(super) recommending: &'q BTreeSet<RecordId>,
    /// Packages that are to be there too where they go together with the rest.
    pub(super) keep: BTreeSet<RecordId>,
    /// Whose packages they are, for messages.
    pub(super) who: &'q str,
}

/// What was chosen.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    pub(super) chosen: BTreeSet<RecordId>,
    /// What is recommended and is not there: by whom, and the text.
    pub(super) left_out: Vec<(RecordId, String)>,
}

/// The packages that have the name of each of the roots, and what these need; what is to be kept and can be, and what
/// that needs; no others.
pub(super) fn ask(question: &Question<'_, '_>, rules: &Rules<'_>) -> Result<Answer, ResolveError> {
    let Question { choice, roots, recommending, keep, who } = question;
    let provider = Provider::new(choice, rules, roots, recommending);
    if keep.is_empty() && provider.walk.is_consistent(&provider) {
        return Ok(answer(&provider, provider.walk.reached.clone()));
    }
    let requirements = roots.iter().map(|id| provider.require_name(*id)).collect();
    // What is to be kept first.
    let wishes: Vec<SolvableId> =
        keep.iter().chain(&provider.walk.order).map(|id| SolvableId::from_raw(id.0)).collect();
    let mut solver = Solver::new(provider);
    match solver.solve(Problem::new().requirements(requirements).soft_requirements(wishes)) {
        Ok(solution) => {
            let chosen: BTreeSet<RecordId> = solution.into_iter().map(|id| RecordId(id.into_raw())).collect();
            let kept = chosen.intersection(keep);
            let roots: Vec<RecordId> = roots.iter().chain(kept).copied().collect();
            Ok(answer(solver.provider(), needed(solver.provider(), &chosen, &roots)))
        }
        Err(UnsolvableOrCancelled::Unsolvable(conflict)) => {
            let reasons = explain::reasons(&conflict.graph(&solver), solver.provider());
            Err(ResolveError::Conflict { who: (*who).to_owned(), reasons })
        }
        // The provider never cancels.
        Err(UnsolvableOrCancelled::Cancelled(_)) => Err(ResolveError::Conflict {
            who: (*who).to_owned(),
            reasons: vec!["the search was given up".to_owned()],
        }),
    }
}

fn answer(provider: &Provider<'_>, chosen: BTreeSet<RecordId>) -> Answer {
    let left_out = provider.walk.left_out(provider, &chosen);
    Answer { chosen, left_out }
}

/// What packages need of what may be chosen, conflicts left aside: of alternatives only one.
pub(super) fn reached(choice: &Choice<'_>, rules: &Rules<'_>, roots: &[RecordId]) -> BTreeSet<RecordId> {
    Provider::new(choice, rules, roots, &BTreeSet::new()).walk.reached
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
