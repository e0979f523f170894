//! What apt would take. Apt walks depth first: it goes through what a package needs in the order of the text, and
//! installs the first that meets each need, with all that this needs in turn, before it looks at the next one. What is
//! there by then meets a need whatever its place among the alternatives. An alternative is passed over where it excludes
//! something that is there or is excluded by it, or where nothing that may be chosen meets one of its needs.
//!
//! What is asked for with what it recommends is walked through last, and all that comes because of it brings what it
//! recommends, after what it needs; of that, what cannot be there is left out.
//!
//! The solver knows no such order, so the walk is made beforehand. Where its outcome goes together, that is the answer, as
//! apt's resolver has nothing to do then; else the solver is asked, and told to take of it what it can.

use std::{collections::BTreeSet, vec};

use super::provider::{Provider, dependencies};
use crate::debian::index::{Group, RecordId, relations};

/// What the walk reaches from some packages.
#[derive(Clone, Debug, Default)]
pub(super) struct Walk {
    /// In the order in which it reaches them.
    pub(super) order: Vec<RecordId>,
    /// The same as a set.
    pub(super) reached: BTreeSet<RecordId>,
    /// What these exclude.
    excluded: BTreeSet<RecordId>,
    /// What brings what it recommends.
    recommending: BTreeSet<RecordId>,
    /// Whether something is needed that nothing meets, or two things are there that do not go together.
    is_broken: bool,
}

impl Walk {
    /// From packages that are to be there, some of them with what they recommend.
    pub(super) fn new(
        provider: &Provider<'_>,
        roots: &[RecordId],
        recommending: &BTreeSet<RecordId>,
    ) -> Self {
        let mut walk = Self::default();
        roots.iter().for_each(|root| walk.add(provider, *root));
        let (with, plain): (Vec<RecordId>, Vec<RecordId>) =
            roots.iter().copied().partition(|root| recommending.contains(root));
        plain.into_iter().for_each(|root| walk.go(provider, root, false));
        with.into_iter().for_each(|root| walk.go(provider, root, true));
        walk
    }

    /// All that a package brings.
    fn go(&mut self, provider: &Provider<'_>, root: RecordId, recommends: bool) {
        // Not by recursion: how deep dependencies go is the archive's to say.
        let mut open = vec![(self.groups(provider, root, recommends), None)];
        while let Some((groups_left, _)) = open.last_mut() {
            let Some((group, must)) = groups_left.next() else {
                let before = open.pop().and_then(|(_, before)| before);
                // What is recommended and brings what does not go with the rest had better not be there.
                if let Some(before) = before.filter(|before: &Self| self.is_broken && !before.is_broken) {
                    *self = before;
                }
                continue;
            };
            if let Some(id) = self.missing(provider, &group, must) {
                let before = (!must).then(|| self.clone());
                self.add(provider, id);
                open.push((self.groups(provider, id, recommends), before));
            }
        }
    }

    /// What a package asks for in the order of the text, and whether it must be there.
    fn groups<'a>(
        &mut self,
        provider: &Provider<'a>,
        id: RecordId,
        recommends: bool,
    ) -> vec::IntoIter<(Group<'a>, bool)> {
        let mut groups: Vec<(Group<'a>, bool)> =
            dependencies(provider.index.record(id)).map(|group| (group, true)).collect();
        if recommends {
            self.recommending.insert(id);
            groups.extend(self.recommended(provider, id).map(|group| (group, false)));
        }
        groups.into_iter()
    }

    /// What a package recommends, where that counts.
    pub(super) fn recommended<'a>(
        &self,
        provider: &Provider<'a>,
        id: RecordId,
    ) -> impl Iterator<Item = Group<'a>> + use<'a> {
        let text = if self.recommending.contains(&id) { provider.index.record(id).recommends } else { "" };
        relations(text)
    }

    /// What is recommended and that nothing meets which was chosen: by whom, and the text.
    pub(super) fn left_out(
        &self,
        provider: &Provider<'_>,
        chosen: &BTreeSet<RecordId>,
    ) -> Vec<(RecordId, String)> {
        let is_met = |group: &Group<'_>| {
            let mut targets = group.iter().flat_map(|relation| provider.targets(relation));
            targets.any(|(_, records)| records.iter().any(|record| chosen.contains(record)))
        };
        let text =
            |group: Group<'_>| group.iter().map(|relation| relation.text).collect::<Vec<_>>().join(" | ");
        let recommending = self.recommending.intersection(chosen);
        let unmet = recommending.flat_map(|id| {
            let groups = self.recommended(provider, *id).filter(|group| !is_met(group));
            groups.map(|group| (*id, text(group))).collect::<Vec<_>>()
        });
        unmet.collect()
    }

    /// Whether all that it reaches goes together, once of each name, and meets what it needs.
    pub(super) fn is_consistent(&self, provider: &Provider<'_>) -> bool {
        let mut names = BTreeSet::new();
        let is_free = |id: &RecordId| names.insert(provider.index.record(*id).name) && provider.may_be(*id);
        !self.is_broken && self.reached.iter().all(is_free)
    }

    fn add(&mut self, provider: &Provider<'_>, id: RecordId) {
        if self.reached.insert(id) {
            self.order.push(id);
            let excluded: Vec<RecordId> = provider.excluded(id).collect();
            self.is_broken |=
                self.excluded.contains(&id) || excluded.iter().any(|other| self.reached.contains(other));
            self.excluded.extend(excluded);
        }
    }

    /// The first that would meet a group, unless one that does is there: one to stay with before all others, then the
    /// usual one, and one of the first archive before those of others; of these the first that goes with what is there.
    /// Where none does, what must be there is the first all the same, and the solver finds a way.
    fn missing(&mut self, provider: &Provider<'_>, group: &Group<'_>, must: bool) -> Option<RecordId> {
        let targets = group.iter().flat_map(|relation| provider.targets(relation));
        let mut targets: Vec<RecordId> = targets.flat_map(|(_, records)| records).collect();
        if targets.iter().any(|id| self.reached.contains(id)) {
            return None;
        }
        self.is_broken |= must && targets.is_empty();
        targets.sort_by_key(|id| {
            (!provider.is_kept(*id), !provider.rules.is_usual(*id), provider.is_foreign(*id))
        });
        let first = targets.first().copied().filter(|_| must);
        let is_only = must && targets.len() == 1;
        if is_only { first } else { targets.into_iter().find(|id| self.goes(provider, *id)).or(first) }
    }

    /// Whether a package goes with what is there, as far as can be told without walking on.
    fn goes(&self, provider: &Provider<'_>, id: RecordId) -> bool {
        let is_met = |group: Group<'_>| group.iter().any(|relation| !provider.targets(relation).is_empty());
        !self.excluded.contains(&id)
            && provider.excluded(id).all(|other| !self.reached.contains(&other))
            && dependencies(provider.index.record(id)).all(is_met)
    }
}
