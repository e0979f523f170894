//! The syntax tree: what a file says, with the place of everything. Its JSON form (without places) is what the golden
//! files of stage `syntax` hold.

use std::sync::Arc;

use serde::Serialize;

use crate::source::Span;

/// A name where it stands.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Name {
    pub(crate) text: Arc<str>,
    #[serde(skip)]
    pub(crate) span: Span,
}

/// One file.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Module {
    pub(crate) doc: String,
    pub(crate) uses: Vec<Use>,
    pub(crate) lets: Vec<Let>,
    pub(crate) archives: Vec<Archive>,
    pub(crate) components: Vec<Component>,
    pub(crate) environments: Vec<Environment>,
    pub(crate) profiles: Vec<Profile>,
}

/// `use a.b { X, Y }`
#[derive(Debug, Serialize)]
pub(crate) struct Use {
    pub(crate) path: Vec<Name>,
    pub(crate) names: Vec<Name>,
    /// The path, which messages point at.
    #[serde(skip)]
    pub(crate) span: Span,
}

/// `let x: T = e`
#[derive(Debug, Serialize)]
pub(crate) struct Let {
    pub(crate) doc: String,
    pub(crate) name: Name,
    #[serde(rename = "type")]
    pub(crate) ty: Option<TypeExpr>,
    pub(crate) value: Expr,
}

/// `param x: T = e` or `capacity x: T = e`
#[derive(Debug, Serialize)]
pub(crate) struct Param {
    pub(crate) doc: String,
    pub(crate) capacity: bool,
    pub(crate) name: Name,
    #[serde(rename = "type")]
    pub(crate) ty: TypeExpr,
    pub(crate) default: Option<Expr>,
}

/// `archive x = apt { … }`
#[derive(Debug, Serialize)]
pub(crate) struct Archive {
    pub(crate) doc: String,
    pub(crate) name: Name,
    pub(crate) kind: Name,
    pub(crate) fields: Vec<Field>,
}

/// `component X { … }`
#[derive(Debug, Serialize)]
pub(crate) struct Component {
    pub(crate) doc: String,
    pub(crate) name: Name,
    pub(crate) params: Vec<Param>,
    pub(crate) lets: Vec<Let>,
    pub(crate) packages: Vec<Expr>,
    pub(crate) files: Vec<File>,
    pub(crate) links: Vec<Link>,
    pub(crate) provides: Vec<Provides>,
    pub(crate) requires: Vec<Requires>,
    pub(crate) states: Vec<State>,
    pub(crate) services: Vec<Service>,
    pub(crate) checks: Vec<Check>,
}

/// How a file's content is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Ini,
    Json,
    Lines,
    Text,
}

/// `file PATH = ini { … } { user = …, mode = … }`
#[derive(Debug, Serialize)]
pub(crate) struct File {
    pub(crate) doc: String,
    pub(crate) path: Expr,
    pub(crate) format: Format,
    pub(crate) content: Expr,
    pub(crate) options: Vec<Field>,
}

/// `link PATH = TARGET`
#[derive(Debug, Serialize)]
pub(crate) struct Link {
    pub(crate) doc: String,
    pub(crate) path: Expr,
    pub(crate) target: Expr,
}

/// `provides x: Proto on 80`
#[derive(Debug, Serialize)]
pub(crate) struct Provides {
    pub(crate) doc: String,
    pub(crate) name: Name,
    pub(crate) protocol: Name,
    pub(crate) port: Expr,
}

/// `requires x: Proto` or `requires x: List<Proto>`
#[derive(Debug, Serialize)]
pub(crate) struct Requires {
    pub(crate) doc: String,
    pub(crate) name: Name,
    pub(crate) list: bool,
    pub(crate) protocol: Name,
}

/// `state PATH { user = …, group = …, mode = … }`
#[derive(Debug, Serialize)]
pub(crate) struct State {
    pub(crate) doc: String,
    pub(crate) path: Expr,
    pub(crate) options: Vec<Field>,
}

/// `service x { exec = […] … }`
#[derive(Debug, Serialize)]
pub(crate) struct Service {
    pub(crate) doc: String,
    pub(crate) name: Name,
    pub(crate) fields: Vec<Field>,
}

/// `check […] { user = … }`
#[derive(Debug, Serialize)]
pub(crate) struct Check {
    pub(crate) doc: String,
    pub(crate) exec: Expr,
    pub(crate) options: Vec<Field>,
}

/// `environment x { … }`
#[derive(Debug, Serialize)]
pub(crate) struct Environment {
    pub(crate) doc: String,
    pub(crate) name: Name,
    pub(crate) base: Vec<Expr>,
    pub(crate) params: Vec<Param>,
    pub(crate) lets: Vec<Let>,
    pub(crate) hosts: Vec<Host>,
}

/// `host x * n { … }`
#[derive(Debug, Serialize)]
pub(crate) struct Host {
    pub(crate) doc: String,
    pub(crate) name: Name,
    pub(crate) replicas: Option<Expr>,
    pub(crate) settings: Vec<Field>,
    pub(crate) runs: Vec<Run>,
    pub(crate) exposes: Vec<Expose>,
}

/// `run x = Component { … }`
#[derive(Debug, Serialize)]
pub(crate) struct Run {
    pub(crate) doc: String,
    pub(crate) name: Name,
    pub(crate) component: Name,
    pub(crate) arguments: Vec<Field>,
}

/// `expose x.y`
#[derive(Debug, Serialize)]
pub(crate) struct Expose {
    pub(crate) instance: Name,
    pub(crate) endpoint: Name,
}

/// `profile x of e extends y { … }`
#[derive(Debug, Serialize)]
pub(crate) struct Profile {
    pub(crate) doc: String,
    pub(crate) name: Name,
    pub(crate) environment: Name,
    pub(crate) extends: Option<Name>,
    pub(crate) settings: Vec<Setting>,
    pub(crate) every_host: Vec<Field>,
}

/// `a.b.c = e` in a profile.
#[derive(Debug, Serialize)]
pub(crate) struct Setting {
    pub(crate) path: Vec<Name>,
    pub(crate) value: Expr,
}

/// `key = e`
#[derive(Debug, Serialize)]
pub(crate) struct Field {
    pub(crate) key: Name,
    pub(crate) value: Expr,
}

/// A type as written.
#[derive(Debug, Serialize)]
pub(crate) struct TypeExpr {
    pub(crate) name: Name,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) arguments: Vec<TypeExpr>,
    /// `Int(1..)`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) range: Option<RangeExpr>,
    /// `{ a: T }`, when the name is empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) fields: Vec<(Name, TypeExpr)>,
    #[serde(skip)]
    pub(crate) span: Span,
}

/// `1..`, `1..=5`, `..10`
#[derive(Debug, Serialize)]
pub(crate) struct RangeExpr {
    pub(crate) low: Option<Expr>,
    pub(crate) high: Option<Expr>,
    pub(crate) inclusive: bool,
}

/// An expression.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    #[serde(skip)]
    pub(crate) span: Span,
    /// Height of the tree below: bounded, so that recursion over it is.
    #[serde(skip)]
    pub(crate) depth: u16,
}

/// What an expression is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExprKind {
    Bool(bool),
    Int(i64),
    Float(f64),
    Size(i64),
    Duration(i64),
    Percent(i64),
    Text(Vec<Part>),
    Name(Arc<str>),
    List(Vec<Expr>),
    Record(Vec<Field>),
    For(Box<For>),
    Member(Box<Expr>, Name),
    Unary(UnaryOp, Box<Expr>),
    Binary(BinaryOp, Box<(Expr, Expr)>),
    If(Box<(Expr, Expr, Expr)>),
}

/// A part of a string.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    Text(Arc<str>),
    Expr(Expr),
}

/// `[body for name in list if condition]`
#[derive(Debug, Serialize)]
pub(crate) struct For {
    pub(crate) body: Expr,
    pub(crate) name: Name,
    pub(crate) list: Expr,
    pub(crate) condition: Option<Expr>,
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UnaryOp {
    Negate,
    Not,
}

/// An operator between its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BinaryOp {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl BinaryOp {
    /// As it is written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }
}

impl Expr {
    /// An expression, its depth counted from its parts.
    pub(crate) fn new(kind: ExprKind, span: Span) -> Self {
        let depth = kind.deepest_part().saturating_add(1);
        Self { kind, span, depth }
    }
}

impl ExprKind {
    fn deepest_part(&self) -> u16 {
        let deepest = |parts: &mut dyn Iterator<Item = &Expr>| parts.map(|e| e.depth).max().unwrap_or(0);
        match self {
            Self::Text(parts) => deepest(&mut parts.iter().filter_map(|part| match part {
                Part::Expr(e) => Some(e),
                Part::Text(_) => None,
            })),
            Self::List(items) => deepest(&mut items.iter()),
            Self::Record(fields) => deepest(&mut fields.iter().map(|f| &f.value)),
            Self::For(f) => deepest(&mut [&f.body, &f.list].into_iter().chain(&f.condition)),
            Self::Member(of, _) | Self::Unary(_, of) => of.depth,
            Self::Binary(_, sides) => sides.0.depth.max(sides.1.depth),
            Self::If(parts) => parts.0.depth.max(parts.1.depth).max(parts.2.depth),
            _ => 0,
        }
    }
}
