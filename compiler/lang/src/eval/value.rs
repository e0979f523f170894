//! Values: what expressions come to.

use std::rc::Rc;
use std::sync::Arc;

use crate::resolve::Definition;
use crate::types::Kind;

/// A value. Lists, records and strings are shared, never copied.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Bool(bool),
    Number(Kind, i64),
    Float(f64),
    Text(Rc<str>),
    List(Rc<Vec<Value>>),
    Record(Rc<Vec<(Arc<str>, Value)>>),
    Endpoint(Rc<End>),
    Archive(Definition),
    /// A host of the environment, by position.
    Host(usize),
    /// An instance of a host, and the name under which it is reached.
    Replica(usize, Rc<str>),
    Instance(usize, usize, Rc<str>),
}

/// One end of a connection.
#[derive(Debug)]
pub(super) struct End {
    pub(super) host: usize,
    pub(super) run: usize,
    pub(super) endpoint: usize,
    pub(super) protocol: Arc<str>,
    /// Where it is reached from: a network name, or the loopback address from the same host.
    pub(super) address: Rc<str>,
}

impl Value {
    pub(super) fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// A scalar as strings and configuration files hold it.
    pub(super) fn show(&self) -> Option<String> {
        Some(match self {
            Self::Bool(b) => b.to_string(),
            // Bytes are what every program reads; other units are asked for: `{size.mib}`.
            Self::Number(Kind::Size, n) => n.to_string(),
            Self::Number(kind, n) => kind.show(*n),
            Self::Float(x) => x.to_string(),
            Self::Text(text) => text.to_string(),
            _ => return None,
        })
    }
}
