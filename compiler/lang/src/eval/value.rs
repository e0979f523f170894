//! Values: what expressions come to.

use std::rc::Rc;
use std::sync::Arc;

use debversion::Version;

use crate::resolve::Definition;
use crate::source::Span;
use crate::topology::Tree;
use crate::types::Kind;

/// A value. Lists, records and strings are shared, never copied.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Bool(bool),
    Number(Kind, i64),
    Float(f64),
    Text(Rc<str>),
    /// Nothing, where an option may be.
    None,
    Version(Rc<Version>),
    /// A package by its name, and the host that it is on.
    Package(Rc<str>, usize),
    Tree(Rc<Tree>),
    /// A secret, by the environment's name for it.
    Secret(Arc<str>),
    /// In the identity form: a value that capacities reach, as the expression that it comes from.
    Symbol(Rc<str>),
    List(Rc<Vec<Value>>),
    Record(Rc<Vec<(Arc<str>, Value)>>),
    Endpoint(Rc<End>),
    Archive(ArchiveValue),
    /// A host of the environment, by position.
    Host(usize),
    /// An instance of a host, and the name under which it is reached.
    Replica(usize, Rc<str>),
    Instance(usize, usize, Rc<str>),
}

/// An archive of the top level, or one that an expression makes.
#[derive(Clone, Debug)]
pub(super) enum ArchiveValue {
    Declared(Definition),
    /// What is not said is as in the environment's base.
    Made(Rc<MadeArchive>),
}

/// `apt { … }` in an expression.
#[derive(Debug, PartialEq)]
pub(super) struct MadeArchive {
    pub(super) suites: Vec<String>,
    pub(super) components: Option<Vec<String>>,
    pub(super) signed_by: Option<String>,
    pub(super) mirror: Option<String>,
    pub(super) span: Span,
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

    /// A value that capacities reach. A long expression stands as its hash, so that what is computed of it stays small.
    pub(super) fn symbol(expression: impl Into<String>) -> Self {
        let expression: String = expression.into();
        if expression.len() <= SYMBOL {
            return Self::Symbol(expression.into());
        }
        Self::Symbol(format!("#{}", blake3::hash(expression.as_bytes()).to_hex()).into())
    }

    /// Whether a capacity reaches it as a whole.
    pub(super) fn is_symbol(&self) -> bool {
        matches!(self, Self::Symbol(_))
    }

    /// A scalar as strings and configuration files hold it.
    pub(super) fn show(&self) -> Option<String> {
        Some(match self {
            Self::Bool(b) => b.to_string(),
            // Bytes are what every program reads; other units are asked for: `{size.mib}`.
            Self::Number(Kind::Size | Kind::Rate, n) => n.to_string(),
            Self::Number(kind, n) => kind.show(*n),
            Self::Float(x) => x.to_string(),
            Self::Text(text) => text.to_string(),
            Self::Version(version) => version.to_string(),
            Self::Symbol(expression) => format!("⟨{expression}⟩"),
            _ => return None,
        })
    }
}

/// Longer expressions of the identity form stand as their hashes.
const SYMBOL: usize = 200;
