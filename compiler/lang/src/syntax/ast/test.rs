//! `test`: what is tried of an environment that runs.

use serde::Serialize;

use super::{Doc, Expr, Field, Name};
use crate::source::Span;

/// `test "x" of e { … }`
#[derive(Debug, Serialize)]
pub(crate) struct Test {
    pub(crate) doc: Doc,
    /// What it shows, as it is written between the quotes.
    pub(crate) name: Name,
    pub(crate) environment: Name,
    pub(crate) steps: Vec<Step>,
}

/// One step of a test.
#[derive(Debug, Serialize)]
pub(crate) struct Step {
    #[serde(flatten)]
    pub(crate) kind: StepKind,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) options: Vec<Field>,
    #[serde(skip)]
    pub(crate) span: Span,
}

/// What a step does.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepKind {
    /// `http ENDPOINT { … }`
    Http(Expr),
    /// `script PATH { NAME = VALUE … }`
    Script(Expr),
    /// `exec HOST COMMAND { … }`
    Exec { host: Name, command: Expr },
}
