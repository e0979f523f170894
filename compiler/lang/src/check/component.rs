//! Components and archives: what each member takes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::expression::Typed;
use super::label::{Label, Level};
use super::scope::{Entry, Scope};
use super::{ARCHIVE, CHECK, Checker, OWNER, SERVICE};
use crate::diag::Diagnostic;
use crate::resolve::defined_twice;
use crate::source::Span;
use crate::syntax::ast::{Archive, Component, Expr, ExprKind, File, Format, Let, Name, Param};
use crate::types::{Kind, Range, Type};

/// Names of one construct, with the place of each.
pub(super) struct Table<'w> {
    pub(super) entries: BTreeMap<Arc<str>, Entry<'w>>,
    spans: BTreeMap<Arc<str>, Span>,
}

impl<'w> Table<'w> {
    pub(super) fn new() -> Self {
        Self { entries: BTreeMap::new(), spans: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, name: &Name, entry: Entry<'w>, checker: &mut Checker<'w>) {
        if let Some(first) = self.spans.get(&name.text) {
            checker.report(defined_twice(name, *first));
        } else {
            self.spans.insert(name.text.clone(), name.span);
            self.entries.insert(name.text.clone(), entry);
        }
    }

    pub(super) fn known(&mut self, name: &Name, typed: Typed, checker: &mut Checker<'w>) {
        self.add(name, Entry::Known(typed), checker);
    }

    pub(super) fn params(&mut self, params: &'w [Param], lets: &'w [Let], checker: &mut Checker<'w>) {
        for param in params {
            let ty = checker.declared(&param.ty);
            let label = if param.capacity {
                Label::of(Level::Capacity, param.name.span, &param.name.text)
            } else {
                Label::IDENTITY
            };
            self.known(&param.name, Typed { ty, label }, checker);
        }
        for item in lets {
            self.add(&item.name, Entry::Let(item), checker);
        }
    }
}

impl<'w> Checker<'w> {
    pub(super) fn archive(&mut self, archive: &'w Archive, scope: &Scope<'_, 'w>) {
        if &*archive.kind.text != "apt" {
            let message = format!("unknown kind of archive `{}`", archive.kind.text);
            return self
                .report(Diagnostic::error("E0201", archive.kind.span, message).help("there is `apt`"));
        }
        self.options(&archive.fields, ARCHIVE, "an archive", archive.name.span, scope);
    }

    pub(super) fn component(&mut self, c: &'w Component, module: &Scope<'_, 'w>) {
        let mut table = Table::new();
        table.params(&c.params, &c.lets, self);
        for requires in &c.requires {
            let endpoint = Type::Endpoint(requires.protocol.text.clone());
            let typed = if requires.list {
                let label = Label::of(Level::Replicated, requires.name.span, &requires.name.text);
                Typed { ty: Type::list(endpoint), label }
            } else {
                Typed::identity(endpoint)
            };
            table.known(&requires.name, typed, self);
        }
        for provides in &c.provides {
            let ty = Type::Endpoint(provides.protocol.text.clone());
            table.known(&provides.name, Typed::identity(ty), self);
        }
        let scope = module.inside(table.entries);
        self.defaults(&c.params, &c.lets, &scope);
        self.members(c, &scope);
    }

    /// The defaults of parameters, and `let`s that nothing asks for.
    pub(super) fn defaults(&mut self, params: &'w [Param], lets: &'w [Let], scope: &Scope<'_, 'w>) {
        for param in params {
            let Some(default) = &param.default else { continue };
            let ty = super::declared(&param.ty).unwrap_or(Type::Unknown);
            let accepts = if param.capacity { Level::Capacity } else { Level::Identity };
            self.sink(default, scope, &ty, accepts, &format!("`{}`", param.name.text), Some(param.ty.span));
        }
        for item in lets {
            self.let_type(item, scope);
        }
    }

    fn members(&mut self, c: &'w Component, scope: &Scope<'_, 'w>) {
        for package in &c.packages {
            self.package(package, scope);
        }
        for provides in &c.provides {
            let port = Type::Number(Kind::Int, Range { low: Some(1), high: Some(65535) });
            self.sink(&provides.port, scope, &port, Level::Identity, "a port", None);
        }
        for file in &c.files {
            self.file(file, scope);
        }
        for link in &c.links {
            self.sink(&link.path, scope, &Type::Text, Level::Identity, "a link's path", None);
            self.sink(&link.target, scope, &Type::Text, Level::Identity, "a link's target", None);
        }
        for state in &c.states {
            self.sink(&state.path, scope, &Type::Text, Level::Identity, "a state's path", None);
            self.options(&state.options, OWNER, "a state", state.path.span, scope);
        }
        let mut services = BTreeMap::new();
        for service in &c.services {
            if let Some(first) = services.insert(service.name.text.clone(), service.name.span) {
                self.report(defined_twice(&service.name, first));
            }
            self.options(&service.fields, SERVICE, "a service", service.name.span, scope);
        }
        for check in &c.checks {
            self.sink(
                &check.exec,
                scope,
                &Type::list(Type::Text),
                Level::Identity,
                "a check's command",
                None,
            );
            self.options(&check.options, CHECK, "a check", check.exec.span, scope);
        }
    }

    fn package(&mut self, expr: &'w Expr, scope: &Scope<'_, 'w>) {
        let typed = self.infer(expr, scope);
        let list = Type::list(Type::Text);
        if !typed.ty.fits(&Type::Text) && !typed.ty.fits(&list) {
            let message = format!("`package` takes a name or a list of names, this is `{}`", typed.ty);
            self.report(Diagnostic::error("E0301", expr.span, message));
        }
        self.accepts(&typed.label.data(), Level::Identity, expr.span, "a package's name", None);
    }

    fn file(&mut self, file: &'w File, scope: &Scope<'_, 'w>) {
        self.sink(&file.path, scope, &Type::Text, Level::Identity, "a file's path", None);
        self.options(&file.options, OWNER, "a file", file.path.span, scope);
        match file.format {
            Format::Text => {
                self.sink(&file.content, scope, &Type::Text, Level::Capacity, "the text of a file", None);
            }
            Format::Lines => self.lines(&file.content, scope),
            Format::Ini => self.content(
                &file.content,
                scope,
                ini,
                "`ini` takes a record of scalars, lists of them, and sections of these",
            ),
            Format::Json | Format::Yaml | Format::Toml | Format::Php | Format::Secret => {
                self.content(&file.content, scope, data, "`json` takes records, lists and scalars")
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
        if !fits(&ty) {
            self.report(Diagnostic::error("E0301", expr.span, format!("{what}, this is `{ty}`")));
        }
    }
}

fn line(ty: &Type) -> bool {
    matches!(ty, Type::Text | Type::Unknown) || line_list(ty)
}

fn line_list(ty: &Type) -> bool {
    match ty {
        Type::List(element) => line(element),
        ty => *ty == Type::Unknown,
    }
}

fn setting(ty: &Type) -> bool {
    match ty {
        Type::List(element) => element.is_scalar(),
        ty => ty.is_scalar(),
    }
}

fn ini(ty: &Type) -> bool {
    let section = |ty: &Type| match ty {
        Type::Record(record) => record.fields.iter().all(|(_, ty)| setting(ty)),
        ty => setting(ty),
    };
    match ty {
        Type::Record(record) => record.fields.iter().all(|(_, ty)| section(ty)),
        ty => *ty == Type::Unknown,
    }
}

fn data(ty: &Type) -> bool {
    match ty {
        Type::List(element) => data(element),
        Type::Record(record) => record.fields.iter().all(|(_, ty)| data(ty)),
        ty => ty.is_scalar(),
    }
}
