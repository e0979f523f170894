//! Expressions, and types as they are written.

use std::sync::Arc;

use serde::Serialize;

use super::Name;
use crate::source::Span;

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
    /// `"a" | "b"`, when the name is empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) choices: Vec<Name>,
    /// `T?`
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) optional: bool,
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
    /// Bytes a second.
    Rate(i64),
    /// `none`
    None,
    Text(Vec<Part>),
    Name(Arc<str>),
    List(Vec<Expr>),
    Record(Vec<Field>),
    For(Box<For>),
    Member(Box<Expr>, Name),
    /// `m["key"]`
    Index(Box<(Expr, Expr)>),
    /// `f(a, b)`
    Call(Name, Vec<Expr>),
    /// `match e { "a" => 1, _ => 2 }`
    Match(Box<Match>),
    /// `apt { … }`, `git { … }`, `build { … }`: something of a kind that the language knows.
    Make(Name, Vec<Field>),
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

/// `[body for name in list if condition]`, `[body for key, value in map]`, `{ "{key}" = body for … }`
#[derive(Debug, Serialize)]
pub(crate) struct For {
    /// The key of a map's entry; none in a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<Expr>,
    pub(crate) body: Expr,
    pub(crate) name: Name,
    /// The name for the values of a map, whose keys `name` is for then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) second: Option<Name>,
    pub(crate) list: Expr,
    pub(crate) condition: Option<Expr>,
}

/// `match subject { pattern => body, … }`
#[derive(Debug, Serialize)]
pub(crate) struct Match {
    pub(crate) subject: Expr,
    pub(crate) arms: Vec<Arm>,
}

/// `"a" | "b" => body`
#[derive(Debug, Serialize)]
pub(crate) struct Arm {
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) body: Expr,
}

/// What a value is held against.
#[derive(Debug, Serialize)]
pub(crate) struct Pattern {
    pub(crate) kind: PatternKind,
    #[serde(skip)]
    pub(crate) span: Span,
}

/// The kinds of patterns.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PatternKind {
    Text(Arc<str>),
    Int(i64),
    Bool(bool),
    None,
    /// Anything, under this name; `_` gives none.
    Any(Option<Name>),
}

impl Pattern {
    /// As it is written, one text for each value.
    pub(crate) fn written(&self) -> String {
        match &self.kind {
            PatternKind::Text(text) => format!("{text:?}"),
            PatternKind::Int(n) => n.to_string(),
            PatternKind::Bool(b) => b.to_string(),
            PatternKind::None => "none".to_owned(),
            PatternKind::Any(_) => "_".to_owned(),
        }
    }
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
    /// The left side where it is something, else the right.
    Otherwise,
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
            Self::Otherwise => "??",
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
            Self::Record(fields) | Self::Make(_, fields) => deepest(&mut fields.iter().map(|f| &f.value)),
            Self::For(f) => deepest(&mut [&f.body, &f.list].into_iter().chain(&f.condition).chain(&f.key)),
            Self::Member(of, _) | Self::Unary(_, of) => of.depth,
            Self::Binary(_, sides) | Self::Index(sides) => sides.0.depth.max(sides.1.depth),
            Self::Call(_, arguments) => deepest(&mut arguments.iter()),
            Self::Match(m) => {
                deepest(&mut std::iter::once(&m.subject).chain(m.arms.iter().map(|arm| &arm.body)))
            }
            Self::If(parts) => parts.0.depth.max(parts.1.depth).max(parts.2.depth),
            _ => 0,
        }
    }
}
