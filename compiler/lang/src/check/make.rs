//! `apt { … }`, `local { … }`, `git { … }`, `download { … }` and `build { … }`: archives, sources and trees.

use super::Checker;
use super::expression::Typed;
use super::label::{Label, Level};
use super::scope::Scope;
use super::sink::{Options, Wanted};
use crate::syntax::ast::{Field, Name};
use crate::types::Type;

/// `apt { … }` in an expression: what it does not say is as in the environment's base.
const APT: Options = &[
    ("suites", Wanted::Texts, Level::Identity, true),
    ("components", Wanted::Texts, Level::Identity, false),
    ("signed_by", Wanted::Text, Level::Identity, false),
    ("mirror", Wanted::Text, Level::Identity, false),
];
const LOCAL: Options =
    &[("path", Wanted::Text, Level::Identity, true), ("ignore", Wanted::Texts, Level::Identity, false)];
const GIT: Options =
    &[("repository", Wanted::Text, Level::Identity, true), ("revision", Wanted::Text, Level::Identity, true)];
const DOWNLOAD: Options = &[
    ("url", Wanted::Url, Level::Identity, true),
    ("sha256", Wanted::Text, Level::Identity, true),
    ("unpack", Wanted::Flag, Level::Identity, false),
];
const BUILD: Options = &[
    ("from", Wanted::Files, Level::Identity, false),
    ("packages", Wanted::Texts, Level::Identity, false),
    ("run", Wanted::Texts, Level::Identity, true),
    ("environment", Wanted::Variables, Level::Identity, false),
    ("output", Wanted::Text, Level::Identity, false),
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
        Typed { ty, label: Label::IDENTITY }
    }
}
