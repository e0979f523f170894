//! `match`: what each pattern can be, that every value meets one, and that each can be met.

use std::collections::BTreeMap;

use super::expression::Typed;
use super::rule::{Use, Way};
use super::scope::{Entry, Scope};
use super::sink::secret_misused;
use super::{Checker, told_apart};
use crate::diag::Diagnostic;
use crate::nearest::suggestion;
use crate::source::Span;
use crate::syntax::ast::{Expr, Match, Pattern, PatternKind};
use crate::types::{Kind, Type};

/// What the patterns so far have left over.
struct Left {
    /// Whether `none` is still to come.
    none: bool,
    /// Whether anything else is.
    other: bool,
    /// Values that were met, as they are written.
    met: BTreeMap<String, Span>,
}

impl<'w> Checker<'w> {
    pub(super) fn matching(&mut self, m: &'w Match, scope: &Scope<'_, 'w>) -> Typed {
        let subject = self.infer(&m.subject, scope);
        let mut label = self.carried(Way::Subject, subject.label.clone());
        let mut left =
            Left { none: matches!(subject.ty, Type::Option(_)), other: true, met: BTreeMap::new() };
        let mut joined = Type::Unknown;
        let mut first: Option<Span> = None;
        for arm in &m.arms {
            let mut names = BTreeMap::new();
            for pattern in &arm.patterns {
                let narrowed = if left.none { subject.ty.clone() } else { subject.ty.inner().clone() };
                self.pattern(pattern, &subject.ty, &mut left);
                if let PatternKind::Any(Some(name)) = &pattern.kind {
                    let label = self.carried(Way::Matched, subject.label.clone());
                    let typed = Typed { ty: narrowed, label };
                    names.insert(name.text.clone(), Entry::Known(typed));
                }
            }
            let body = self.infer(&arm.body, &scope.inside(names));
            label = label.join(self.carried(Way::Arm, body.label));
            match joined.join(&body.ty) {
                Some(ty) => joined = ty,
                None => self.arms_differ(&arm.body, &body.ty, first, &joined),
            }
            first.get_or_insert(arm.body.span);
        }
        self.exhaustive(&m.subject, &subject.ty, &left);
        Typed { ty: joined, label }
    }

    fn arms_differ(&mut self, body: &Expr, ty: &Type, first: Option<Span>, joined: &Type) {
        let message = format!("this gives `{ty}`, what is before it `{joined}`");
        let diagnostic = told_apart(Diagnostic::error("E0301", body.span, message), ty, joined);
        self.report(match first {
            Some(first) => diagnostic.and(first, format!("`{joined}` by this")),
            None => diagnostic,
        });
    }

    fn pattern(&mut self, pattern: &'w Pattern, subject: &Type, left: &mut Left) {
        let ty = match &pattern.kind {
            PatternKind::Text(text) => Type::Literal(text.clone()),
            PatternKind::Int(_) => Type::number(Kind::Int),
            PatternKind::Bool(_) => Type::Bool,
            PatternKind::None => Type::option(Type::Unknown),
            PatternKind::Any(_) => {
                if !left.none && !left.other {
                    self.unreachable(pattern.span, None);
                }
                (left.none, left.other) = (false, false);
                return;
            }
        };
        if !can_be(&pattern.kind, &ty, subject) {
            return self.never(pattern, &ty, subject);
        }
        if pattern.kind_is_none() {
            if !std::mem::replace(&mut left.none, false) {
                self.unreachable(pattern.span, None);
            }
            return;
        }
        let first = left.met.insert(pattern.written(), pattern.span);
        if !left.other || first.is_some() {
            self.unreachable(pattern.span, first);
        }
        // Each value that was met is one of the subject's.
        let all = match subject.inner() {
            Type::Bool => left.met.len() >= 2,
            Type::Choice(choice) if choice.declared => left.met.len() >= choice.values.len(),
            _ => false,
        };
        left.other &= !all;
    }

    fn never(&mut self, pattern: &Pattern, ty: &Type, subject: &Type) {
        if self.is_secret(Use::Pattern, subject) {
            return self.report(secret_misused(pattern.span, "a pattern", subject));
        }
        let message = match &pattern.kind {
            PatternKind::None => format!("`{subject}` is never `none`"),
            PatternKind::Text(text) if !subject.inner().is_text() => {
                format!("`{subject}` is never `{text:?}`")
            }
            PatternKind::Text(text) => format!("`{subject}` is never `{text}`"),
            PatternKind::Int(n) if ty.fits(subject.inner()) => format!("`{subject}` is never `{n}`"),
            _ => format!("`{subject}` is never `{ty}`"),
        };
        let mut diagnostic = Diagnostic::error("E0311", pattern.span, message);
        if let (PatternKind::Text(text), Type::Choice(choice)) = (&pattern.kind, subject.inner()) {
            diagnostic.help = suggestion(text, choice.values.iter().map(|value| &**value));
        } else if !pattern.kind_is_none()
            && matches!(subject.inner(), Type::Number(..) | Type::Float | Type::Version)
        {
            let help = "a pattern is a string, a whole number, `true`, `false`, `none`, a name or `_`; \
                        other values are compared: `if a == b then … else …`";
            diagnostic.help = Some(help.to_owned());
        }
        self.report(diagnostic);
    }

    fn unreachable(&mut self, span: Span, first: Option<Span>) {
        let diagnostic =
            Diagnostic::error("E0311", span, "this is never reached: the patterns before it meet it all");
        self.report(match first {
            Some(first) => diagnostic.and(first, "met here already"),
            None => diagnostic,
        });
    }

    fn exhaustive(&mut self, subject: &Expr, ty: &Type, left: &Left) {
        if (!left.none && !left.other) || *ty == Type::Unknown {
            return;
        }
        let mut missing: Vec<String> = Vec::new();
        if left.none {
            missing.push("`none`".to_owned());
        }
        match ty.inner() {
            _ if !left.other => {}
            Type::Choice(choice) if choice.declared => {
                let open = choice.values.iter().map(|value| format!("{value:?}"));
                missing.extend(open.filter(|value| !left.met.contains_key(value)).map(|v| format!("`{v}`")));
            }
            Type::Bool => {
                let open = ["true", "false"].into_iter().filter(|value| !left.met.contains_key(*value));
                missing.extend(open.map(|value| format!("`{value}`")));
            }
            other => missing.push(format!("every other `{other}`")),
        }
        missing.truncate(8);
        let message = format!("nothing is said for {}", missing.join(", "));
        let diagnostic = Diagnostic::error("E0310", subject.span, message);
        self.report(diagnostic.help("add what is missing, or `_ => …` for all that is left"));
    }
}

/// Whether a value of a type can meet a pattern, whose own type is given, too.
fn can_be(pattern: &PatternKind, ty: &Type, subject: &Type) -> bool {
    match (pattern, subject.inner()) {
        (PatternKind::None, _) => matches!(subject, Type::Option(_) | Type::Unknown),
        (PatternKind::Text(text), to @ (Type::Path | Type::Url)) => super::is_shaped(to, text),
        (PatternKind::Int(n), Type::Number(Kind::Int, range)) => range.holds(*n),
        (_, subject) => ty.fits(subject),
    }
}

impl Pattern {
    fn kind_is_none(&self) -> bool {
        matches!(self.kind, PatternKind::None)
    }
}
