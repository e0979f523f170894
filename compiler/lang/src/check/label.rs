//! Labels: whether a value says what something is (identity) or how much of it there is (capacity).
//!
//! `identity ⊑ argument ⊑ replicated ⊑ capacity`. *Argument* is what a function is given: its body is checked once, as if
//! that were capacity, and a call has the label of what it gives. *Replicated* is what comes of all replicas of a host:
//! their number is capacity, but that they are connected is identity, so a `requires` takes it and everything else
//! treats it as capacity. Secrets have a type of their own, which no operator takes.
//!
//! Beside its level, a label says whether a value depends on the lock: what is to be locked may not.

use std::rc::Rc;
use std::sync::Arc;

use crate::source::Span;

/// How far a value may go, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Identity,
    Argument,
    Replicated,
    Capacity,
}

/// A level, and the declaration that raised it.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) level: Level,
    pub(crate) why: Option<Rc<Why>>,
    /// Where a version was asked for that it depends on.
    pub(crate) locked: Option<Span>,
}

/// The declaration that raised a label: its place, its name, what it is, and what raised it in turn.
#[derive(Debug)]
pub(crate) struct Why {
    pub(crate) span: Span,
    pub(crate) name: Arc<str>,
    pub(crate) level: Level,
    pub(crate) from: Option<Rc<Why>>,
}

impl Label {
    pub(crate) const IDENTITY: Self = Self { level: Level::Identity, why: None, locked: None };

    /// The label of what a declaration names.
    pub(crate) fn of(level: Level, span: Span, name: &Arc<str>) -> Self {
        let why = Some(Rc::new(Why { span, name: name.clone(), level, from: None }));
        Self { level, why, locked: None }
    }

    /// The label of what both go into.
    #[must_use]
    pub(crate) fn join(self, other: Self) -> Self {
        let locked = self.locked.or(other.locked);
        let higher = if other.level > self.level { other } else { self };
        Self { locked, ..higher }
    }

    /// The label of data made of it: what is true of a replica only is capacity.
    #[must_use]
    pub(crate) fn data(mut self) -> Self {
        if self.level == Level::Replicated {
            self.level = Level::Capacity;
        }
        self
    }

    /// The label under the name of a declaration that is computed from it.
    #[must_use]
    pub(crate) fn through(mut self, span: Span, name: &Arc<str>) -> Self {
        if self.level > Level::Identity {
            let why = Why { span, name: name.clone(), level: self.level, from: self.why };
            self.why = Some(Rc::new(why));
        }
        self
    }
}
