//! Sinks: what a place accepts. Its label is judged here, its type in `held`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::held::Target;
use super::label::{Label, Level, Why};
use super::rule::{Sink, To, Use};
use super::scope::Scope;
use super::{Checker, declared};
use crate::diag::Diagnostic;
use crate::nearest::suggestion;
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Field, TypeExpr};
use crate::types::{Choice, Kind, Range, Type};

/// The fields that a construct takes: name, type, what may go there, whether it must be there.
pub(crate) type Options = &'static [(&'static str, Wanted, Sink, bool)];

/// A field's type, in a form that a constant can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Text,
    /// A text, or `none`.
    TextOrNone,
    Texts,
    Mode,
    AtLeastOne,
    Bytes,
    /// A record of scalars.
    Variables,
    /// A record of scalars and lists of them.
    Answers,
    Flag,
    /// The name of a signal that ends a process, or asks it to end.
    Signal,
    Url,
    /// How long something may take.
    Time,
    /// How much gets through in a time.
    Throughput,
    /// A part of something.
    Part,
    /// The status of an answer of HTTP.
    HttpStatus,
    /// The exit status of a program.
    ExitStatus,
    /// A record of scalars that go along with a request.
    Headers,
    /// A tree, or a source as it is.
    Files,
    Archive,
    /// How a host runs.
    HostKind,
}

/// What services are stopped with: a service that takes another one ends by a signal that its manual names.
const SIGNALS: [&str; 8] =
    ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGKILL"];

/// What a host runs as: processes of this machine, or a machine of its own.
const KINDS: [&str; 2] = ["container", "vm"];

impl Wanted {
    pub(crate) fn ty(self) -> Type {
        let from_one = Range { low: Some(1), high: None };
        match self {
            Self::Text => Type::Text,
            Self::TextOrNone => Type::option(Type::Text),
            Self::Texts => Type::list(Type::Text),
            Self::Mode => Type::Number(Kind::Int, Range { low: Some(0), high: Some(0o7777) }),
            Self::AtLeastOne => Type::Number(Kind::Int, from_one),
            Self::Bytes => Type::Number(Kind::Size, from_one),
            Self::Variables | Self::Answers | Self::Headers => Type::Unknown,
            Self::Flag => Type::Bool,
            Self::Signal => Type::Choice(Arc::new(Choice::new(None, SIGNALS.map(Into::into).into(), true))),
            Self::Url => Type::Url,
            Self::Time => Type::Number(Kind::Duration, Range { low: Some(0), high: None }),
            Self::Throughput => Type::Number(Kind::Rate, from_one),
            Self::Part => Type::Number(Kind::Percent, Range { low: Some(0), high: Some(1_000_000) }),
            Self::HttpStatus => Type::Number(Kind::Int, Range { low: Some(100), high: Some(599) }),
            Self::ExitStatus => Type::Number(Kind::Int, Range { low: Some(0), high: Some(255) }),
            Self::Files => Type::Tree,
            Self::Archive => Type::Archive,
            Self::HostKind => Type::Choice(Arc::new(Choice::new(None, KINDS.map(Into::into).into(), true))),
        }
    }
}

/// `package … { recommends, answers }`
pub(crate) const PACKAGE: Options =
    &[("recommends", Wanted::Flag, Sink::Package, false), ("answers", Wanted::Answers, Sink::Package, false)];
/// `file … { user, group, mode }`, `state … { … }`
pub(crate) const OWNER: Options = &[
    ("user", Wanted::Text, Sink::Owner, false),
    ("group", Wanted::Text, Sink::Owner, false),
    ("mode", Wanted::Mode, Sink::Mode, false),
];
/// `tree … { user, group }`
pub(crate) const MOUNT: Options =
    &[("user", Wanted::Text, Sink::TreeOwner, false), ("group", Wanted::Text, Sink::TreeOwner, false)];
/// `protocol x { … }`
pub(crate) const PROTOCOL: Options = &[("scheme", Wanted::Text, Sink::Scheme, false)];
/// `service x { … }`
pub(crate) const SERVICE: Options = &[
    ("exec", Wanted::Texts, Sink::Command, true),
    ("user", Wanted::Text, Sink::ServiceUser, false),
    ("environment", Wanted::Variables, Sink::Data, false),
    ("ready", Wanted::Texts, Sink::Ready, false),
    ("health", Wanted::TextOrNone, Sink::Ready, false),
    ("stop_signal", Wanted::Signal, Sink::StopSignal, false),
];
/// `job x { … }`
pub(crate) const JOB: Options = &[
    ("exec", Wanted::Texts, Sink::JobCommand, true),
    ("user", Wanted::Text, Sink::JobUser, false),
    ("environment", Wanted::Variables, Sink::Data, false),
    ("shared", Wanted::Flag, Sink::JobShared, false),
    ("once_for", Wanted::Text, Sink::JobOnceFor, false),
];
/// `check […] { … }`
pub(crate) const CHECK: Options = &[("user", Wanted::Text, Sink::CheckUser, false)];
/// `http … { … }`
pub(crate) const HTTP: Options = &[
    ("path", Wanted::Text, Sink::Data, false),
    ("method", Wanted::Text, Sink::Data, false),
    ("headers", Wanted::Headers, Sink::Data, false),
    ("body", Wanted::Text, Sink::Data, false),
    ("status", Wanted::HttpStatus, Sink::Data, false),
    ("contains", Wanted::Text, Sink::Data, false),
    ("within", Wanted::Time, Sink::Data, false),
];
/// `exec … [ … ] { … }`
pub(crate) const EXEC: Options = &[
    ("user", Wanted::Text, Sink::Data, false),
    ("status", Wanted::ExitStatus, Sink::Data, false),
    ("contains", Wanted::Text, Sink::Data, false),
    ("within", Wanted::Time, Sink::Data, false),
];
/// `fault delay … { … }`
pub(crate) const DELAY: Options = &[("jitter", Wanted::Time, Sink::Data, false)];
/// `fault full_disk … { … }`
pub(crate) const FULL_DISK: Options = &[("free", Wanted::Bytes, Sink::Data, false)];
/// `link x y { … }`
pub(crate) const LINK: Options = &[
    ("latency", Wanted::Time, Sink::Data, false),
    ("jitter", Wanted::Time, Sink::Data, false),
    ("bandwidth", Wanted::Throughput, Sink::Data, false),
    ("loss", Wanted::Part, Sink::Data, false),
];
/// `archive x = apt { … }`
pub(crate) const ARCHIVE: Options = &[
    ("suites", Wanted::Texts, Sink::Archive, true),
    ("components", Wanted::Texts, Sink::Archive, true),
    ("signed_by", Wanted::Text, Sink::Archive, true),
    ("mirror", Wanted::Text, Sink::Archive, false),
];
/// What a host sets, and what variants set of it.
pub(crate) const HOST_OPTIONS: Options = &[
    ("base", Wanted::Archive, Sink::Base, false),
    ("memory", Wanted::Bytes, Sink::Data, false),
    ("cpus", Wanted::AtLeastOne, Sink::Data, false),
    ("disk", Wanted::Bytes, Sink::Data, false),
    ("kind", Wanted::HostKind, Sink::Data, false),
    ("kernel", Wanted::Text, Sink::Data, false),
];
/// What profiles set of every host: how much it has, and how it runs.
pub(crate) const EVERY_HOST: Options = &[
    ("memory", Wanted::Bytes, Sink::Data, false),
    ("cpus", Wanted::AtLeastOne, Sink::Data, false),
    ("disk", Wanted::Bytes, Sink::Data, false),
    ("kind", Wanted::HostKind, Sink::Data, false),
    ("kernel", Wanted::Text, Sink::Data, false),
];
/// How a host runs, which nothing in a description may ask for: what runs on it is the same either way.
pub(crate) const RUNNING: Options =
    &[("kind", Wanted::HostKind, Sink::Data, false), ("kernel", Wanted::Text, Sink::Data, false)];
/// How much a host has: what profiles set of it, and names inside it.
pub(crate) const HOST: Options = &[
    ("memory", Wanted::Bytes, Sink::Data, false),
    ("cpus", Wanted::AtLeastOne, Sink::Data, false),
    ("disk", Wanted::Bytes, Sink::Data, false),
];

impl<'w> Checker<'w> {
    /// The type that a declaration of a module writes; what is wrong with it is reported.
    pub(super) fn declared(&mut self, module: usize, ty: &TypeExpr) -> Type {
        declared(self.world, module, ty).unwrap_or_else(|diagnostic| {
            self.report(*diagnostic);
            Type::Unknown
        })
    }

    /// Holds an expression against where it goes. Gives its label.
    pub(super) fn sink(&mut self, expr: &'w Expr, scope: &Scope<'_, 'w>, wanted: &Type, to: To<'_>) -> Label {
        let label = self.held(expr, scope, &Target { wanted, what: to.what, declared_at: to.declared_at });
        if *wanted == Wanted::Mode.ty() {
            self.octal(expr);
        }
        self.accepts(&label, expr.span, to);
        label
    }

    /// Refuses what may not go to a place: capacity where that says what something is, versions where they are chosen by it.
    pub(super) fn accepts(&mut self, label: &Label, span: Span, to: To<'_>) {
        if self.refuses(to.sink, label) {
            self.report(capacity_reaches(label, span, to));
        }
        if let Some(asked) = self.refuses_version(to.sink, label) {
            self.report(version_reaches(asked, span, to.what));
        }
    }

    /// Checks the fields of a construct against what it takes. Gives the label of all of them.
    pub(super) fn options(
        &mut self,
        fields: &'w [Field],
        options: Options,
        what: &str,
        at: Span,
        scope: &Scope<'_, 'w>,
    ) -> Label {
        self.duplicate_keys(fields);
        let mut all = Label::IDENTITY;
        for field in fields {
            let Some((name, wanted, sink, _)) = options.iter().find(|o| o.0 == &*field.key.text) else {
                let message = format!("{what} has no `{}`", field.key.text);
                let mut diagnostic = Diagnostic::error("E0209", field.key.span, message);
                diagnostic.help = suggestion(&field.key.text, options.iter().map(|o| o.0));
                self.report(diagnostic);
                continue;
            };
            let what = format!("`{name}`");
            let label = self.sink(&field.value, scope, &wanted.ty(), To::new(*sink, &what));
            match wanted {
                Wanted::Variables => self.entries(&field.value, scope, "environment variables", |_| false),
                Wanted::Headers => self.entries(&field.value, scope, "headers", |_| false),
                Wanted::Answers => {
                    let choices = |ty: &Type| matches!(ty, Type::List(of) if of.is_scalar());
                    self.entries(&field.value, scope, "answers", choices);
                }
                _ => {}
            }
            all = all.join(label);
        }
        for (name, ..) in options.iter().filter(|o| o.3) {
            if !fields.iter().any(|field| &*field.key.text == *name) {
                let diagnostic = Diagnostic::error("E0303", at, format!("{what} needs `{name}`"));
                self.report(diagnostic.help(format!("write `{name} = …` between its `{{` and `}}`")));
            }
        }
        all
    }

    /// `644` is `01204`, which nobody means: a mode that is written out is written in octal.
    fn octal(&mut self, expr: &Expr) {
        // An octal number is always longer than the same number in decimal.
        if let ExprKind::Int(n) = expr.kind
            && n > 7
            && n.to_string().len() == (expr.span.end - expr.span.start) as usize
        {
            let diagnostic = Diagnostic::error("E0308", expr.span, format!("the mode `{n}` is not octal"));
            self.report(diagnostic.help(format!("write `0{n}`, as `chmod` means it")));
        }
    }

    /// Holds a record or a map against what its entries may be: scalars, and what `others` allows.
    fn entries(&mut self, expr: &'w Expr, scope: &Scope<'_, 'w>, what: &str, others: impl Fn(&Type) -> bool) {
        let ty = self.infer(expr, scope).ty;
        if self.is_secret(Use::Variable, &ty) {
            return self.report(secret_misused(expr.span, &format!("one of the {what}"), &ty));
        }
        let fits = |ty: &Type| ty.inner().is_scalar() || others(ty.inner());
        let all_fit = match &ty {
            Type::Record(record) => record.fields.iter().all(|(_, ty)| fits(ty)),
            Type::Map(value) => fits(value),
            Type::Unknown => true,
            _ => false,
        };
        if !all_fit {
            let lists = if others(&Type::list(Type::Text)) { ", and lists of them" } else { "" };
            let message = format!("{what} are a record of strings, numbers and flags{lists}");
            self.report(Diagnostic::error("E0301", expr.span, message));
        }
    }

    pub(super) fn duplicate_keys(&mut self, fields: &[Field]) {
        let mut seen: BTreeMap<Arc<str>, Span> = BTreeMap::new();
        for field in fields {
            if let Some(first) = seen.get(&field.key.text) {
                let message = format!("`{}` is set twice", field.key.text);
                self.report(Diagnostic::error("E0202", field.key.span, message).and(*first, "first here"));
            } else {
                seen.insert(field.key.text.clone(), field.key.span);
            }
        }
    }
}

fn capacity_reaches(label: &Label, span: Span, to: To<'_>) -> Diagnostic {
    let message = format!("capacity reaches {}, which is part of the identity", to.what);
    let mut diagnostic = Diagnostic::error("E0401", span, message);
    let mut why = label.why.as_ref();
    for _ in 0..STEPS_SHOWN {
        let Some(step) = why else { break };
        diagnostic = diagnostic.and(step.span, because(step));
        why = step.from.as_ref();
    }
    if let Some(span) = to.declared_at {
        diagnostic = diagnostic.and(span, "takes identity only");
    }
    diagnostic
        .help("compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to")
        .note("profiles differ in capacity only: what is installed, connected and run is the same in each")
}

fn version_reaches(asked: Span, span: Span, what: &str) -> Diagnostic {
    let message = format!("{what} depends on a version, which is known only once it is locked");
    Diagnostic::error("E0409", span, message)
        .and(asked, "the version is asked for here")
        .help(
            "versions may go into files, links, commands and assertions of the component that asks for them",
        )
        .note(
            "packages are resolved first, and what a description asks for is the same whatever they come to",
        )
}

/// Steps of the way on which a capacity came that a message shows.
const STEPS_SHOWN: usize = 8;

fn because(why: &Why) -> String {
    let name = &why.name;
    match (&why.from, why.level) {
        (Some(from), _) => format!("`{name}` is capacity because it is computed from `{}`", from.name),
        (None, Level::Argument) => format!("`{name}` is given by the caller, and may be capacity"),
        (None, Level::Replicated) => {
            format!("`{name}` may be all replicas of a host, whose number is capacity")
        }
        (None, _) => format!("`{name}` is capacity"),
    }
}

/// A secret where data is wanted, or the other way round.
pub(super) fn secret_misused(span: Span, what: &str, found: &Type) -> Diagnostic {
    let message = if found.holds_secret() {
        format!("a secret reaches {what}")
    } else {
        format!("{what} is a secret, this is `{found}`")
    };
    Diagnostic::error("E0403", span, message)
        .help("a `secret` of the environment goes to a `secret` of a component, which writes it with `file \"/run/…\" = secret name`")
        .note("a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash")
}
