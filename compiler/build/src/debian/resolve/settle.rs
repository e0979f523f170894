//! Makes an answer smaller: puts back what has come from another archive without need.
//!
//! The solver stops at the first answer. So each package that is of another archive, or in another version than without
//! the mixture, is tried once as the host's own archive has it; where there is an answer with that and with all that was
//! put back before, and fewer packages differ in it, it is taken. What remains different is so because something needs it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    problem::{self, Answer, Question},
    rules::Rules,
};
use crate::debian::index::{Index, RecordId};

/// The smaller answer.
pub(super) fn settle<'a>(
    question: &Question<'_, 'a>,
    mut rules: Rules<'a>,
    mut answer: Answer,
    unmixed: &BTreeMap<&'a str, RecordId>,
) -> Answer {
    let index = question.choice.index;
    for name in differing(index, &answer.chosen, unmixed) {
        let now = differing(index, &answer.chosen, unmixed);
        if rules.has(name) || !now.contains(name) {
            continue;
        }
        let own = || index.of_name(name).find(|id| index.record(*id).archive == 0);
        let mut stricter = rules.clone();
        stricter.limit(name, unmixed.get(name).copied().or_else(own).into_iter().collect());
        if let Ok(found) = problem::ask(question, &stricter)
            && differing(index, &found.chosen, unmixed).len() < now.len()
        {
            (rules, answer) = (stricter, found);
        }
    }
    answer
}

/// The names of packages that are there in another version than without the mixture, or would not be there without it
/// and are of another archive.
fn differing<'a>(
    index: &'a Index<'a>,
    answer: &BTreeSet<RecordId>,
    unmixed: &BTreeMap<&'a str, RecordId>,
) -> BTreeSet<&'a str> {
    let records = answer.iter().map(|id| index.record(*id));
    let differs = records.filter(|record| match unmixed.get(record.name) {
        Some(there) => index.record(*there).version != record.version,
        None => record.archive != 0,
    });
    differs.map(|record| record.name).collect()
}
