//! Where a value comes from: who set it, what that overrides, and what it is computed from in turn.

use crate::source::Span;

/// A value of a selection, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What is explained: `app.fpm.workers`.
    pub path: String,
    /// The value as the language writes it; none where nobody has said it, or where it depends on a lock that is not
    /// there.
    pub value: Option<String>,
    /// Its type as the language writes it.
    pub ty: String,
    /// Whether it is capacity; identity else.
    pub capacity: bool,
    /// Everybody who says what it is, the one that counts first. Empty where nobody does.
    pub origins: Vec<Origin>,
    /// What the value that counts is computed from.
    pub uses: Vec<Use>,
}

/// Somebody who says what a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Who: `` set by profile `local` ``, `` argument of `run fpm` ``, `` default of `PhpFpm` ``.
    pub what: String,
    /// Where.
    pub span: Span,
    /// The expression as it is written.
    pub text: String,
    /// Whether another one counts.
    pub overridden: bool,
}

/// A name that a value is computed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// As it is written: `cpus`, `db.memory`.
    pub name: String,
    /// Its value, as that of an [`Explanation`].
    pub value: Option<String>,
    /// Who says so; none where that is plain, as of hosts and instances.
    pub origin: Option<Origin>,
    /// What that is computed from, to a depth of eight.
    pub uses: Vec<Use>,
}
