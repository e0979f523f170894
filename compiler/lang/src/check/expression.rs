//! The type and label of each expression.

use std::sync::Arc;

use super::label::Label;
use super::rule::{To, Use, Way};
use super::scope::{Found, HERE, Scope};
use super::sink::secret_misused;
use super::{Checker, HOST, declared, operator, told_apart};
use crate::diag::Diagnostic;
use crate::functions;
use crate::limits;
use crate::nearest::suggestion;
use crate::resolve::Item;
use crate::source::Span;
use crate::syntax::MAKES;
use crate::syntax::ast::{Expr, ExprKind, Field, Let, Name, Part, UnaryOp};
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
        let label = self.of_type(typed.label, &typed.ty);
        match declared::bounded(typed.ty, expr.span) {
            Ok(ty) => Typed { ty, label },
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
            ExprKind::Rate(_) => Typed::identity(Type::number(Kind::Rate)),
            ExprKind::Float(_) => Typed::identity(Type::Float),
            ExprKind::None => Typed::identity(Type::option(Type::Unknown)),
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
                    let mismatch = self.mismatch(*op, sides, &left.ty, &right.ty);
                    self.report(mismatch);
                    Type::Unknown
                });
                let own = |label| self.carried(Way::Operand, label);
                Typed { ty, label: own(left.label).join(own(right.label)) }
            }
            ExprKind::If(parts) => self.conditional(parts, scope),
            ExprKind::Match(m) => self.matching(m, scope),
            ExprKind::Index(sides) => self.index(sides, scope),
            ExprKind::Call(name, arguments) => self.call(name, arguments, expr.span, scope),
            ExprKind::Make(kind, fields) => self.make(kind, fields, scope),
        }
    }

    fn text(&mut self, parts: &'w [Part], scope: &Scope<'_, 'w>) -> Typed {
        match parts {
            [] => return Typed::identity(Type::Literal("".into())),
            [Part::Text(text)] if text.len() <= LITERAL => {
                return Typed::identity(Type::Literal(text.clone()));
            }
            _ => {}
        }
        let mut label = Label::IDENTITY;
        for part in parts {
            if let Part::Expr(expr) = part {
                let typed = self.infer(expr, scope);
                if !typed.ty.is_scalar() {
                    self.report(if self.is_secret(Use::Text, &typed.ty) {
                        secret_misused(expr.span, "a string", &typed.ty)
                    } else {
                        not_shown(expr.span, &typed.ty)
                    });
                }
                label = label.join(self.carried(Way::Interpolation, typed.label));
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
                if let Some(builtin) = functions::named(name) {
                    let message = format!("`{name}` is a function, not a value");
                    let help = format!("call it: `{}`", builtin.form);
                    self.report(Diagnostic::error("E0301", span, message).help(help));
                } else if !self.full() {
                    let mut diagnostic = Diagnostic::error("E0201", span, format!("unknown name `{name}`"));
                    let names = scope.all_names(self.world);
                    let of_host = &**name == "replicas" || HOST.iter().any(|option| option.0 == &**name);
                    diagnostic.help = match crate::nearest::nearest(name, MAKES) {
                        _ if of_host && scope.lookup(HERE, self.world).is_some() => Some(format!(
                            "how much a host has, a component is told: declare `capacity {name}: …`, and set it where it is run"
                        )),
                        Some(kind) => Some(format!("did you mean `{kind} {{ … }}`?")),
                        None => suggestion(name, names.iter().map(|n| &**n)),
                    };
                    self.report(diagnostic);
                }
                Typed::unknown()
            }
        }
    }

    fn definition(&mut self, definition: crate::resolve::Definition, name: &str, span: Span) -> Typed {
        match definition.item {
            Item::Archive => return Typed::identity(Type::Archive),
            Item::Let => {
                let module = self.world.modules.get(definition.module);
                let item = module.and_then(|m| m.ast.lets.get(definition.index));
                let scope = Scope::module(definition.module);
                return item.map_or_else(Typed::unknown, |item| self.let_type(item, &scope));
            }
            _ => {}
        }
        let message = format!("`{name}` is {}, not a value", definition.item.describe());
        let mut diagnostic = Diagnostic::error("E0301", span, message).and(definition.span, "declared here");
        match definition.item {
            Item::Component => {
                diagnostic = diagnostic.help(format!("a host puts it to work: `run name = {name} {{ … }}`"));
            }
            Item::Function => diagnostic = diagnostic.help(format!("call it: `{name}(…)`")),
            _ => {}
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
        let typed = match item.ty.as_ref().map(|ty| self.declared(scope.home(), ty)) {
            Some(ty) => {
                let what = format!("`{}`", item.name.text);
                let label = self.sink(&item.value, scope, &ty, To::data(&what));
                Typed { ty, label }
            }
            None => self.infer(&item.value, scope),
        };
        self.path.pop();
        let label = self.carried(Way::Let, typed.label).through(item.name.span, &item.name.text);
        let typed = Typed { label, ..typed };
        self.lets.insert(item.name.span, Some(typed.clone()));
        typed
    }

    fn list(&mut self, items: &'w [Expr], scope: &Scope<'_, 'w>) -> Typed {
        let mut element = Type::Unknown;
        let mut label = Label::IDENTITY;
        let mut first: Option<Span> = None;
        for item in items {
            let typed = self.infer(item, scope);
            label = label.join(self.carried(Way::Element, typed.label));
            let Some(joined) = element.join(&typed.ty) else {
                let secret = [&typed.ty, &element].iter().any(|ty| self.is_secret(Use::Element, ty));
                let diagnostic = if secret {
                    secret_misused(item.span, "a list of other values", &typed.ty)
                } else {
                    elements_differ(item.span, &typed.ty, &element)
                };
                self.report(match first {
                    Some(first) => diagnostic.and(first, format!("`{element}` by this")),
                    None => diagnostic,
                });
                continue;
            };
            // Records of other fields each time make a type that grows with the list.
            match declared::bounded(joined, item.span) {
                Ok(joined) => element = joined,
                Err(diagnostic) => {
                    self.report(*diagnostic);
                    return Typed { ty: Type::Unknown, label };
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
            label = label.join(self.carried(Way::Field, typed.label));
            types.push((field.key.text.clone(), typed.ty));
        }
        Typed { ty: Type::record(types), label }
    }

    /// `map["key"]`
    fn index(&mut self, sides: &'w (Expr, Expr), scope: &Scope<'_, 'w>) -> Typed {
        let of = self.infer(&sides.0, scope);
        let key = self.infer(&sides.1, scope);
        let label = self.carried(Way::Indexed, of.label).join(self.carried(Way::Index, key.label));
        if self.is_secret(Use::Key, &key.ty) {
            self.report(secret_misused(sides.1.span, "a key", &key.ty));
            return Typed::unknown();
        }
        if !key.ty.fits(&Type::Text) {
            let message = format!("a key is a `String`, this is `{}`", key.ty);
            let mut diagnostic = Diagnostic::error("E0301", sides.1.span, message);
            if matches!(of.ty, Type::List(_)) {
                diagnostic =
                    diagnostic.help("elements of a list have no numbers: `first(list)`, `last(list)`");
            }
            self.report(diagnostic);
            return Typed::unknown();
        }
        let ty = match (&of.ty, &key.ty) {
            (Type::Unknown, _) => Type::Unknown,
            (Type::Map(value), _) => Type::option((**value).clone()),
            (Type::Record(record), Type::Literal(name)) if record.field(name).is_some() => {
                record.field(name).cloned().unwrap_or(Type::Unknown)
            }
            (Type::Record(record), Type::Literal(name)) => {
                let name = Name { text: name.clone(), span: sides.1.span };
                return self.no_member(&of.ty, &name, record.fields.iter().map(|(field, _)| &**field));
            }
            (other, _) => {
                let message = format!("a key is taken of a map, this is `{other}`");
                let diagnostic = Diagnostic::error("E0301", sides.0.span, message);
                self.report(match other {
                    Type::Option(_) => {
                        diagnostic.help("say what is meant instead of `none`: `(map ?? {})[…]`")
                    }
                    Type::List(_) => {
                        diagnostic.help("elements of a list have no keys: `first(list)`, or go through it")
                    }
                    Type::Record(_) => diagnostic.help("a field is named as it stands: `record.field`"),
                    _ => diagnostic,
                });
                Type::Unknown
            }
        };
        Typed { ty, label }
    }

    pub(super) fn condition(&mut self, expr: &'w Expr, scope: &Scope<'_, 'w>) -> Label {
        self.sink(expr, scope, &Type::Bool, To::data("a condition"))
    }

    fn unary(&mut self, op: UnaryOp, of: &'w Expr, scope: &Scope<'_, 'w>) -> Typed {
        let typed = self.infer(of, scope);
        let fits = match op {
            UnaryOp::Not => typed.ty.fits(&Type::Bool),
            UnaryOp::Negate => matches!(typed.ty, Type::Number(..) | Type::Float | Type::Unknown),
        };
        if fits {
            return Typed { label: self.carried(Way::Negated, typed.label), ..typed };
        }
        let symbol = if op == UnaryOp::Not { "not" } else { "-" };
        if self.is_secret(Use::Negated, &typed.ty) {
            self.report(secret_misused(of.span, &format!("`{symbol}`"), &typed.ty));
            return Typed::unknown();
        }
        self.report(Diagnostic::error(
            "E0302",
            of.span,
            format!("`{symbol}` does not apply to `{}`", typed.ty),
        ));
        Typed::unknown()
    }

    fn conditional(&mut self, parts: &'w (Expr, Expr, Expr), scope: &Scope<'_, 'w>) -> Typed {
        let label = self.condition(&parts.0, scope);
        let label = self.carried(Way::Condition, label);
        let (yes, no) = (self.infer(&parts.1, scope), self.infer(&parts.2, scope));
        let ty = yes.ty.join(&no.ty).unwrap_or_else(|| {
            let message = format!("`then` gives `{}`, `else` gives `{}`", yes.ty, no.ty);
            let diagnostic =
                Diagnostic::error("E0301", parts.2.span, message).and(parts.1.span, format!("`{}`", yes.ty));
            self.report(told_apart(diagnostic, &no.ty, &yes.ty));
            Type::Unknown
        });
        let branch = |label| self.carried(Way::Branch, label);
        Typed { ty, label: label.join(branch(yes.label)).join(branch(no.label)) }
    }
}

fn elements_differ(span: Span, found: &Type, element: &Type) -> Diagnostic {
    let message = format!("a list holds one type: this is `{found}`, not `{element}`");
    told_apart(Diagnostic::error("E0301", span, message), found, element)
}

/// Longer strings are nobody's choice, and are not kept for their type.
const LITERAL: usize = 256;

fn not_shown(span: Span, ty: &Type) -> Diagnostic {
    let diagnostic = Diagnostic::error("E0301", span, format!("a string cannot hold `{ty}`"));
    match ty {
        Type::Endpoint(_) => diagnostic.help("take its `.address`, `.host` or `.port`"),
        Type::Option(_) => diagnostic.help("say what stands there instead of `none`: `value ?? \"\"`"),
        Type::List(_) => diagnostic.help("make one string of it: `join(list, \", \")`"),
        Type::Package => diagnostic.help("take its `.name` or `.version`"),
        _ => diagnostic,
    }
}

/// Something computed of something computed of … for too long.
pub(crate) fn too_deep(span: Span) -> Diagnostic {
    let message =
        format!("this is computed through more than {} steps inside one another", limits::EVALUATION_DEPTH);
    Diagnostic::error("E0109", span, message).help("shorten the chain of `let`s and calls that leads here")
}

fn circle(item: &Let, through: &[Span]) -> Diagnostic {
    let message = format!("`{}` is computed from itself", item.name.text);
    let mut diagnostic = Diagnostic::error("E0207", item.name.span, message);
    for span in through.iter().take(8) {
        diagnostic = diagnostic.and(*span, "through this");
    }
    diagnostic
}
