//! Why packages cannot be picked, in words.

/// Packages cannot be picked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// A name that no package has and none provides.
    #[error("{who} asks for package {want}, which is in none of its suites{}", did_you_mean(.nearest))]
    Unknown {
        /// `host `web``.
        who: String,
        /// The name, with the archive where it is not the host's.
        want: String,
        /// Names that are spelt alike, the likeliest first.
        nearest: Vec<String>,
    },
    /// A name that several packages provide, and none has.
    #[error("{who} asks for {want}, which several packages provide: ask for one of {}", quoted(.providers))]
    Virtual {
        /// `host `web``.
        who: String,
        /// The name, with the archive where it is not the host's.
        want: String,
        /// The packages that provide it.
        providers: Vec<String>,
    },
    /// A package is to come from two archives at once.
    #[error("{who} is to have `{name}` from {}, and a host has a package once", quoted_and(.archives))]
    TwoArchives {
        /// `host `web``.
        who: String,
        /// The package.
        name: String,
        /// The archives.
        archives: Vec<String>,
    },
    /// A package is held to what there is not.
    #[error("`{name}` is {held}, and there is no such package{}", there_is(.offers))]
    NotOffered {
        /// The package.
        name: String,
        /// What it is held to: `held to 2.41-12 of `trixie``.
        held: String,
        /// What there is.
        offers: Vec<Offer>,
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

/// A version of a package that an archive has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The version.
    pub version: String,
    /// The archive.
    pub archive: String,
}

pub(super) fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// `` `a`, `b` and `c` ``
fn quoted_and(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => format!("{} and `{last}`", quoted(first)),
    }
}

fn did_you_mean(nearest: &[String]) -> String {
    if nearest.is_empty() { String::new() } else { format!("; did you mean {}", quoted(nearest)) }
}

fn there_is(offers: &[Offer]) -> String {
    let one = |offer: &Offer| format!("{} in `{}`", offer.version, offer.archive);
    match offers {
        [] => ", of any version".to_owned(),
        _ => format!("; there is {}", offers.iter().map(one).collect::<Vec<_>>().join(", ")),
    }
}
