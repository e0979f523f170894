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
    /// `fault KIND HOST … VALUE { … }`
    Fault(Fault),
    /// `heal`
    Heal,
}

/// Something that goes wrong on purpose.
#[derive(Debug, Serialize)]
pub(crate) struct Fault {
    /// Which of [`FAULTS`](super::FAULTS).
    pub(crate) kind: Name,
    pub(crate) hosts: Vec<Name>,
    /// How much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Expr>,
}

/// What goes wrong, with how many hosts, and whether it says how much.
pub(crate) const FAULTS: [(&str, usize, bool); 7] = [
    ("cut", 2, false),
    ("delay", 2, true),
    ("loss", 2, true),
    ("rate", 2, true),
    ("kill", 1, false),
    ("freeze", 1, false),
    ("full_disk", 1, false),
];
