//! The syntax tree: what a file says, with the place of everything. Its JSON form (without places) is what the golden
//! files of stage `syntax` hold.

mod component;
mod environment;
mod expression;
mod test;

use std::sync::Arc;

use serde::Serialize;

use crate::source::Span;
pub(crate) use component::{
    Check, Component, File, Format, Job, Link, Package, Provides, Requires, Service, State, TreeMember,
};
pub(crate) use environment::{
    Difference, Environment, Exception, Expose, Host, Pin, Profile, Run, Setting, Until, Variant, Way,
};
pub(crate) use expression::{
    Arm, BinaryOp, Expr, ExprKind, Field, For, Match, Part, Pattern, PatternKind, RangeExpr, TypeExpr,
    UnaryOp,
};
pub(crate) use test::{FAULTS, Fault, Step, StepKind, Test};

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
    pub(crate) tests: Vec<Test>,
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

impl Protocol {
    /// What its addresses begin with, where it says so.
    pub(crate) fn scheme(&self) -> Option<Arc<str>> {
        let scheme = self.fields.iter().find(|field| &*field.key.text == "scheme")?;
        match &scheme.value.kind {
            ExprKind::Text(parts) => match parts.as_slice() {
                [Part::Text(text)] => Some(text.clone()),
                _ => None,
            },
            _ => None,
        }
    }
}

/// `assert e "message"`, and `cliff e "message"`
#[derive(Debug, Serialize)]
pub(crate) struct Assert {
    pub(crate) condition: Expr,
    pub(crate) message: Expr,
}

/// `secret x`; of a component also `secret x?`
#[derive(Debug, Serialize)]
pub(crate) struct Secret {
    pub(crate) doc: Doc,
    pub(crate) name: Name,
    /// Whether it may be left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) optional: bool,
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
