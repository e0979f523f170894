//! Packages of several archives on one host. The host's own archive comes first; another is drawn from for what is asked
//! for from there, and for whatever else only it can give. Of several answers the one is sought that differs least from
//! what the host would have without the mixture.

use std::collections::{BTreeMap, BTreeSet};

use plc_plan::request::PackageRequest;

use super::{
    Choice, Picked, ResolveError, base_roots, beyond, holds,
    holds::Held,
    problem,
    rules::{Rules, Scope},
    settle,
};
use crate::debian::index::RecordId;

/// The packages of a host that mixes archives or holds packages to versions.
pub(super) fn host(
    choice: &Choice<'_>,
    base: &BTreeSet<RecordId>,
    who: &str,
    request: &PackageRequest,
) -> Result<Picked, ResolveError> {
    let Held { rules, wanted } = holds::read(choice, base, who, request)?;
    let unmixed = unmixed(choice, base, who, request);
    let base_roots = base_roots(choice.index);
    let mut last = None;
    for (scope, shares) in [
        (Scope::Newest, true),
        (Scope::Newest, false),
        (Scope::All, true),
        (Scope::All, false),
    ] {
        let rules = rules.with_scope(scope);
        let Some(rules) = (if shares { rules.with_fixed(choice.index, base) } else { Some(rules) }) else {
            continue;
        };
        let below = if shares { base.iter().copied().collect() } else { base_roots.clone() };
        let roots: Vec<RecordId> = below.iter().chain(&wanted).copied().collect();
        match problem::ask(choice, &rules, &roots, who) {
            Ok(found) => {
                let question = settle::Question { choice, roots: &roots, who };
                let (rules, chosen) = settle::settle(&question, rules, found, &unmixed);
                return Ok(split(choice, &rules, base, &below, &chosen));
            }
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| ResolveError::Conflict { who: who.to_owned(), reasons: Vec::new() }))
}

/// What the host would have if all came from its own archive, by name: as much of it as that archive has.
fn unmixed<'a>(
    choice: &Choice<'a>,
    base: &BTreeSet<RecordId>,
    who: &str,
    request: &PackageRequest,
) -> BTreeMap<&'a str, RecordId> {
    let newest = |name: &str| choice.index.of_name(name).find(|id| choice.index.record(*id).archive == 0);
    let wanted: Vec<RecordId> = request.names().iter().filter_map(|name| newest(name)).collect();
    let packages = beyond(choice, base, &wanted, who).unwrap_or_default();
    base.union(&packages).map(|id| (choice.index.record(*id).name, *id)).collect()
}

/// What was chosen as a base and what is beyond it: the base that is shared, or one of the host's own.
fn split(
    choice: &Choice<'_>,
    rules: &Rules<'_>,
    shared: &BTreeSet<RecordId>,
    below: &[RecordId],
    chosen: &BTreeSet<RecordId>,
) -> Picked {
    let own = problem::needed_by(choice, rules, chosen, below);
    let packages = chosen.difference(&own).copied().collect();
    if own == *shared { Picked { base: BTreeSet::new(), packages } } else { Picked { base: own, packages } }
}
