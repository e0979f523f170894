//! `apt { … }`, `local { … }`, `git { … }`, `download { … }` and `build { … }`: archives, sources and trees.

use super::Checker;
use super::expression::Typed;
use super::label::{Label, Level};
use super::scope::Scope;
use super::sink::{Options, Wanted};
use crate::syntax::ast::{Field, Name};
use crate::types::Type;

// All fields are part of the identity. In a function they may be what it is given.

/// `apt { … }` in an expression: what it does not say is as in the environment's base.
const APT: Options = &[
    ("suites", Wanted::Texts, Level::Argument, true),
    ("components", Wanted::Texts, Level::Argument, false),
    ("signed_by", Wanted::Text, Level::Argument, false),
    ("mirror", Wanted::Text, Level::Argument, false),
];
const LOCAL: Options =
    &[("path", Wanted::Text, Level::Argument, true), ("ignore", Wanted::Texts, Level::Argument, false)];
const GIT: Options =
    &[("repository", Wanted::Text, Level::Argument, true), ("revision", Wanted::Text, Level::Argument, true)];
const DOWNLOAD: Options = &[
    ("url", Wanted::Url, Level::Argument, true),
    ("sha256", Wanted::Text, Level::Argument, true),
    ("unpack", Wanted::Flag, Level::Argument, false),
];
const BUILD: Options = &[
    ("from", Wanted::Files, Level::Argument, false),
    ("packages", Wanted::Texts, Level::Argument, false),
    ("run", Wanted::Texts, Level::Argument, true),
    ("environment", Wanted::Variables, Level::Argument, false),
    ("output", Wanted::Text, Level::Argument, false),
];

impl<'w> Checker<'w> {
    pub(super) fn make(&mut self, kind: &'w Name, fields: &'w [Field], scope: &Scope<'_, 'w>) -> Typed {
        let (options, what, ty) = match &*kind.text {
            "apt" => (APT, "an archive", Type::Archive),
            "local" => (LOCAL, "a local source", Type::Source),
            "git" => (GIT, "a Git source", Type::Source),
            "download" => (DOWNLOAD, "a download", Type::Source),
            _ => (BUILD, "a build", Type::Tree),
        };
        let label = self.options(fields, options, what, kind.span, scope);
        // Sources are found, and packages chosen, before versions are known.
        self.unlocked(&label, kind.span, what);
        // What a function makes of its arguments is judged where it is called, by where it goes there.
        if label.level > Level::Argument {
            return Typed::identity(ty);
        }
        Typed { ty, label: Label { locked: None, ..label } }
    }
}
