//! What files hold: what each format takes.

use super::Checker;
use super::OWNER;
use super::rule::{Sink, To, Use};
use super::scope::Scope;
use super::sink::secret_misused;
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, File, Format};
use crate::types::Type;

impl<'w> Checker<'w> {
    pub(super) fn file(&mut self, file: &'w File, scope: &Scope<'_, 'w>) {
        self.sink(&file.path, scope, &Type::Text, To::new(Sink::FilePath, "a file's path"));
        self.options(&file.options, OWNER, "a file", file.path.span, scope);
        match file.format {
            Format::Text => {
                self.sink(&file.content, scope, &Type::Text, To::data("the text of a file"));
            }
            Format::Lines => self.lines(&file.content, scope),
            Format::Ini => self.content(
                &file.content,
                scope,
                ini,
                "`ini` takes a record of scalars, lists of them, and sections of these",
            ),
            Format::Json => {
                self.content(&file.content, scope, data, "`json` takes records, maps, lists and scalars")
            }
            Format::Yaml => {
                self.content(&file.content, scope, data, "`yaml` takes records, maps, lists and scalars")
            }
            Format::Php => self.content(&file.content, scope, table, "`php` takes a record or a map"),
            Format::Toml => self.content(&file.content, scope, table, "`toml` takes a record or a map"),
            Format::Secret => {
                // Without the secret there is no file.
                let wanted = Type::option(Type::Secret);
                self.sink(&file.content, scope, &wanted, To::new(Sink::SecretFile, "a secret's file"));
            }
        }
    }

    /// Strings and lists of them, as deep as they come: an element of a literal list may be either.
    fn lines(&mut self, expr: &'w Expr, scope: &Scope<'_, 'w>) {
        if let ExprKind::List(items) = &expr.kind {
            for item in items {
                if matches!(item.kind, ExprKind::List(_)) {
                    self.lines(item, scope);
                } else {
                    self.content(item, scope, line, "`lines` takes strings and lists of strings");
                }
            }
        } else {
            self.content(expr, scope, line_list, "`lines` takes a list of strings");
        }
    }

    fn content(&mut self, expr: &'w Expr, scope: &Scope<'_, 'w>, fits: fn(&Type) -> bool, what: &str) {
        let ty = self.infer(expr, scope).ty;
        if self.is_secret(Use::Content, &ty) {
            self.report(secret_misused(expr.span, "the content of a file", &ty));
        } else if !fits(&ty) {
            // Where the whole is what is taken, a part of it is what is wrong.
            let (span, part) = if table(&ty) || !matches!(ty, Type::Record(_)) {
                (expr.span, &ty)
            } else {
                culprit(expr, &ty)
            };
            self.report(Diagnostic::error("E0301", span, format!("{what}, this is `{part}`")));
        }
    }
}

fn line(ty: &Type) -> bool {
    ty.inner().is_text() || *ty.inner() == Type::Unknown || line_list(ty)
}

fn line_list(ty: &Type) -> bool {
    match ty.inner() {
        Type::List(element) => line(element),
        ty => *ty == Type::Unknown,
    }
}

fn setting(ty: &Type) -> bool {
    match ty.inner() {
        Type::List(element) => element.inner().is_scalar(),
        ty => ty.is_scalar(),
    }
}

fn section(ty: &Type) -> bool {
    match ty.inner() {
        Type::Record(record) => record.fields.iter().all(|(_, ty)| setting(ty)),
        Type::Map(value) => setting(value),
        ty => setting(ty),
    }
}

fn ini(ty: &Type) -> bool {
    match ty {
        Type::Record(record) => record.fields.iter().all(|(_, ty)| section(ty)),
        Type::Map(value) => section(value),
        ty => *ty == Type::Unknown,
    }
}

fn data(ty: &Type) -> bool {
    match ty.inner() {
        Type::List(element) | Type::Map(element) => data(element),
        Type::Record(record) => record.fields.iter().all(|(_, ty)| data(ty)),
        ty => ty.is_scalar(),
    }
}

/// The part of a record that is written out which no format of data can write, with its type.
fn culprit<'t>(expr: &Expr, ty: &'t Type) -> (Span, &'t Type) {
    if let (ExprKind::Record(fields), Type::Record(record)) = (&expr.kind, ty) {
        let parts = fields.iter().filter_map(|field| Some((&field.value, record.field(&field.key.text)?)));
        if let Some((expr, ty)) = parts.into_iter().find(|(_, ty)| !data(ty)) {
            return culprit(expr, ty);
        }
    }
    (expr.span, ty)
}

fn table(ty: &Type) -> bool {
    matches!(ty, Type::Record(_) | Type::Map(_) | Type::Unknown) && data(ty)
}
