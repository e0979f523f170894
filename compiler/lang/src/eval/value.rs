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

    /// As the language writes it, one text for each value.
    pub(super) fn written(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Self::Number(kind, n) => out.push_str(&kind.show(*n)),
            Self::Float(x) => out.push_str(&format!("{x:?}")),
            Self::Text(text) => out.push_str(&format!("{text:?}")),
            Self::None => out.push_str("none"),
            Self::Version(version) => out.push_str(&format!("version({:?})", version.to_string())),
            Self::Package(name, _) => out.push_str(&format!("package({name:?})")),
            Self::Tree(tree) => out.push_str(&serde_json::to_string(&**tree).unwrap_or_default()),
            Self::Secret(name) => out.push_str(&format!("secret {name}")),
            Self::Symbol(expression) => out.push_str(expression),
            Self::List(items) => {
                let separate = |out: &mut String, item: &Self| item.write(out);
                bracketed(out, ('[', ']'), items.iter(), separate);
            }
            Self::Record(fields) => bracketed(out, ('{', '}'), fields.iter(), |out, (name, value)| {
                out.push_str(&format!("{name:?} = "));
                value.write(out);
            }),
            Self::Endpoint(end) => {
                out.push_str(&format!("{}:{}.{}.{}", end.address, end.host, end.run, end.endpoint));
            }
            Self::Archive(ArchiveValue::Declared(d)) => {
                out.push_str(&format!("archive {}.{}", d.module, d.index));
            }
            Self::Archive(ArchiveValue::Made(made)) => {
                out.push_str(&format!("apt {:?} {:?} {:?}", made.suites, made.components, made.signed_by));
            }
            Self::Host(host) => out.push_str(&format!("host {host}")),
            Self::Replica(_, address) => out.push_str(&format!("host {address}")),
            Self::Instance(_, run, address) => out.push_str(&format!("instance {run} of {address}")),
        }
    }
}

/// Longer expressions of the identity form stand as their hashes.
const SYMBOL: usize = 200;

fn bracketed<T>(
    out: &mut String,
    (open, close): (char, char),
    items: impl Iterator<Item = T>,
    write: impl Fn(&mut String, T),
) {
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write(out, item);
    }
    out.push(close);
}
