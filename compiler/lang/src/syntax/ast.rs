//! The syntax tree: what a file says, with the place of everything. Its JSON form (without places) is what the golden
//! files of stage `syntax` hold.

use std::sync::Arc;

use serde::Serialize;

use crate::source::Span;

/// A name where it stands.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Name {
    pub(crate) text: Arc<str>,
    #[serde(skip)]
    pub(crate) span: Span,
}

/// One file.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Module {
    pub(crate) doc: Doc,
    pub(crate) uses: Vec<Use>,
    pub(crate) lets: Vec<Let>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) types: Vec<TypeAlias>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) functions: Vec<Function>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) protocols: Vec<Protocol>,
    pub(crate) archives: Vec<Archive>,
    pub(crate) components: Vec<Component>,
    pub(crate) environments: Vec<Environment>,
    pub(crate) profiles: Vec<Profile>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) variants: Vec<Variant>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) asserts: Vec<Assert>,
}

/// The `///` or `//!` lines before something.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Doc {
    pub(crate) text: String,
    /// Where the text of each line stands.
    #[serde(skip)]
    pub(crate) lines: Vec<Span>,
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
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    #[serde(rename = "type")]
    pub(crate) ty: Option<TypeExpr>,
    pub(crate) value: Expr,
}

/// `type X = T`
#[derive(Debug, Serialize)]
pub(crate) struct TypeAlias {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    #[serde(rename = "type")]
    pub(crate) ty: TypeExpr,
}

/// `fn x(a: T, b: U) -> V = e`
#[derive(Debug, Serialize)]
pub(crate) struct Function {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) params: Vec<(Name, TypeExpr)>,
    pub(crate) result: TypeExpr,
    pub(crate) body: Expr,
}

/// `protocol X { scheme = "http" }`
#[derive(Debug, Serialize)]
pub(crate) struct Protocol {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) fields: Vec<Field>,
}

/// `assert e "message"`, and `cliff e "message"`
#[derive(Debug, Serialize)]
pub(crate) struct Assert {
    pub(crate) condition: Expr,
    pub(crate) message: Expr,
}

/// `secret x`
#[derive(Debug, Serialize)]
pub(crate) struct Secret {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
}

/// `param x: T = e` or `capacity x: T = e`
#[derive(Debug, Serialize)]
pub(crate) struct Param {
    pub(crate) doc: Doc,
    pub(crate) capacity: bool,
    pub(crate) name: Name,
    #[serde(rename = "type")]
    pub(crate) ty: TypeExpr,
    pub(crate) default: Option<Expr>,
}

/// `archive x = apt { … }`
#[derive(Debug, Serialize)]
pub(crate) struct Archive {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) kind: Name,
    pub(crate) fields: Vec<Field>,
}

/// `component X { … }`
#[derive(Debug, Serialize)]
pub(crate) struct Component {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) params: Vec<Param>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) secrets: Vec<Secret>,
    pub(crate) lets: Vec<Let>,
    pub(crate) packages: Vec<Expr>,
    pub(crate) files: Vec<File>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) trees: Vec<TreeMember>,
    pub(crate) links: Vec<Link>,
    pub(crate) provides: Vec<Provides>,
    pub(crate) requires: Vec<Requires>,
    pub(crate) states: Vec<State>,
    pub(crate) services: Vec<Service>,
    pub(crate) checks: Vec<Check>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) asserts: Vec<Assert>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) cliffs: Vec<Assert>,
}

/// How a file's content is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Ini,
    Json,
    Yaml,
    Toml,
    Php,
    Lines,
    Text,
    /// A secret, which the running host writes.
    Secret,
}

impl Format {
    /// The word that stands before the content.
    pub(crate) const WORDS: [(&'static str, Self); 8] = [
        ("ini", Self::Ini),
        ("json", Self::Json),
        ("yaml", Self::Yaml),
        ("toml", Self::Toml),
        ("php", Self::Php),
        ("lines", Self::Lines),
        ("text", Self::Text),
        ("secret", Self::Secret),
    ];
}

/// `file PATH = ini { … } { user = …, mode = … }`
#[derive(Debug, Serialize)]
pub(crate) struct File {
    pub(crate) doc: Doc,
    pub(crate) path: Expr,
    pub(crate) format: Format,
    pub(crate) content: Expr,
    pub(crate) options: Vec<Field>,
}

/// `tree PATH = e { user = …, group = … }`
#[derive(Debug, Serialize)]
pub(crate) struct TreeMember {
    pub(crate) doc: Doc,
    pub(crate) path: Expr,
    pub(crate) value: Expr,
    pub(crate) options: Vec<Field>,
}

/// `link PATH = TARGET`
#[derive(Debug, Serialize)]
pub(crate) struct Link {
    pub(crate) doc: Doc,
    pub(crate) path: Expr,
    pub(crate) target: Expr,
}

/// `provides x: Proto on 80`
#[derive(Debug, Serialize)]
pub(crate) struct Provides {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) protocol: Name,
    pub(crate) port: Expr,
}

/// `requires x: Proto`, `requires x: List<Proto>` or `requires x: Proto?`
#[derive(Debug, Serialize)]
pub(crate) struct Requires {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) list: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) optional: bool,
    pub(crate) protocol: Name,
}

/// `state PATH { user = …, group = …, mode = … }`
#[derive(Debug, Serialize)]
pub(crate) struct State {
    pub(crate) doc: Doc,
    pub(crate) path: Expr,
    pub(crate) options: Vec<Field>,
}

/// `service x { exec = […] … }`
#[derive(Debug, Serialize)]
pub(crate) struct Service {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) fields: Vec<Field>,
}

/// `check […] { user = … }`
#[derive(Debug, Serialize)]
pub(crate) struct Check {
    pub(crate) doc: Doc,
    pub(crate) exec: Expr,
    pub(crate) options: Vec<Field>,
}

/// `environment x { … }`
#[derive(Debug, Default, Serialize)]
pub(crate) struct Environment {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) base: Vec<Expr>,
    pub(crate) params: Vec<Param>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) secrets: Vec<Secret>,
    pub(crate) lets: Vec<Let>,
    pub(crate) hosts: Vec<Host>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) asserts: Vec<Assert>,
}

/// `host x * n { … }`
#[derive(Debug, Serialize)]
pub(crate) struct Host {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) replicas: Option<Expr>,
    pub(crate) settings: Vec<Field>,
    pub(crate) runs: Vec<Run>,
    pub(crate) exposes: Vec<Expose>,
}

/// `run x = Component { … }`
#[derive(Debug, Serialize)]
pub(crate) struct Run {
    pub(crate) doc: Doc,
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
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) environment: Name,
    pub(crate) extends: Option<Name>,
    pub(crate) settings: Vec<Setting>,
    pub(crate) every_host: Vec<Field>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) exceptions: Vec<Exception>,
}

/// `variant x of e { … }`: what it sets may be identity.
#[derive(Debug, Serialize)]
pub(crate) struct Variant {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    pub(crate) environment: Name,
    pub(crate) settings: Vec<Setting>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) packages: Vec<Pin>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) exceptions: Vec<Exception>,
}

/// `package "x" = "1.2-3"` or `package "x" from trixie`
#[derive(Debug, Serialize)]
pub(crate) struct Pin {
    pub(crate) package: Expr,
    pub(crate) version: Option<Expr>,
    pub(crate) from: Option<Expr>,
}

/// A difference with its reason: `double PATH with C { … } because "…" until 2027-06-30`.
#[derive(Debug, Serialize)]
pub(crate) struct Exception {
    pub(crate) doc: Doc,
    pub(crate) path: Vec<Name>,
    pub(crate) difference: Difference,
    pub(crate) because: Expr,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Until>,
    #[serde(skip)]
    pub(crate) span: Span,
}

/// What a declared difference is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Difference {
    Double { component: Name, arguments: Vec<Field> },
    Absent,
    Deviate(Expr),
}

/// `until 2027-06-30`: the last day.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Until {
    pub(crate) date: crate::Date,
    #[serde(skip)]
    pub(crate) span: Span,
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
