//! The type and label of each expression.

use std::sync::Arc;

use super::label::{Label, Level};
use super::scope::{Found, Scope};
use super::{Checker, declared, operator};
use crate::diag::Diagnostic;
use crate::limits;
use crate::nearest::suggestion;
use crate::resolve::Item;
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Field, For, Let, Part, UnaryOp};
use crate::types::{Kind, Type};

/// What is known of an expression.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    pub(crate) ty: Type,
    pub(crate) label: Label,
}

impl Typed {
    pub(super) fn identity(ty: Type) -> Self {
        Self { ty, label: Label::IDENTITY }
    }

    pub(super) fn unknown() -> Self {
        Self::identity(Type::Unknown)
    }
}

impl<'w> Checker<'w> {
    /// Infers an expression; mistakes are reported and come out as `Unknown`.
    pub(super) fn infer(&mut self, expr: &'w Expr, scope: &Scope<'_, 'w>) -> Typed {
        if self.depth >= limits::EVALUATION_DEPTH {
            self.report(too_deep(expr.span));
            return Typed::unknown();
        }
        self.depth += 1;
        let typed = self.infer_kind(expr, scope);
        self.depth -= 1;
        match declared::bounded(typed.ty, expr.span) {
            Ok(ty) => Typed { ty, label: typed.label },
            Err(diagnostic) => {
                self.report(*diagnostic);
                Typed::unknown()
            }
        }
    }

    fn infer_kind(&mut self, expr: &'w Expr, scope: &Scope<'_, 'w>) -> Typed {
        match &expr.kind {
            ExprKind::Bool(_) => Typed::identity(Type::Bool),
            ExprKind::Int(_) => Typed::identity(Type::INT),
            ExprKind::Size(_) => Typed::identity(Type::SIZE),
            ExprKind::Duration(_) => Typed::identity(Type::number(Kind::Duration)),
            ExprKind::Percent(_) => Typed::identity(Type::number(Kind::Percent)),
            ExprKind::Float(_) => Typed::identity(Type::Float),
            ExprKind::Text(parts) => self.text(parts, scope),
            ExprKind::Name(name) => self.name(name, expr.span, scope),
            ExprKind::List(items) => self.list(items, scope),
            ExprKind::Record(fields) => self.record(fields, scope),
            ExprKind::For(f) => self.comprehension(f, scope),
            ExprKind::Member(of, name) => {
                let typed = self.infer(of, scope);
                self.member(typed, of.span, name)
            }
            ExprKind::Unary(op, of) => self.unary(*op, of, scope),
            ExprKind::Binary(op, sides) => {
                let (left, right) = (self.infer(&sides.0, scope), self.infer(&sides.1, scope));
                let ty = operator::binary(*op, &left.ty, &right.ty).unwrap_or_else(|| {
                    self.report(operator::mismatch(*op, sides, &left.ty, &right.ty));
                    Type::Unknown
                });
                Typed { ty, label: left.label.join(right.label) }
            }
            ExprKind::If(parts) => self.conditional(parts, scope),
            _ => Typed::unknown(),
        }
    }

    fn text(&mut self, parts: &'w [Part], scope: &Scope<'_, 'w>) -> Typed {
        let mut label = Label::IDENTITY;
        for part in parts {
            if let Part::Expr(expr) = part {
                let typed = self.infer(expr, scope);
                if !typed.ty.is_scalar() {
                    let message = format!("a string cannot hold `{}`", typed.ty);
                    let mut diagnostic = Diagnostic::error("E0301", expr.span, message);
                    if matches!(typed.ty, Type::Endpoint(_)) {
                        diagnostic = diagnostic.help("take its `.address`, `.host` or `.port`");
                    }
                    self.report(diagnostic);
                }
                label = label.join(typed.label.data());
            }
        }
        Typed { ty: Type::Text, label }
    }

    fn name(&mut self, name: &Arc<str>, span: Span, scope: &Scope<'_, 'w>) -> Typed {
        match scope.lookup(name, self.world) {
            Some(Found::Known(typed)) => typed,
            Some(Found::Let(item, scope)) => self.let_type(item, scope),
            Some(Found::Definition(definition)) => self.definition(definition, name, span),
            None => {
                if !self.full() {
                    let mut diagnostic = Diagnostic::error("E0201", span, format!("unknown name `{name}`"));
                    let names = scope.all_names(self.world);
                    diagnostic.help = suggestion(name, names.iter().map(|n| &**n));
                    self.report(diagnostic);
                }
                Typed::unknown()
            }
        }
    }

    fn definition(&mut self, definition: crate::resolve::Definition, name: &str, span: Span) -> Typed {
        let what = match definition.item {
            Item::Archive => return Typed::identity(Type::Archive),
            Item::Let => {
                let module = self.world.modules.get(definition.module);
                let item = module.and_then(|m| m.ast.lets.get(definition.index));
                let scope = Scope::module(definition.module);
                return item.map_or_else(Typed::unknown, |item| self.let_type(item, &scope));
            }
            Item::Component => "a component",
            Item::Environment => "an environment",
            Item::Profile => "a profile",
        };
        let message = format!("`{name}` is {what}, not a value");
        let mut diagnostic = Diagnostic::error("E0301", span, message).and(definition.span, "declared here");
        if definition.item == Item::Component {
            diagnostic = diagnostic.help(format!("a host puts it to work: `run name = {name} {{ … }}`"));
        }
        self.report(diagnostic);
        Typed::unknown()
    }

    /// The type of a `let`, inferred once.
    pub(super) fn let_type(&mut self, item: &'w Let, scope: &Scope<'_, 'w>) -> Typed {
        match self.lets.get(&item.name.span) {
            Some(Some(known)) => return known.clone(),
            Some(None) => {
                let from = self.path.iter().position(|span| *span == item.name.span).unwrap_or(0);
                self.report(circle(item, self.path.get(from + 1..).unwrap_or_default()));
                return Typed::unknown();
            }
            None => {}
        }
        self.lets.insert(item.name.span, None);
        self.path.push(item.name.span);
        let typed = match item.ty.as_ref().map(|ty| self.declared(ty)) {
            Some(ty) => {
                let label = self.sink(
                    &item.value,
                    scope,
                    &ty,
                    Level::Capacity,
                    &format!("`{}`", item.name.text),
                    None,
                );
                Typed { ty, label }
            }
            None => self.infer(&item.value, scope),
        };
        self.path.pop();
        self.lets.insert(item.name.span, Some(typed.clone()));
        typed
    }

    fn list(&mut self, items: &'w [Expr], scope: &Scope<'_, 'w>) -> Typed {
        let mut element = Type::Unknown;
        let mut label = Label::IDENTITY;
        let mut first: Option<Span> = None;
        for item in items {
            let typed = self.infer(item, scope);
            label = label.join(typed.label);
            match element.join(&typed.ty) {
                Some(joined) => element = joined,
                None => {
                    let message = format!("a list holds one type: this is `{}`, not `{element}`", typed.ty);
                    let diagnostic = Diagnostic::error("E0301", item.span, message);
                    self.report(match first {
                        Some(first) => diagnostic.and(first, format!("`{element}` by this")),
                        None => diagnostic,
                    });
                }
            }
            first.get_or_insert(item.span);
        }
        Typed { ty: Type::list(element), label }
    }

    fn record(&mut self, fields: &'w [Field], scope: &Scope<'_, 'w>) -> Typed {
        self.duplicate_keys(fields);
        let mut label = Label::IDENTITY;
        let mut types = Vec::new();
        for field in fields {
            let typed = self.infer(&field.value, scope);
            label = label.join(typed.label);
            types.push((field.key.text.clone(), typed.ty));
        }
        Typed { ty: Type::record(types), label }
    }

    fn comprehension(&mut self, f: &'w For, scope: &Scope<'_, 'w>) -> Typed {
        let list = self.infer(&f.list, scope);
        let (element, label) = match &list.ty {
            Type::List(element) => ((**element).clone(), list.label),
            Type::Host(host) => {
                let declared = self.world.host(*host).filter(|h| h.replicas.is_some());
                let own = declared
                    .map_or(Label::IDENTITY, |h| Label::of(Level::Replicated, h.name.span, &h.name.text));
                (Type::Replica(*host), list.label.join(own))
            }
            Type::Unknown => (Type::Unknown, list.label),
            other => {
                let message = format!("`for` goes through a list or the replicas of a host, not `{other}`");
                self.report(Diagnostic::error("E0301", f.list.span, message));
                (Type::Unknown, list.label)
            }
        };
        let inner = scope.with(&f.name.text, Typed { ty: element, label: label.clone() });
        let body = self.infer(&f.body, &inner);
        let mut label = label.join(body.label);
        if let Some(condition) = &f.condition {
            // Which replicas are taken would depend on more than that they exist.
            let condition = self.condition(condition, &inner);
            label = label.join(condition.data());
        }
        if !matches!(body.ty, Type::Endpoint(_) | Type::Instance(..) | Type::Replica(_) | Type::Unknown) {
            label = label.data();
        }
        Typed { ty: Type::list(body.ty), label }
    }

    fn condition(&mut self, expr: &'w Expr, scope: &Scope<'_, 'w>) -> Label {
        self.sink(expr, scope, &Type::Bool, Level::Capacity, "a condition", None)
    }

    fn unary(&mut self, op: UnaryOp, of: &'w Expr, scope: &Scope<'_, 'w>) -> Typed {
        let typed = self.infer(of, scope);
        let fits = match op {
            UnaryOp::Not => typed.ty.fits(&Type::Bool),
            UnaryOp::Negate => matches!(typed.ty, Type::Number(..) | Type::Float | Type::Unknown),
        };
        if fits {
            return typed;
        }
        let symbol = if op == UnaryOp::Not { "not" } else { "-" };
        self.report(Diagnostic::error(
            "E0302",
            of.span,
            format!("`{symbol}` does not apply to `{}`", typed.ty),
        ));
        Typed::unknown()
    }

    fn conditional(&mut self, parts: &'w (Expr, Expr, Expr), scope: &Scope<'_, 'w>) -> Typed {
        let label = self.condition(&parts.0, scope).data();
        let (yes, no) = (self.infer(&parts.1, scope), self.infer(&parts.2, scope));
        let ty = yes.ty.join(&no.ty).unwrap_or_else(|| {
            let message = format!("`then` gives `{}`, `else` gives `{}`", yes.ty, no.ty);
            let diagnostic =
                Diagnostic::error("E0301", parts.2.span, message).and(parts.1.span, format!("`{}`", yes.ty));
            self.report(diagnostic);
            Type::Unknown
        });
        Typed { ty, label: label.join(yes.label).join(no.label) }
    }
}

/// Something computed of something computed of … for too long.
pub(crate) fn too_deep(span: Span) -> Diagnostic {
    let message =
        format!("this is computed through more than {} steps inside one another", limits::EVALUATION_DEPTH);
    Diagnostic::error("E0109", span, message).help("shorten the chain of `let`s that lead here")
}

fn circle(item: &Let, through: &[Span]) -> Diagnostic {
    let message = format!("`{}` is computed from itself", item.name.text);
    let mut diagnostic = Diagnostic::error("E0207", item.name.span, message);
    for span in through.iter().take(8) {
        diagnostic = diagnostic.and(*span, "through this");
    }
    diagnostic
}
