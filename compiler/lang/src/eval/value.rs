//! Values: what expressions come to.

use std::borrow::Cow;
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
    Text(Arc<str>),
    /// Nothing, where an option may be.
    None,
    Version(Rc<Version>),
    /// A package by its name, and the host that it is on.
    Package(Arc<str>, usize),
    Tree(Rc<Tree>),
    /// A secret, by the environment's name for it.
    Secret(Arc<str>),
    /// In the identity form: a value that capacities reach, as the expression that it comes from.
    Symbol(Arc<str>),
    /// In the identity form: an element of a list that is there as often as capacities say, and what they say it by:
    /// `for app` (once for each replica), `if …`.
    Several(Arc<str>, Rc<Value>),
    List(Rc<Vec<Value>>),
    Record(Rc<Vec<(Arc<str>, Value)>>),
    Endpoint(Rc<End>),
    Archive(ArchiveValue),
    /// A host of the environment, by position.
    Host(usize),
    /// An instance of a host, and the name under which it is reached.
    Replica(usize, Arc<str>),
    Instance(usize, usize, Arc<str>),
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
    pub(super) address: Arc<str>,
}

impl Value {
    pub(super) fn text(text: impl Into<Arc<str>>) -> Self {
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

    /// Whether a capacity reaches some part of it: then nothing may be decided by looking at the rest.
    pub(super) fn is_open(&self) -> bool {
        match self {
            Self::Symbol(_) | Self::Several(..) => true,
            Self::List(items) => items.iter().any(Self::is_open),
            Self::Record(fields) => fields.iter().any(|(_, value)| value.is_open()),
            _ => false,
        }
    }

    /// The value of an element, without what says how often it is there.
    pub(super) fn element(&self) -> &Self {
        match self {
            Self::Several(_, value) => value.element(),
            value => value,
        }
    }

    /// As the identity form writes it: what a text says itself is told from the expressions between `⟨` and `⟩`.
    pub(super) fn marked(&self) -> Self {
        match self {
            Self::Text(text) if text.contains(OPEN) => Self::text(marked(text)),
            Self::List(items) => Self::List(Rc::new(items.iter().map(Self::marked).collect())),
            Self::Record(fields) => {
                let fields = fields.iter().map(|(name, value)| (name.clone(), value.marked()));
                Self::Record(Rc::new(fields.collect()))
            }
            value => value.clone(),
        }
    }

    /// [`Value::show`], without a copy of what is a text already.
    pub(super) fn shown(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            value => value.show().map(Cow::Owned),
        }
    }

    /// A scalar as strings and configuration files hold it.
    pub(super) fn show(&self) -> Option<String> {
        Some(match self {
            Self::Bool(b) => b.to_string(),
            // Bytes are what every program reads; other units are asked for: `{size.mib}`.
            Self::Number(Kind::Size | Kind::Rate, n) => n.to_string(),
            Self::Number(kind, n) => kind.show(*n),
            Self::Float(x) => x.to_string(),
            Self::Text(text) => String::from(&**text),
            Self::Version(version) => version.to_string(),
            Self::Symbol(expression) => format!("{OPEN}{expression}⟩"),
            Self::Several(..) => format!("{OPEN}{}⟩", self.written()),
            _ => return None,
        })
    }
}

/// What an expression begins with where a text of the identity form holds it.
const OPEN: char = '⟨';

/// A text that holds no expressions. None of these begins with the sign that it is written between.
pub(super) fn marked(text: &str) -> String {
    text.replace(OPEN, "⟨⟨")
}

/// Longer expressions of the identity form stand as their hashes.
const SYMBOL: usize = 200;
