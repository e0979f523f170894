//! Picks the packages: the base that all hosts of an archive share, and what each host needs on top of it.
//!
//! What apt would take is taken where that goes together ([`preference`]); else a SAT solver decides, and is told of it.
//! Recommendations do not count. As apt does, only the newest version of each package is considered at first, and older
//! ones only where the newest ones do not fit together. Where archives are mixed, [`mixed`] keeps what differs small.

mod error;
mod explain;
mod holds;
mod mixed;
mod preference;
mod problem;
mod provider;
mod rules;
mod settle;

use std::collections::{BTreeMap, BTreeSet};

pub use error::{Offer, ResolveError};
use plc_plan::request::{PackageRequest, Want};

use self::{
    problem::{Answer, Question},
    rules::{Rules, Scope},
};
use super::index::{Index, RecordId};

/// The packages of a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picked {
    /// The base layer of its own, where it needs another version of a package in the one that is shared; else empty.
    pub base: BTreeSet<RecordId>,
    /// What it has beyond its base.
    pub packages: BTreeSet<RecordId>,
    /// What is recommended, where that was asked for, and is not there: by whom, and the text of the relation.
    pub left_out: Vec<(RecordId, String)>,
}

/// What hosts choose from.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// The packages of all archives.
    pub index: &'a Index<'a>,
    /// The archives' names in the order of the index: first the one that hosts draw from.
    pub archives: &'a [&'a str],
    /// What is taken rather than the newest, and rather than what apt would take of alternatives, wherever it goes together
    /// with the rest: what was there before, by name.
    pub kept: &'a Kept<'a>,
}

/// What is asked for by name.
#[derive(Clone, Debug, Default)]
struct Wanted {
    all: Vec<RecordId>,
    /// Those of them that are asked for with what they recommend.
    recommending: BTreeSet<RecordId>,
}

/// Packages to stay with, by name.
pub type Kept<'a> = BTreeMap<&'a str, RecordId>;

/// The base layer of the first archive, as the minbase variant of debootstrap has it: what is `Essential: yes` or
/// `Priority: required`, apt where the archive has it, and what these need.
pub fn base(choice: &Choice<'_>) -> Result<BTreeSet<RecordId>, ResolveError> {
    let who = format!("the base of archive `{}`", choice.name(0));
    Ok(solve(choice, &Rules::new(Scope::Newest), base_roots(choice.index), &BTreeSet::new(), &who)?.chosen)
}

/// The base layer of packages of these names, as far as the archive has them, and what they need.
pub fn base_of(choice: &Choice<'_>, names: &BTreeSet<&str>) -> Result<BTreeSet<RecordId>, ResolveError> {
    let who = format!("the base of archive `{}`", choice.name(0));
    let own = |name: &&str| choice.of(name, Some(0), |_| false);
    let roots = names.iter().filter_map(own).collect();
    Ok(solve(choice, &Rules::new(Scope::Newest), roots, &BTreeSet::new(), &who)?.chosen)
}

/// The names of a base's packages that would have to be there in another version, or not at all, for a host to have what it
/// asks for; none where that is of no help either, or where the host mixes archives.
pub fn in_the_way<'a>(
    choice: &Choice<'a>,
    base: &BTreeSet<RecordId>,
    who: &str,
    request: &PackageRequest,
) -> BTreeSet<&'a str> {
    let Ok(wanted) = all_wanted(choice, base, who, request) else { return BTreeSet::new() };
    if request.is_mixed() {
        return BTreeSet::new();
    }
    let roots = base.iter().chain(&wanted.all).copied().collect();
    let all = solve(choice, &Rules::new(Scope::Newest), roots, &BTreeSet::new(), who);
    let left = all.map_or(BTreeSet::new(), |all| base.difference(&all.chosen).copied().collect());
    left.into_iter().map(|id| choice.index.record(id).name).collect()
}

/// The packages of the first archive that a base is made for.
fn base_roots(index: &Index<'_>) -> Vec<RecordId> {
    let newest = (0..index.names().count()).filter_map(|position| index.of_position(position).next());
    newest
        .filter(|id| {
            let record = index.record(*id);
            record.archive == 0 && (record.essential || record.priority == "required" || record.name == "apt")
        })
        .collect()
}

/// The packages of a host or a build, with the base as it is wherever that is possible. `who` is whose they are, for
/// messages: ``host `web` ``.
pub fn pick(
    choice: &Choice<'_>,
    base: &BTreeSet<RecordId>,
    who: &str,
    request: &PackageRequest,
) -> Result<Picked, ResolveError> {
    if request.is_mixed() {
        return mixed::pick(choice, base, who, request);
    }
    let wanted = all_wanted(choice, base, who, request)?;
    let Answer { chosen, left_out } = beyond(choice, base, &wanted, who)?;
    Ok(Picked { base: BTreeSet::new(), packages: chosen, left_out })
}

/// What packages of the first archive need beyond a base that is fixed.
fn beyond(
    choice: &Choice<'_>,
    base: &BTreeSet<RecordId>,
    wanted: &Wanted,
    who: &str,
) -> Result<Answer, ResolveError> {
    let rules = Rules::new(Scope::Newest);
    let rules = rules.with_fixed(choice.index, base).unwrap_or(rules);
    let roots: Vec<RecordId> = base.iter().chain(&wanted.all).copied().collect();
    let all = solve(choice, &rules, roots, &wanted.recommending, who)?;
    Ok(Answer { chosen: all.chosen.difference(base).copied().collect(), ..all })
}

/// With the newest versions where these go together, else with any.
fn solve(
    choice: &Choice<'_>,
    rules: &Rules<'_>,
    roots: Vec<RecordId>,
    recommending: &BTreeSet<RecordId>,
    who: &str,
) -> Result<Answer, ResolveError> {
    let question = Question { choice, roots, recommending, keep: BTreeSet::new(), who };
    problem::ask(&question, rules).or_else(|_| problem::ask(&question, &rules.with_scope(Scope::All)))
}

/// The packages that a request's names mean.
fn all_wanted(
    choice: &Choice<'_>,
    base: &BTreeSet<RecordId>,
    who: &str,
    request: &PackageRequest,
) -> Result<Wanted, ResolveError> {
    let mut all = Wanted::default();
    for want in request.wants() {
        all.add(wanted(choice, base, who, want)?, want.recommends);
    }
    Ok(all)
}

/// The package that a name means in the archive that it is asked for from: its own newest, or the only one that provides
/// it.
fn wanted(
    choice: &Choice<'_>,
    base: &BTreeSet<RecordId>,
    who: &str,
    want: &Want,
) -> Result<RecordId, ResolveError> {
    let archive = want.from.as_deref().map_or(Some(0), |from| choice.position(from));
    let is_there = |id: &RecordId| Some(choice.index.record(*id).archive) == archive;
    if let Some(id) = choice.of(&want.package, archive, |id| base.contains(&id)) {
        return Ok(id);
    }
    let providers = choice.index.providers(&want.package).iter().map(|provider| provider.record);
    let names: BTreeSet<&str> = providers.filter(is_there).map(|id| choice.index.record(id).name).collect();
    let mut providers = names.iter();
    match (providers.next(), providers.next()) {
        (Some(only), None) => {
            wanted(choice, base, who, &Want { package: (*only).to_owned(), ..want.clone() })
        }
        (None, _) => Err(ResolveError::Unknown {
            who: who.to_owned(),
            want: want.to_string(),
            nearest: choice.nearest(&want.package, archive),
        }),
        _ => {
            let providers = names.iter().map(|name| (*name).to_owned()).collect();
            Err(ResolveError::Virtual { who: who.to_owned(), want: want.to_string(), providers })
        }
    }
}

impl Wanted {
    fn add(&mut self, id: RecordId, recommends: bool) {
        self.all.push(id);
        if recommends {
            self.recommending.insert(id);
        }
    }
}

impl<'a> Choice<'a> {
    /// An archive's name.
    fn name(&self, archive: usize) -> &'a str {
        self.archives.get(archive).copied().unwrap_or_default()
    }

    /// A package of a name: one that is there already, else the one to stay with, else the newest.
    fn of(
        &self,
        name: &str,
        archive: Option<usize>,
        is_there: impl Fn(RecordId) -> bool,
    ) -> Option<RecordId> {
        let all = || self.index.of_name(name).filter(|id| Some(self.index.record(*id).archive) == archive);
        let kept = |id: &RecordId| self.kept.get(name) == Some(id);
        all().find(|id| is_there(*id)).or_else(|| all().find(kept)).or_else(|| all().next())
    }

    /// An archive's position.
    fn position(&self, name: &str) -> Option<usize> {
        self.archives.iter().position(|known| *known == name)
    }

    /// Up to three names of an archive that are spelt alike.
    fn nearest(&self, name: &str, archive: Option<usize>) -> Vec<String> {
        let bound = (name.len() / 3).max(1);
        let mut near: Vec<(usize, &str)> = self
            .index
            .names()
            .filter(|known| known.len().abs_diff(name.len()) <= bound)
            .map(|known| (strsim::osa_distance(known, name), known))
            .filter(|(distance, _)| *distance <= bound)
            .collect();
        near.sort();
        let is_there =
            |known: &str| self.index.of_name(known).any(|id| Some(self.index.record(id).archive) == archive);
        near.into_iter()
            .filter(|(_, known)| is_there(known))
            .take(3)
            .map(|(_, known)| known.to_owned())
            .collect()
    }
}

#[cfg(test)]
mod tests;
