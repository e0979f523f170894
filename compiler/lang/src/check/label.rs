//! Labels: whether a value says what something is (identity) or how much of it there is (capacity).
//!
//! `identity ⊑ replicated ⊑ capacity`. *Replicated* is what comes of all replicas of a host: their number is capacity,
//! but that they are connected is identity, so a `requires` takes it and everything else treats it as capacity.

use std::sync::Arc;

use crate::source::Span;

/// How far a value may go, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Identity,
    Replicated,
    Capacity,
}

/// A level, and the declaration that raised it.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) level: Level,
    pub(crate) why: Option<Why>,
}

/// The declaration that raised a label: its place, its name, and what it is.
#[derive(Clone, Debug)]
pub(crate) struct Why {
    pub(crate) span: Span,
    pub(crate) name: Arc<str>,
    pub(crate) level: Level,
}

impl Label {
    pub(crate) const IDENTITY: Self = Self { level: Level::Identity, why: None };

    /// The label of what a declaration names.
    pub(crate) fn of(level: Level, span: Span, name: &Arc<str>) -> Self {
        Self { level, why: Some(Why { span, name: name.clone(), level }) }
    }

    /// The label of what both go into.
    #[must_use]
    pub(crate) fn join(self, other: Self) -> Self {
        if other.level > self.level { other } else { self }
    }

    /// The label of data made of it: what is true of a replica only is capacity.
    #[must_use]
    pub(crate) fn data(mut self) -> Self {
        if self.level == Level::Replicated {
            self.level = Level::Capacity;
        }
        self
    }
}
