//! Scopes of values: each name is computed when it is first asked for, once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::value::Value;
use crate::source::Span;
use crate::syntax::ast::Expr;
use crate::types::Type;

/// A name that nobody can write: the host that a scope is in.
pub(super) const HERE: &str = "(here)";

/// A name that nobody can write: how the host of a scope runs.
pub(super) fn running(name: &str) -> String {
    format!("({name})")
}

/// The names of one construct, and the scope around it.
pub(super) struct Scope<'w> {
    pub(super) names: Names<'w>,
    pub(super) parent: Option<Rc<Scope<'w>>>,
}

pub(super) enum Names<'w> {
    Module(usize),
    Own(BTreeMap<Arc<str>, Slot<'w>>),
}

/// A value to be, or one that is.
pub(super) struct Slot<'w> {
    pub(super) thunk: Thunk<'w>,
    pub(super) state: RefCell<State>,
    /// What it must hold to, and where that is declared.
    pub(super) bound: Option<(Type, Span)>,
    pub(super) name: Arc<str>,
}

/// How a value is computed.
pub(super) enum Thunk<'w> {
    /// By an expression in the scope where the slot stands.
    Here(&'w Expr),
    /// By an expression in another scope.
    In(&'w Expr, Rc<Scope<'w>>),
    /// Nobody has said it: a fault once somebody asks.
    Missing {
        host: Arc<str>,
        span: Span,
    },
    Ready,
}

/// How far a value is.
#[derive(Clone)]
pub(super) enum State {
    Todo,
    /// Being computed: whoever asks now is part of a circle.
    Busy,
    Done(Value),
    Failed,
}

impl<'w> Slot<'w> {
    pub(super) fn new(name: &Arc<str>, thunk: Thunk<'w>) -> Self {
        Self { thunk, state: RefCell::new(State::Todo), bound: None, name: name.clone() }
    }

    pub(super) fn ready(name: &Arc<str>, value: Value) -> Self {
        Self { thunk: Thunk::Ready, state: RefCell::new(State::Done(value)), bound: None, name: name.clone() }
    }

    /// A value that cannot be had; nothing more is said about it.
    pub(super) fn failed(name: &str) -> Self {
        let state = RefCell::new(State::Failed);
        Self { thunk: Thunk::Ready, state, bound: None, name: name.into() }
    }

    pub(super) fn bound(mut self, ty: Type, declared: Span) -> Self {
        self.bound = Some((ty, declared));
        self
    }
}

impl<'w> Scope<'w> {
    /// A scope inside another.
    pub(super) fn inside(parent: &Rc<Self>, names: BTreeMap<Arc<str>, Slot<'w>>) -> Rc<Self> {
        Rc::new(Self { names: Names::Own(names), parent: Some(parent.clone()) })
    }
}
