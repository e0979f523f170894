//! Makes an answer smaller: of what it has otherwise than without the mixture, puts back what can be put back.
//!
//! The solver stops at the first answer. So each package that differs is tried once as it would be without the mixture;
//! where there is an answer with that and with all that was put back before, and it differs less, it is taken. What
//! remains differs because something needs it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Choice, problem, rules::Rules};
use crate::debian::index::{Index, RecordId};

/// What the solver is asked.
pub(super) struct Question<'q, 'a> {
    pub(super) choice: &'q Choice<'a>,
    /// Packages of the names that must be there.
    pub(super) roots: &'q [RecordId],
    pub(super) who: &'q str,
}

/// The smaller answer, with the rules that lead to it.
pub(super) fn settle<'a>(
    question: &Question<'_, 'a>,
    mut rules: Rules<'a>,
    mut answer: BTreeSet<RecordId>,
    unmixed: &BTreeMap<&'a str, RecordId>,
) -> (Rules<'a>, BTreeSet<RecordId>) {
    for name in differing(question.choice.index, &answer, unmixed) {
        let now = differing(question.choice.index, &answer, unmixed);
        if rules.has(name) || !now.contains(name) {
            continue;
        }
        let mut stricter = rules.clone();
        stricter.limit(name, unmixed.get(name).copied().into_iter().collect());
        if let Ok(found) = problem::ask(question.choice, &stricter, question.roots, question.who)
            && differing(question.choice.index, &found, unmixed).len() < now.len()
        {
            (rules, answer) = (stricter, found);
        }
    }
    (rules, answer)
}

/// The names of packages that would not be there without the mixture, or not in this version.
fn differing<'a>(
    index: &'a Index<'a>,
    answer: &BTreeSet<RecordId>,
    unmixed: &BTreeMap<&'a str, RecordId>,
) -> BTreeSet<&'a str> {
    let of = |id: &RecordId| (index.record(*id).name, index.record(*id).version);
    let differs = |(name, version): &(&str, &str)| {
        unmixed.get(name).is_none_or(|there| index.record(*there).version != *version)
    };
    answer.iter().map(of).filter(differs).map(|(name, _)| name).collect()
}
