//! Which packages may be chosen at all.

use std::collections::{BTreeMap, BTreeSet};

use crate::debian::index::{Index, RecordId};

/// Which versions may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Of each name the newest of each archive, as apt does.
    Newest,
    /// All.
    All,
}

/// What limits a choice.
#[derive(Clone, Debug)]
pub(super) struct Rules<'a> {
    scope: Scope,
    /// The archives that may be drawn from, by their positions.
    archives: BTreeSet<usize>,
    /// Names of which only these may be chosen, in the order of the index; none for a name that may not be there.
    limits: BTreeMap<&'a str, Vec<RecordId>>,
    /// Why names are limited, where the description says so: for messages.
    reasons: BTreeMap<&'a str, String>,
    /// Of alternatives, what is taken rather than the first.
    usual: BTreeSet<RecordId>,
}

impl<'a> Rules<'a> {
    /// The packages of the first archive.
    pub(super) fn new(scope: Scope) -> Self {
        let (limits, reasons) = (BTreeMap::new(), BTreeMap::new());
        Self { scope, archives: BTreeSet::from([0]), limits, reasons, usual: BTreeSet::new() }
    }

    /// These packages and no others.
    pub(super) fn only(index: &Index<'a>, records: &BTreeSet<RecordId>) -> Self {
        let limits = records.iter().map(|id| (index.record(*id).name, vec![*id])).collect();
        Self { archives: BTreeSet::new(), limits, ..Self::new(Scope::All) }
    }

    /// The same with another scope.
    pub(super) fn with_scope(&self, scope: Scope) -> Self {
        Self { scope, ..self.clone() }
    }

    /// Lets packages come from an archive too.
    pub(super) fn draw_from(&mut self, archive: usize) {
        self.archives.insert(archive);
    }

    /// Leaves only these packages of a name.
    pub(super) fn limit(&mut self, name: &'a str, records: Vec<RecordId>) {
        self.limits.insert(name, records);
    }

    /// As [`limit`](Self::limit), because the description says so.
    pub(super) fn hold(&mut self, name: &'a str, records: Vec<RecordId>, reason: String) {
        self.limits.insert(name, records);
        self.reasons.insert(name, reason);
    }

    /// Has these taken where they are among alternatives.
    pub(super) fn prefer(&mut self, usual: BTreeSet<RecordId>) {
        self.usual = usual;
    }

    /// Whether to take a package where it is among alternatives.
    pub(super) fn is_usual(&self, id: RecordId) -> bool {
        self.usual.contains(&id)
    }

    /// The same with packages that are there already, of which no other version may be chosen; none where one of them
    /// may not be there.
    pub(super) fn with_fixed(&self, index: &Index<'a>, fixed: &BTreeSet<RecordId>) -> Option<Self> {
        let mut rules = self.clone();
        for id in fixed {
            if !rules.leaves(index, *id) {
                return None;
            }
            rules.limits.insert(index.record(*id).name, vec![*id]);
        }
        Some(rules)
    }

    /// Whether anything is said of a name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.limits.contains_key(name)
    }

    /// Whether what is said of its name leaves a package.
    pub(super) fn leaves(&self, index: &Index<'_>, id: RecordId) -> bool {
        self.limits.get(index.record(id).name).is_none_or(|limit| limit.contains(&id))
    }

    /// What the description says of a name: `held to 2.41-12`.
    pub(super) fn reason(&self, name: &str) -> Option<&str> {
        self.reasons.get(name).map(String::as_str)
    }

    /// The versions of a name that may be chosen, the best first; among them the one to stay with, however old it is.
    pub(super) fn selectable(&self, index: &Index<'_>, name: &str, kept: Option<RecordId>) -> Vec<RecordId> {
        let mut records: Vec<RecordId> = match self.limits.get(name) {
            Some(limit) => limit.clone(),
            None => index.of_name(name).collect(),
        };
        let limited = self.limits.contains_key(name);
        records.retain(|id| limited || self.archives.contains(&index.record(*id).archive));
        if self.scope == Scope::Newest {
            let mut last = None;
            records.retain(|id| {
                let archive = Some(index.record(*id).archive);
                let is_newest = std::mem::replace(&mut last, archive) != archive;
                is_newest || kept == Some(*id)
            });
        }
        records
    }
}
