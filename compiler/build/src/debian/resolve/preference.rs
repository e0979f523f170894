//! Which alternatives apt would take. Apt walks depth first: it installs what a package plainly needs, each with all
//! that it needs in turn, before it looks at the package's alternatives; by then one of them is often there already.
//! The solver knows no such order, so the walk is made beforehand, without regard to conflicts, and its outcome is what
//! the solver tries first.

use std::{collections::BTreeSet, vec};

use super::provider::{Provider, dependencies};
use crate::debian::index::{Group, RecordId};

/// What the walk reaches from some packages.
pub(super) fn walk(provider: &Provider<'_>, roots: &[RecordId]) -> BTreeSet<RecordId> {
    let mut reached: BTreeSet<RecordId> = roots.iter().copied().collect();
    for root in roots {
        // Not by recursion: how deep dependencies go is the archive's to say.
        let mut open = vec![groups(provider, *root)];
        while let Some(groups_left) = open.last_mut() {
            match groups_left.next() {
                None => drop(open.pop()),
                Some(group) => {
                    if let Some(id) = missing(provider, &group, &reached) {
                        reached.insert(id);
                        open.push(groups(provider, id));
                    }
                }
            }
        }
    }
    reached
}

/// What a package needs: first what it needs plainly.
fn groups<'a>(provider: &Provider<'a>, id: RecordId) -> vec::IntoIter<Group<'a>> {
    let mut groups: Vec<Group<'a>> = dependencies(provider.index.record(id)).collect();
    groups.sort_by_key(|group| group.len() > 1);
    groups.into_iter()
}

/// The first that would meet a group, unless one that does is there: one to stay with before all others, then the usual
/// one, and one of the first archive before those of others.
fn missing(provider: &Provider<'_>, group: &Group<'_>, reached: &BTreeSet<RecordId>) -> Option<RecordId> {
    let targets =
        || group.iter().flat_map(|relation| provider.targets(relation)).flat_map(|(_, records)| records);
    if targets().any(|id| reached.contains(&id)) {
        return None;
    }
    let usual = targets().find(|id| provider.rules.is_usual(*id));
    let kept = targets().find(|id| provider.is_kept(*id));
    kept.or(usual).or_else(|| targets().find(|id| !provider.is_foreign(*id))).or_else(|| targets().next())
}
