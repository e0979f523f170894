//! `environment` with its hosts, and what is said of it elsewhere: profiles, variants, declared differences.

use serde::Serialize;

use super::{Assert, Doc, Expr, Field, Let, Name, Param, Secret};
use crate::source::Span;

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
    pub(crate) links: Vec<Way>,
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

/// `link x y { … }`
#[derive(Debug, Serialize)]
pub(crate) struct Way {
    pub(crate) one: Name,
    pub(crate) other: Name,
    pub(crate) settings: Vec<Field>,
    #[serde(skip)]
    pub(crate) span: Span,
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
