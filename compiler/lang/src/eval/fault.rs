//! Why an evaluation came to nothing.

use crate::diag::Diagnostic;
use crate::source::Span;

/// What evaluating gives.
pub(super) type Outcome<T> = Result<T, Fault>;

/// A mistake of the compiler's.
const INTERNAL: &str = "E0599";

/// Calls inside one another that a message shows, the innermost first.
const CALLS: usize = 3;

/// A reason, or that the reason has been given already: a value that several places need fails once.
#[derive(Debug)]
pub(super) enum Fault {
    New(Box<Diagnostic>),
    Known,
}

impl Fault {
    pub(super) fn new(diagnostic: Diagnostic) -> Self {
        Self::New(Box::new(diagnostic))
    }

    /// The same of a function's body, with where it was called.
    pub(super) fn called_at(self, call: Span) -> Self {
        match self {
            Self::New(diagnostic) if diagnostic.labels.len() <= CALLS => {
                Self::new(diagnostic.and(call, "called here"))
            }
            fault => fault,
        }
    }

    /// Whether the checker let something through that it should not have.
    pub(super) fn is_internal(&self) -> bool {
        matches!(self, Self::New(diagnostic) if diagnostic.code == INTERNAL)
    }

    /// The checker let something through that it should not have: said, not panicked over.
    pub(super) fn internal(span: Span) -> Self {
        let message = "this was accepted by the type checker and cannot be evaluated";
        Self::new(
            Diagnostic::error(INTERNAL, span, message).help("this is a mistake in plc; please report it"),
        )
    }
}
