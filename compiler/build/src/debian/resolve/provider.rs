//! The archive as the solver sees it. A name of the solver is a package name's position in the index, a solvable is a
//! record, and a version set is a set of records of one name: names that are only provided never reach the solver.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    fmt::Display,
};

use resolvo::{
    Candidates, Condition, ConditionId, ConditionalRequirement, Dependencies, DependencyProvider, Interner,
    KnownDependencies, NameId, Requirement, SolvableId, SolverCache, StringId, VersionSetId,
    VersionSetUnionId,
};

use super::{Choice, Kept, preference::Walk, rules::Rules};
use crate::debian::index::{Index, Record, RecordId, Relation, relations};

/// Records of one name.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Set {
    name: NameId,
    records: Vec<RecordId>,
    /// As the relation is written, for messages.
    text: String,
}

#[derive(Default)]
struct Sets {
    sets: Vec<Set>,
    ids: HashMap<Set, VersionSetId>,
    unions: Vec<Vec<VersionSetId>>,
    texts: Vec<String>,
}

/// Answers the solver's questions about an archive.
pub(super) struct Provider<'a> {
    pub(super) index: &'a Index<'a>,
    archives: &'a [&'a str],
    pub(super) rules: &'a Rules<'a>,
    kept: &'a Kept<'a>,
    unknown: usize,
    /// What apt would take.
    pub(super) walk: Walk,
    sets: RefCell<Sets>,
}

impl<'a> Provider<'a> {
    /// For packages that are to be there, some of them with what they recommend.
    pub(super) fn new(
        choice: &Choice<'a>,
        rules: &'a Rules<'a>,
        roots: &[RecordId],
        recommending: &BTreeSet<RecordId>,
    ) -> Self {
        let Choice { index, archives, kept } = *choice;
        let (unknown, walk) = (index.names().count(), Walk::default());
        let mut provider = Self { index, archives, rules, kept, unknown, walk, sets: RefCell::default() };
        provider.walk = Walk::new(&provider, roots, recommending);
        provider
    }

    /// The requirement that some version of a package's name is chosen.
    pub(super) fn require_name(&self, id: RecordId) -> ConditionalRequirement {
        let name = self.index.record(id).name;
        let records = self.selectable(name);
        let set = self.set(Set { name: self.name(name), records, text: name.to_owned() });
        Requirement::Single(set).into()
    }

    /// All that would meet something that a package needs, or recommends where that counts.
    pub(super) fn meeting(&self, id: RecordId) -> Vec<RecordId> {
        let groups = dependencies(self.index.record(id)).chain(self.walk.recommended(self, id));
        groups
            .flatten()
            .flat_map(|relation| self.targets(&relation))
            .flat_map(|(_, records)| records)
            .collect()
    }

    /// Whether a package may be chosen at all.
    pub(super) fn may_be(&self, id: RecordId) -> bool {
        self.selectable(self.index.record(id).name).contains(&id)
    }

    /// All packages that may not be there beside a package.
    pub(super) fn excluded(&self, id: RecordId) -> impl Iterator<Item = RecordId> {
        let record = self.index.record(id);
        let targets = negative(record).flat_map(|relation| self.targets(&relation));
        targets.filter(|(name, _)| *name != record.name).flat_map(|(_, records)| records)
    }

    /// The text of a requirement.
    pub(super) fn text(&self, requirement: Requirement) -> String {
        let sets = self.sets.borrow();
        match requirement {
            Requirement::Single(id) => sets.sets[id.0 as usize].text.clone(),
            Requirement::Union(id) => sets.texts[id.0 as usize].clone(),
        }
    }

    /// A package as messages name it.
    pub(super) fn shown(&self, id: SolvableId) -> String {
        let record = self.index.record(RecordId(id.into_raw()));
        let archive = self.archives.get(record.archive).filter(|_| record.archive != 0);
        let of = archive.map(|archive| format!(" of `{archive}`")).unwrap_or_default();
        format!("`{} {}`{of}", record.name, record.version)
    }

    /// Why nothing meets a requirement.
    pub(super) fn why_missing(&self, requirement: Requirement) -> String {
        let text = self.text(requirement);
        let held = |relation: Relation<'_>| {
            Some(format!("and `{}` is {}", relation.name, self.rules.reason(relation.name)?))
        };
        let held = relations(&text).flatten().find_map(held);
        held.unwrap_or_else(|| "which is in none of its suites".to_owned())
    }

    fn name(&self, name: &str) -> NameId {
        // All names that no package has are one, which has no candidates: ids index the solver's tables.
        let position = self.index.name_position(name).unwrap_or(self.unknown);
        NameId::from_raw(u32::try_from(position).unwrap_or(u32::MAX))
    }

    /// The versions of a name that may be chosen, the best first.
    fn selectable(&self, name: &str) -> Vec<RecordId> {
        self.rules.selectable(self.index, name, self.kept.get(name).copied())
    }

    /// Whether a package is of another archive than the first, which is taken only where nothing else does.
    pub(super) fn is_foreign(&self, id: RecordId) -> bool {
        self.index.record(id).archive != 0
    }

    /// Whether a package is the one of its name to stay with.
    pub(super) fn is_kept(&self, id: RecordId) -> bool {
        self.kept.get(self.index.record(id).name) == Some(&id)
    }

    fn set(&self, set: Set) -> VersionSetId {
        let mut sets = self.sets.borrow_mut();
        if let Some(id) = sets.ids.get(&set) {
            return *id;
        }
        let id = VersionSetId(u32::try_from(sets.sets.len()).unwrap_or(u32::MAX));
        sets.sets.push(set.clone());
        sets.ids.insert(set, id);
        id
    }

    /// What meets a relation, by package name in the order of preference: the package of that name, then those that
    /// provide it.
    pub(super) fn targets(&self, relation: &Relation<'_>) -> Vec<(&'a str, Vec<RecordId>)> {
        if relation.architecture.is_some_and(|of| of != "any" && of != "native" && !self.has_architecture(of))
        {
            return Vec::new();
        }
        let mut targets: Vec<(&str, Vec<RecordId>)> = Vec::new();
        let mut add = |id: RecordId| {
            let name = self.index.record(id).name;
            match targets.iter_mut().find(|(known, _)| *known == name) {
                Some((_, records)) if records.contains(&id) => {}
                Some((_, records)) => records.push(id),
                None => targets.push((name, vec![id])),
            }
        };
        let real = self.selectable(relation.name);
        real.into_iter().filter(|id| relation.admits(self.index.record(*id).version)).for_each(&mut add);
        let mut providers: Vec<RecordId> = self
            .index
            .providers(relation.name)
            .iter()
            .filter(|provider| relation.admits_provided(provider.version))
            .map(|provider| provider.record)
            .filter(|id| self.selectable(self.index.record(*id).name).contains(id))
            .collect();
        providers.sort_by_key(|id| rank(self.index.record(*id)));
        providers.into_iter().for_each(add);
        targets
    }

    fn has_architecture(&self, architecture: &str) -> bool {
        self.index.ids().any(|id| self.index.record(id).architecture == architecture)
    }

    fn requirement(&self, group: &[Relation<'_>]) -> Option<ConditionalRequirement> {
        let first = group.first()?;
        let text = group.iter().map(|relation| relation.text).collect::<Vec<_>>().join(" | ");
        let mut targets: Vec<(&str, Vec<RecordId>)> =
            group.iter().flat_map(|relation| self.targets(relation)).collect();
        targets.sort_by_key(|(_, records)| {
            let preferred = records.iter().any(|id| self.walk.reached.contains(id));
            (!preferred, records.iter().all(|id| self.is_foreign(*id)))
        });
        let ids: Vec<VersionSetId> = targets
            .into_iter()
            .map(|(name, records)| self.set(Set { name: self.name(name), records, text: text.clone() }))
            .collect();
        let requirement = match ids[..] {
            [] => {
                let name = self.name(first.name);
                Requirement::Single(self.set(Set { name, records: Vec::new(), text }))
            }
            [only] => Requirement::Single(only),
            _ => {
                let mut sets = self.sets.borrow_mut();
                let id = VersionSetUnionId(u32::try_from(sets.unions.len()).unwrap_or(u32::MAX));
                sets.unions.push(ids);
                sets.texts.push(text);
                Requirement::Union(id)
            }
        };
        Some(requirement.into())
    }

    /// For each name that a relation excludes, the versions that it leaves.
    fn exclusions(&self, record: &Record<'_>, relation: &Relation<'_>) -> Vec<VersionSetId> {
        let targets = self.targets(relation).into_iter().filter(|(name, _)| *name != record.name);
        targets
            .map(|(name, excluded)| {
                let mut records = self.selectable(name);
                records.retain(|id| !excluded.contains(id));
                self.set(Set { name: self.name(name), records, text: relation.text.to_owned() })
            })
            .collect()
    }
}

/// What a package needs: what must be there before it is unpacked first, as apt considers it first.
pub(super) fn dependencies<'a>(record: &Record<'a>) -> impl Iterator<Item = Vec<Relation<'a>>> + use<'a> {
    relations(record.pre_depends).chain(relations(record.depends))
}

/// What a package excludes.
fn negative<'a>(record: &Record<'a>) -> impl Iterator<Item = Relation<'a>> + use<'a> {
    relations(record.conflicts).chain(relations(record.breaks)).flatten()
}

/// Apt's preference among packages that provide a name: those of the first archive, essential ones, protected ones, then
/// by priority. Equals stay in the order of the index, by name; apt goes by when it came across their names first.
fn rank(record: &Record<'_>) -> (usize, bool, bool, usize) {
    const PRIORITIES: [&str; 5] = ["required", "important", "standard", "optional", "extra"];
    let priority = PRIORITIES.iter().position(|known| *known == record.priority);
    (record.archive, !record.essential, !record.protected, priority.unwrap_or(PRIORITIES.len()))
}

impl Interner for Provider<'_> {
    type NameId = NameId;
    type SolvableId = SolvableId;

    fn display_solvable(&self, solvable: SolvableId) -> impl Display + '_ {
        let record = self.index.record(RecordId(solvable.into_raw()));
        format!("{} {}", record.name, record.version)
    }

    fn display_name(&self, name: NameId) -> impl Display + '_ {
        self.index.names().nth(name.into_raw() as usize).unwrap_or("?")
    }

    fn display_version_set(&self, version_set: VersionSetId) -> impl Display + '_ {
        self.sets.borrow().sets[version_set.0 as usize].text.clone()
    }

    fn display_string(&self, _: StringId) -> impl Display + '_ {
        ""
    }

    fn version_set_name(&self, version_set: VersionSetId) -> NameId {
        self.sets.borrow().sets[version_set.0 as usize].name
    }

    fn solvable_name(&self, solvable: SolvableId) -> NameId {
        self.name(self.index.record(RecordId(solvable.into_raw())).name)
    }

    fn version_sets_in_union(&self, union: VersionSetUnionId) -> impl Iterator<Item = VersionSetId> {
        self.sets.borrow().unions[union.0 as usize].clone().into_iter()
    }

    /// There are no conditional dependencies.
    fn resolve_condition(&self, _: ConditionId) -> Condition {
        Condition::Requirement(VersionSetId(0))
    }
}

impl DependencyProvider for Provider<'_> {
    async fn filter_candidates(
        &self,
        candidates: &[SolvableId],
        version_set: VersionSetId,
        inverse: bool,
    ) -> Vec<SolvableId> {
        let sets = self.sets.borrow();
        let records = &sets.sets[version_set.0 as usize].records;
        let is_in = |id: &SolvableId| records.contains(&RecordId(id.into_raw()));
        candidates.iter().copied().filter(|id| is_in(id) != inverse).collect()
    }

    async fn get_candidates(&self, name: NameId) -> Option<Candidates> {
        let first = self.index.of_position(name.into_raw() as usize).next()?;
        let records = self.selectable(self.index.record(first).name);
        let favored = records.iter().find(|id| self.is_kept(**id)).map(|id| SolvableId::from_raw(id.0));
        let candidates = records.into_iter().map(|id| SolvableId::from_raw(id.0)).collect();
        Some(Candidates { candidates, favored, ..Candidates::default() })
    }

    /// Records are in order of preference already.
    async fn sort_candidates(&self, _: &SolverCache<Self>, solvables: &mut [SolvableId]) {
        solvables.sort_by_key(|id| id.into_raw());
    }

    async fn get_dependencies(&self, solvable: SolvableId) -> Dependencies {
        let record = self.index.record(RecordId(solvable.into_raw()));
        let requirements = dependencies(record).filter_map(|group| self.requirement(&group)).collect();
        let constrains = negative(record).flat_map(|relation| self.exclusions(record, &relation)).collect();
        Dependencies::Known(KnownDependencies { requirements, constrains })
    }
}
