//! Values against the types of where they go: by type, by range, and by the shape of a path or URL.

use super::Checker;
use super::declared;
use super::label::Label;
use super::rule::{Use, Way};
use super::scope::Scope;
use super::sink::secret_misused;
use crate::diag::{Diagnostic, shown};
use crate::nearest::{nearest, suggestion};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Field, Name};
use crate::types::{Kind, Range, Record, ShowRange, Type};

/// Where a value goes.
pub(super) struct Target<'a> {
    pub(super) wanted: &'a Type,
    /// What messages call it.
    pub(super) what: &'a str,
    pub(super) declared_at: Option<Span>,
}

impl<'w> Checker<'w> {
    /// Holds an expression against a type. Lists and records that are written out are held part by part, so that a message
    /// is about the part that is wrong. Gives the label.
    pub(super) fn held(&mut self, expr: &'w Expr, scope: &Scope<'_, 'w>, place: &Target<'_>) -> Label {
        match (&expr.kind, place.wanted.inner()) {
            (ExprKind::List(items), Type::List(element)) => {
                let what = format!("an element of {}", place.what);
                let place = Target { wanted: element, what: &what, ..*place };
                items.iter().fold(Label::IDENTITY, |label, item| {
                    let own = self.held(item, scope, &place);
                    label.join(self.carried(Way::HeldElement, own))
                })
            }
            (ExprKind::Record(fields), Type::Map(entry)) => {
                self.duplicate_keys(fields);
                fields.iter().fold(Label::IDENTITY, |label, field| {
                    let own = self.field_held(field, entry, scope, place);
                    label.join(self.carried(Way::HeldEntry, own))
                })
            }
            (ExprKind::Record(fields), Type::Record(record)) => {
                self.record_held(expr.span, fields, record, scope, place)
            }
            _ => {
                let typed = self.infer(expr, scope);
                let secret = self.is_secret(Use::Held, &typed.ty);
                if let Some(mut diagnostic) = unfit(expr, &typed.ty, place, secret) {
                    self.name_component(&typed.ty, &mut diagnostic);
                    self.report(diagnostic);
                }
                typed.label
            }
        }
    }

    /// Says of which component an instance is, which its type does not know the name of.
    pub(super) fn name_component(&self, found: &Type, diagnostic: &mut Diagnostic) {
        if let Type::Instance(_, _, Some(at)) = found
            && let Some(component) = self.world.component_at(*at)
        {
            let name = format!("this is an instance of `{}`", component.name.text);
            diagnostic.message = diagnostic.message.replace(&format!("this is `{found}`"), &name);
        }
    }

    fn field_held(
        &mut self,
        field: &'w Field,
        wanted: &Type,
        scope: &Scope<'_, 'w>,
        of: &Target<'_>,
    ) -> Label {
        let what = format!("`{}`", field.key.text);
        self.held(&field.value, scope, &Target { wanted, what: &what, ..*of })
    }

    fn record_held(
        &mut self,
        span: Span,
        fields: &'w [Field],
        record: &Record,
        scope: &Scope<'_, 'w>,
        place: &Target<'_>,
    ) -> Label {
        self.duplicate_keys(fields);
        let mut label = Label::IDENTITY;
        let mut misspelt = Vec::new();
        for field in fields {
            let own = match record.field(&field.key.text) {
                Some(wanted) => self.field_held(field, wanted, scope, place),
                None => {
                    misspelt.extend(self.no_field(&field.key, record, place));
                    self.infer(&field.value, scope).label
                }
            };
            label = label.join(self.carried(Way::HeldField, own));
        }
        let given = |name: &str| {
            fields.iter().any(|field| &*field.key.text == name) || misspelt.iter().any(|meant| meant == name)
        };
        // What may be `none` may be left out.
        let needed = record.fields.iter().filter(|(_, ty)| !matches!(ty, Type::Option(_)));
        for (name, ty) in needed.filter(|(name, _)| !given(name)) {
            let message = format!("{} needs `{name}`", place.what);
            let diagnostic = declared_there(Diagnostic::error("E0303", span, message), place);
            self.report(diagnostic.help(format!("write `{name} = …`, a `{ty}`, between its `{{` and `}}`")));
        }
        label
    }

    /// Gives the field that was likely meant.
    fn no_field(&mut self, key: &Name, record: &Record, place: &Target<'_>) -> Option<String> {
        let message = format!("{} has no field `{}`", place.what, key.text);
        let mut diagnostic = declared_there(Diagnostic::error("E0209", key.span, message), place);
        let names = || record.fields.iter().map(|(name, _)| &**name);
        diagnostic.help = suggestion(&key.text, names());
        self.report(diagnostic);
        nearest(&key.text, names()).map(str::to_owned)
    }
}

fn declared_there(diagnostic: Diagnostic, place: &Target<'_>) -> Diagnostic {
    match place.declared_at {
        Some(span) => diagnostic.and(span, "declared here"),
        None => diagnostic,
    }
}

/// What is wrong with an expression of a type where it goes, as far as that is known before it is evaluated.
fn unfit(expr: &Expr, found: &Type, place: &Target<'_>, secret: bool) -> Option<Diagnostic> {
    if !found.fits(place.wanted) {
        return Some(mismatch(expr.span, found, place, secret));
    }
    if let Some(diagnostic) = out_of_range(expr, place) {
        return Some(diagnostic);
    }
    match (found, place.wanted.inner()) {
        (Type::Literal(text), ty @ (Type::Path | Type::Url)) if !is_shaped(ty, text) => {
            Some(shape_error(expr.span, ty, text, place.declared_at))
        }
        _ => None,
    }
}

fn mismatch(span: Span, found: &Type, place: &Target<'_>, secret: bool) -> Diagnostic {
    let Target { wanted, what, .. } = place;
    let diagnostic = if secret || *wanted.inner() == Type::Secret {
        secret_misused(span, what, found)
    } else {
        Diagnostic::error("E0301", span, format!("{what} is `{wanted}`, this is `{found}`"))
    };
    let diagnostic = told_apart(declared_there(diagnostic, place), found, wanted);
    match mend(found, wanted) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// Says where each of two protocols of one name is declared, where what does not fit has one and the other is wanted.
pub(crate) fn told_apart(diagnostic: Diagnostic, found: &Type, wanted: &Type) -> Diagnostic {
    let Some((own, other)) = found.namesakes(wanted) else { return diagnostic };
    let name = &own.name;
    diagnostic
        .and(other.declared, format!("the `{name}` that is wanted"))
        .and(own.declared, format!("another `{name}`, which is spoken here"))
        .help(format!("declare `{name}` in one module, and `use` it in the others"))
}

/// A literal outside the range of where it goes.
fn out_of_range(expr: &Expr, place: &Target<'_>) -> Option<Diagnostic> {
    let Type::Number(kind, range) = place.wanted.inner() else { return None };
    let (_, n) = declared::number_literal(&expr.kind)?;
    (!range.holds(n)).then(|| range_error(expr.span, *kind, *range, n, place.what, place.declared_at))
}

/// A number outside its range.
pub(crate) fn range_error(
    span: Span,
    kind: Kind,
    range: Range,
    n: i64,
    what: &str,
    declared_at: Option<Span>,
) -> Diagnostic {
    let message = format!("{what} is `{kind:?}{}`, this is `{}`", ShowRange(kind, range), kind.show(n));
    let diagnostic = Diagnostic::error("E0304", span, message);
    match declared_at {
        Some(span) => diagnostic.and(span, "the range is declared here"),
        None => diagnostic,
    }
}

/// Whether a text is what the type says.
pub(crate) fn is_shaped(ty: &Type, text: &str) -> bool {
    match ty {
        Type::Path => {
            text.starts_with('/')
                && !text.contains(['\n', '\r', '\0'])
                && text.split('/').skip(1).all(|part| !matches!(part, "." | ".."))
        }
        Type::Url => text.split_once("://").is_some_and(|(scheme, rest)| {
            scheme.starts_with(|c: char| c.is_ascii_lowercase())
                && scheme.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c))
                && !rest.is_empty()
                && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
        }),
        _ => true,
    }
}

/// A text that is no path or URL.
pub(crate) fn shape_error(span: Span, ty: &Type, text: &str, declared_at: Option<Span>) -> Diagnostic {
    let mut diagnostic = Diagnostic::error("E0309", span, format!("`{}` is no `{ty}`", shown(text)));
    if let Some(span) = declared_at {
        diagnostic = diagnostic.and(span, "declared here");
    }
    diagnostic.help(match ty {
        Type::Path => "a path begins with `/` and has no `.` or `..`",
        _ => "a URL is written with its scheme, as `https://example.org/`",
    })
}

fn mend(found: &Type, wanted: &Type) -> Option<String> {
    if let (Type::Literal(text), Type::Choice(choice)) = (found, wanted.inner()) {
        return suggestion(text, choice.values.iter().map(|value| &**value));
    }
    if let (Type::Choice(found), Type::Choice(choice)) = (found, wanted.inner()) {
        let other = found.values.iter().find(|value| !choice.has(value))?;
        return Some(format!("it may be `{other}`, which `{wanted}` has not"));
    }
    plain_mend(found, wanted.inner()).map(str::to_owned)
}

fn plain_mend(found: &Type, wanted: &Type) -> Option<&'static str> {
    if let Type::Option(inner) = found
        && inner.fits(wanted)
    {
        return Some("it may be `none`: say what is meant then, as `value ?? other`");
    }
    match wanted {
        _ if wanted.holds_secret() || found.holds_secret() => None,
        Type::List(element) if found.fits(element) => Some("a list is wanted: put it into `[ ]`"),
        Type::Source | Type::Tree if found.is_text() => {
            Some("files of the project are `local { path = \"./directory\" }`")
        }
        Type::Component(..) if matches!(found, Type::Endpoint(_)) => {
            Some("the instance itself is wanted, without one of its endpoints")
        }
        Type::Component(..) if matches!(found, Type::Host(_) | Type::Replica(_)) => {
            Some("name one of its instances: `host.instance`")
        }
        Type::Endpoint(_) if matches!(found, Type::Instance(..) | Type::Component(..)) => {
            Some("name one of its endpoints: `host.instance.endpoint`")
        }
        Type::Archive => Some("name an archive of the top level: `archive name = apt { … }`"),
        Type::Text if matches!(found, Type::List(_)) => {
            Some("several lines are `lines [ … ]`; one string is wanted here")
        }
        Type::Number(Kind::Size, _) => Some("write a size with its unit, for example `64MiB`"),
        Type::Number(Kind::Duration, _) => Some("write a duration with its unit, for example `30s`"),
        Type::Number(Kind::Percent, _) => Some("write a percentage, for example `70%`"),
        Type::Number(Kind::Rate, _) => Some("write a rate with its unit, for example `10MiB/s`"),
        Type::Version => Some("write `version(\"1.2-3\")`"),
        Type::Text if found.is_scalar() => Some("put a value into a string by interpolation: `\"{value}\"`"),
        _ => None,
    }
}
