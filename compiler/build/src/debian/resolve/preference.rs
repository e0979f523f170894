//! What apt would take. Apt walks depth first: it goes through what a package needs in the order of the text, and
//! installs the first that meets each need, with all that this needs in turn, before it looks at the next one. What is
//! there by then meets a need whatever its place among the alternatives. An alternative is passed over where it excludes
//! something that is there or is excluded by it, or where nothing that may be chosen meets one of its needs.
//!
//! The solver knows no such order, so the walk is made beforehand. Where its outcome goes together, that is the answer, as
//! apt's resolver has nothing to do then; else the solver is asked, and told to take of it what it can.

use std::{collections::BTreeSet, vec};

use super::provider::{Provider, dependencies};
use crate::debian::index::{Group, RecordId};

/// What the walk reaches from some packages.
#[derive(Clone, Debug, Default)]
pub(super) struct Walk {
    /// In the order in which it reaches them.
    pub(super) order: Vec<RecordId>,
    /// The same as a set.
    pub(super) reached: BTreeSet<RecordId>,
    /// What these exclude.
    excluded: BTreeSet<RecordId>,
    /// Whether something is needed that nothing meets.
    lacks: bool,
}

impl Walk {
    /// From packages that are to be there.
    pub(super) fn new(provider: &Provider<'_>, roots: &[RecordId]) -> Self {
        let mut walk = Self::default();
        roots.iter().for_each(|root| walk.add(provider, *root));
        for root in roots {
            // Not by recursion: how deep dependencies go is the archive's to say.
            let mut open = vec![groups(provider, *root)];
            while let Some(groups_left) = open.last_mut() {
                match groups_left.next() {
                    None => drop(open.pop()),
                    Some(group) => {
                        if let Some(id) = walk.missing(provider, &group) {
                            walk.add(provider, id);
                            open.push(groups(provider, id));
                        }
                    }
                }
            }
        }
        walk
    }

    /// Whether all that it reaches goes together, once of each name, and meets what it needs.
    pub(super) fn is_consistent(&self, provider: &Provider<'_>) -> bool {
        let mut names = BTreeSet::new();
        let is_free = |id: &RecordId| names.insert(provider.index.record(*id).name) && provider.may_be(*id);
        !self.lacks && self.reached.is_disjoint(&self.excluded) && self.reached.iter().all(is_free)
    }

    fn add(&mut self, provider: &Provider<'_>, id: RecordId) {
        if self.reached.insert(id) {
            self.order.push(id);
            self.excluded.extend(provider.excluded(id));
        }
    }

    /// The first that would meet a group, unless one that does is there: one to stay with before all others, then the
    /// usual one, and one of the first archive before those of others; of these the first that goes with what is there.
    fn missing(&mut self, provider: &Provider<'_>, group: &Group<'_>) -> Option<RecordId> {
        let targets = group.iter().flat_map(|relation| provider.targets(relation));
        let mut targets: Vec<RecordId> = targets.flat_map(|(_, records)| records).collect();
        if targets.iter().any(|id| self.reached.contains(id)) {
            return None;
        }
        self.lacks |= targets.is_empty();
        targets.sort_by_key(|id| {
            (!provider.is_kept(*id), !provider.rules.is_usual(*id), provider.is_foreign(*id))
        });
        let first = targets.first().copied();
        if targets.len() < 2 {
            first
        } else {
            targets.into_iter().find(|id| self.goes(provider, *id)).or(first)
        }
    }

    /// Whether a package goes with what is there, as far as can be told without walking on.
    fn goes(&self, provider: &Provider<'_>, id: RecordId) -> bool {
        let is_met = |group: Group<'_>| group.iter().any(|relation| !provider.targets(relation).is_empty());
        !self.excluded.contains(&id)
            && provider.excluded(id).all(|other| !self.reached.contains(&other))
            && dependencies(provider.index.record(id)).all(is_met)
    }
}

/// What a package needs, in the order of the text.
fn groups<'a>(provider: &Provider<'a>, id: RecordId) -> vec::IntoIter<Group<'a>> {
    dependencies(provider.index.record(id)).collect::<Vec<_>>().into_iter()
}
