//! Picks the packages: the base that all hosts of an archive share, and what each host needs on top of it.
//!
//! A SAT solver decides; this module tells it what apt would prefer. Candidates are the newest versions first; of
//! alternatives the first is taken unless another is there anyway; of packages that provide a name, the more important.
//! Recommendations do not count. As apt does, only the newest version of each package is considered at first, and older
//! ones only where the newest ones do not fit together.

mod explain;
mod preference;
mod problem;
mod provider;

use std::collections::BTreeSet;

use super::index::{Index, RecordId};

/// Packages cannot be picked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// A name that no package has and none provides.
    #[error("{who} asks for package `{name}`, which is in none of its suites{}", did_you_mean(.nearest))]
    Unknown {
        /// `host `web``.
        who: String,
        /// The name.
        name: String,
        /// Names that are spelt alike, the likeliest first.
        nearest: Vec<String>,
    },
    /// A name that several packages provide, and none has.
    #[error("{who} asks for `{name}`, which several packages provide: ask for one of {}", quoted(.providers))]
    Virtual {
        /// `host `web``.
        who: String,
        /// The name.
        name: String,
        /// The packages that provide it.
        providers: Vec<String>,
    },
    /// What is asked for does not go together.
    #[error("the packages of {who} cannot be installed together: {}", .reasons.join("; "))]
    Conflict {
        /// `host `web``.
        who: String,
        /// What stands in the way, from what is asked for to what is missing or conflicting.
        reasons: Vec<String>,
    },
}

fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

fn did_you_mean(nearest: &[String]) -> String {
    if nearest.is_empty() { String::new() } else { format!("; did you mean {}", quoted(nearest)) }
}

/// The base layer, as the minbase variant of debootstrap has it: what is `Essential: yes` or `Priority: required`, apt
/// where the archive has it, and what these need.
pub fn base(index: &Index<'_>, archive: &str) -> Result<BTreeSet<RecordId>, ResolveError> {
    let newest = (0..index.names().count()).filter_map(|position| index.of_position(position).next());
    let wanted: Vec<RecordId> = newest
        .filter(|id| {
            let record = index.record(*id);
            record.essential || record.priority == "required" || record.name == "apt"
        })
        .collect();
    problem::solve(index, &BTreeSet::new(), &wanted, &format!("the base of archive `{archive}`"))
}

/// What a host needs beyond a base that is fixed.
pub fn host(
    index: &Index<'_>,
    base: &BTreeSet<RecordId>,
    host: &str,
    wants: &[String],
) -> Result<BTreeSet<RecordId>, ResolveError> {
    let who = format!("host `{host}`");
    let wanted = wants.iter().map(|name| wanted(index, base, &who, name)).collect::<Result<Vec<_>, _>>()?;
    let all = problem::solve(index, base, &wanted, &who)?;
    Ok(all.difference(base).copied().collect())
}

/// The package that a name means: its own newest, or the only one that provides it.
fn wanted(
    index: &Index<'_>,
    base: &BTreeSet<RecordId>,
    who: &str,
    name: &str,
) -> Result<RecordId, ResolveError> {
    if let Some(id) = index.of_name(name).find(|id| base.contains(id)).or_else(|| index.of_name(name).next())
    {
        return Ok(id);
    }
    let names: BTreeSet<&str> =
        index.providers(name).iter().map(|provider| index.record(provider.record).name).collect();
    let mut providers = names.iter();
    match (providers.next(), providers.next()) {
        (Some(only), None) => wanted(index, base, who, only),
        (None, _) => Err(ResolveError::Unknown {
            who: who.to_owned(),
            name: name.to_owned(),
            nearest: nearest(index, name),
        }),
        _ => {
            let providers = names.iter().map(|name| (*name).to_owned()).collect();
            Err(ResolveError::Virtual { who: who.to_owned(), name: name.to_owned(), providers })
        }
    }
}

/// Up to three names that are spelt alike.
fn nearest(index: &Index<'_>, name: &str) -> Vec<String> {
    let bound = (name.len() / 3).max(1);
    let mut near: Vec<(usize, &str)> = index
        .names()
        .filter(|known| known.len().abs_diff(name.len()) <= bound)
        .map(|known| (strsim::osa_distance(known, name), known))
        .filter(|(distance, _)| *distance <= bound)
        .collect();
    near.sort();
    near.into_iter().take(3).map(|(_, known)| known.to_owned()).collect()
}

#[cfg(test)]
mod tests;
