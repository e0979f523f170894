//! Packages of several archives on one host. The host's own archive comes first; another is drawn from for what is asked
//! for from there, and for whatever else only it can give. Of several answers the one is sought that differs least from
//! what the host would have without the mixture.

use std::collections::{BTreeMap, BTreeSet};

use plc_plan::request::PackageRequest;

use super::{
    Choice, Picked, ResolveError, Wanted, base_roots, beyond,
    holds::{self, Held},
    problem::{self, Question},
    rules::{Rules, Scope},
    settle,
};
use crate::debian::index::RecordId;

/// In this order: with the newest versions before older ones, and with the base that is shared before one of its own.
const ATTEMPTS: [(Scope, Base); 4] = [
    (Scope::Newest, Base::Shared),
    (Scope::Newest, Base::Own),
    (Scope::All, Base::Shared),
    (Scope::All, Base::Own),
];

/// Upon what a host is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    /// What all hosts of the archive share.
    Shared,
    /// The same packages in other versions.
    Own,
}

/// The packages of a host that mixes archives or holds packages to versions.
pub(super) fn pick(
    choice: &Choice<'_>,
    base: &BTreeSet<RecordId>,
    who: &str,
    request: &PackageRequest,
) -> Result<Picked, ResolveError> {
    let Held { mut rules, wanted } = holds::read(choice, base, who, request)?;
    let unmixed = unmixed(choice, base, who, request);
    rules.prefer(unmixed.values().copied().collect());
    let mut last = None;
    for (scope, upon) in ATTEMPTS {
        let rules = rules.with_scope(scope);
        let (rules, below, keep) = match upon {
            Base::Own => {
                let keep = base.iter().copied().filter(|id| rules.leaves(choice.index, *id)).collect();
                (rules, base_roots(choice.index), keep)
            }
            Base::Shared => match rules.with_fixed(choice.index, base) {
                Some(rules) => (rules, base.iter().copied().collect(), BTreeSet::new()),
                None => continue,
            },
        };
        let roots = [below, wanted.all.clone()].concat();
        let question = Question { choice, roots, recommending: &wanted.recommending, keep, who };
        match problem::ask(&question, &rules) {
            Ok(found) => {
                let answer = settle::settle(&question, rules, found, &unmixed);
                let picked = split(choice, &answer.chosen, base, upon);
                return Ok(Picked { left_out: answer.left_out, ..picked });
            }
            Err(error) => last = Some(error),
        }
    }
    // The second attempt is always made.
    Err(last.unwrap_or_else(|| ResolveError::Conflict { who: who.to_owned(), reasons: Vec::new() }))
}

/// What the host would have if all came from its own archive, by name: as much of it as that archive has.
fn unmixed<'a>(
    choice: &Choice<'a>,
    base: &BTreeSet<RecordId>,
    who: &str,
    request: &PackageRequest,
) -> BTreeMap<&'a str, RecordId> {
    let own = |name: &str| choice.of(name, Some(0), |_| false);
    let mut wanted = Wanted::default();
    for want in request.wants() {
        own(&want.package).into_iter().for_each(|id| wanted.add(id, want.recommends));
    }
    let packages = beyond(choice, base, &wanted, who).unwrap_or_default();
    base.union(&packages.chosen).map(|id| (choice.index.record(*id).name, *id)).collect()
}

/// What was chosen as a base and what is beyond it.
fn split(
    choice: &Choice<'_>,
    chosen: &BTreeSet<RecordId>,
    shared: &BTreeSet<RecordId>,
    upon: Base,
) -> Picked {
    let own = match upon {
        Base::Shared => BTreeSet::new(),
        Base::Own => own_base(choice, chosen, shared),
    };
    let base = if own.is_empty() { shared } else { &own };
    let packages = chosen.difference(base).copied().collect();
    Picked { base: own, packages, left_out: Vec::new() }
}

/// Of what was chosen, the base: what the shared one has, in whatever version, with what that needs besides. It does not
/// depend on what else the host has, so that hosts with the same mixture share theirs.
fn own_base(
    choice: &Choice<'_>,
    chosen: &BTreeSet<RecordId>,
    shared: &BTreeSet<RecordId>,
) -> BTreeSet<RecordId> {
    let name = |id: &RecordId| choice.index.record(*id).name;
    let by_name: BTreeMap<&str, RecordId> = chosen.iter().map(|id| (name(id), *id)).collect();
    let roots: Vec<RecordId> = shared.iter().filter_map(|id| by_name.get(name(id)).copied()).collect();
    problem::reached(choice, &Rules::only(choice.index, chosen), &roots)
}
