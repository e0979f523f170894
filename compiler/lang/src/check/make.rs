//! `apt { … }`, `local { … }`, `git { … }`, `download { … }` and `build { … }`: archives, sources and trees.

use super::Checker;
use super::expression::Typed;
use super::label::{Label, Level};
use super::rule::{Sink, Way};
use super::scope::Scope;
use super::sink::{Options, Wanted};
use crate::syntax::ast::{Field, Name};
use crate::types::Type;

/// `apt { … }` in an expression: what it does not say is as in the environment's base.
const APT: Options = &[
    ("suites", Wanted::Texts, Sink::Made, true),
    ("components", Wanted::Texts, Sink::Made, false),
    ("signed_by", Wanted::Text, Sink::Made, false),
    ("mirror", Wanted::Text, Sink::Made, false),
];
const LOCAL: Options =
    &[("path", Wanted::Text, Sink::Made, true), ("ignore", Wanted::Texts, Sink::Made, false)];
const GIT: Options =
    &[("repository", Wanted::Text, Sink::Made, true), ("revision", Wanted::Text, Sink::Made, true)];
const DOWNLOAD: Options = &[
    ("url", Wanted::Url, Sink::Made, true),
    ("sha256", Wanted::Text, Sink::Made, true),
    ("unpack", Wanted::Flag, Sink::Made, false),
];
const BUILD: Options = &[
    ("from", Wanted::Files, Sink::Made, false),
    ("packages", Wanted::Texts, Sink::Made, false),
    ("run", Wanted::Texts, Sink::Made, true),
    ("environment", Wanted::Variables, Sink::Made, false),
    ("output", Wanted::Text, Sink::Made, false),
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
        // What a function makes of its arguments is judged where it is called, by where it goes there. All else has been
        // judged.
        if label.level == Level::Argument {
            Typed { ty, label: self.carried(Way::Made, Label { locked: None, ..label }) }
        } else {
            Typed::identity(ty)
        }
    }
}
