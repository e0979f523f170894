//! Expressions to values.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::Evaluator;
use super::bind::Bound;
use super::fault::{Fault, Outcome};
use super::operator;
use super::scope::{HERE, Names, Scope, Slot, State, Thunk};
use super::value::{self, ArchiveValue, Value};
use crate::check::{declared, too_deep};
use crate::diag::Diagnostic;
use crate::functions;
use crate::limits;
use crate::resolve::{Definition, Item};
use crate::source::Span;
use crate::syntax::ast::{Arm, BinaryOp, Expr, ExprKind, Match, Name, Part, Pattern, PatternKind};
use crate::types::{Kind, Type};

impl<'w> Evaluator<'w> {
    /// The value of an expression.
    pub(super) fn eval(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<Value> {
        self.spend(expr.span, 1, 0)?;
        if self.depth >= limits::EVALUATION_DEPTH {
            return Err(Fault::new(too_deep(expr.span)));
        }
        self.depth += 1;
        let value = self.eval_kind(expr, scope);
        self.depth -= 1;
        value
    }

    /// Charges work and memory against the limits of the language.
    pub(super) fn spend(&mut self, span: Span, steps: u64, bytes: usize) -> Outcome<()> {
        let spent = &mut self.spent;
        spent.steps += steps;
        spent.bytes = spent.bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if spent.steps <= limits::STEPS && spent.bytes <= limits::BYTES {
            return Ok(());
        }
        if std::mem::replace(&mut spent.exhausted, true) {
            return Err(Fault::Known);
        }
        let diagnostic = Diagnostic::error("E0508", span, "the description computes too much")
            .note("work and memory are limited alike on every machine");
        Err(Fault::new(diagnostic))
    }

    fn eval_kind(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<Value> {
        let span = expr.span;
        Ok(match &expr.kind {
            ExprKind::Bool(b) => Value::Bool(*b),
            ExprKind::Int(n) => Value::Number(Kind::Int, *n),
            ExprKind::Size(n) => Value::Number(Kind::Size, *n),
            ExprKind::Duration(n) => Value::Number(Kind::Duration, *n),
            ExprKind::Percent(n) => Value::Number(Kind::Percent, *n),
            ExprKind::Float(x) => Value::Float(*x),
            ExprKind::Text(parts) => self.text(parts, span, scope)?,
            ExprKind::Name(name) => self.name(name, span, scope)?,
            ExprKind::List(items) => {
                self.spend(span, 0, items.len() * size_of::<Value>())?;
                Value::List(Rc::new(items.iter().map(|item| self.eval(item, scope)).collect::<Outcome<_>>()?))
            }
            ExprKind::Record(fields) => {
                let mut record = Vec::with_capacity(fields.len());
                for field in fields {
                    record.push((field.key.text.clone(), self.eval(&field.value, scope)?));
                }
                Value::Record(Rc::new(record))
            }
            ExprKind::For(f) => self.comprehension(f, scope)?,
            ExprKind::Member(of, name) => {
                let of = self.eval(of, scope)?;
                self.member(&of, name)?
            }
            ExprKind::Unary(op, of) => operator::unary(*op, &self.eval(of, scope)?, span)?,
            ExprKind::Binary(op, sides) => self.binary(*op, sides, span, scope)?,
            ExprKind::Rate(n) => Value::Number(Kind::Rate, *n),
            ExprKind::None => Value::None,
            ExprKind::Index(sides) => {
                let of = self.eval(&sides.0, scope)?;
                let key = self.eval(&sides.1, scope)?;
                self.entry(&of, &key, span)?
            }
            ExprKind::Call(name, arguments) => self.call(name, arguments, span, scope)?,
            ExprKind::Match(m) => self.matching(m, scope)?,
            ExprKind::Make(kind, fields) => self.make(kind, fields, scope)?,
            ExprKind::If(parts) => match self.eval(&parts.0, scope)? {
                Value::Bool(true) => self.eval(&parts.1, scope)?,
                Value::Bool(false) => self.eval(&parts.2, scope)?,
                Value::Symbol(condition) => {
                    let (yes, no) = (self.either(&parts.1, scope)?, self.either(&parts.2, scope)?);
                    Value::symbol(format!("(if {condition} then {yes} else {no})"))
                }
                _ => return Err(Fault::internal(span)),
            },
        })
    }

    fn binary(
        &mut self,
        op: BinaryOp,
        sides: &'w (Expr, Expr),
        span: Span,
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<Value> {
        let left = self.eval(&sides.0, scope)?;
        match (op, &left) {
            (BinaryOp::And, Value::Bool(false)) | (BinaryOp::Or, Value::Bool(true)) => return Ok(left),
            (BinaryOp::And | BinaryOp::Or, Value::Bool(_)) => return self.eval(&sides.1, scope),
            (BinaryOp::Otherwise, Value::None) => return self.eval(&sides.1, scope),
            (BinaryOp::And | BinaryOp::Or | BinaryOp::Otherwise, Value::Symbol(left)) => {
                let right = self.either(&sides.1, scope)?;
                return Ok(Value::symbol(format!("({left} {} {right})", op.symbol())));
            }
            (BinaryOp::Otherwise, _) => return Ok(left),
            _ => {}
        }
        let right = self.eval(&sides.1, scope)?;
        if let (Value::Text(left), Value::Text(right)) = (&left, &right) {
            self.look(left.len().min(right.len()) / limits::LOOKS, span)?;
        }
        if left.is_symbol() || right.is_symbol() {
            // The other side is written out.
            self.weigh(&left, span)?;
            self.weigh(&right, span)?;
        }
        let value = operator::binary(op, &left, &right, span)?;
        let bytes = match &value {
            Value::Text(text) => text.len(),
            Value::List(items) => items.len() * size_of::<Value>(),
            _ => 0,
        };
        self.spend(span, 0, bytes)?;
        Ok(value)
    }

    fn text(&mut self, parts: &'w [Part], span: Span, scope: &Rc<Scope<'w>>) -> Outcome<Value> {
        if let ([Part::Text(text)], false) = (parts, self.identity) {
            self.spend(span, 0, text.len())?;
            return Ok(Value::Text(text.clone()));
        }
        let mut text = String::new();
        // The same for the identity form, with what capacities reach told from the rest.
        let (mut marked, mut symbolic) = (String::new(), false);
        for part in parts {
            match part {
                Part::Text(part) => {
                    text.push_str(part);
                    if self.identity {
                        marked.push_str(&value::marked(part));
                    }
                }
                Part::Expr(expr) => {
                    let value = self.eval(expr, scope)?;
                    let shown = value.shown().ok_or_else(|| Fault::internal(expr.span))?;
                    // Before it is joined, so that a string doubled often enough is refused while it is small.
                    self.spend(span, 0, shown.len())?;
                    text.push_str(&shown);
                    symbolic |= value.is_symbol();
                    if self.identity {
                        marked.push_str(&value.marked().show().unwrap_or_default());
                    }
                }
            }
        }
        self.spend(span, 0, text.len())?;
        Ok(if symbolic { Value::symbol(format!("{marked:?}")) } else { Value::text(text) })
    }

    fn name(&mut self, name: &Arc<str>, span: Span, scope: &Rc<Scope<'w>>) -> Outcome<Value> {
        let mut at = Some(scope);
        while let Some(here) = at {
            match &here.names {
                Names::Own(names) => {
                    if let Some(slot) = names.get(name) {
                        return self.force(slot, here, span);
                    }
                }
                Names::Module(module) => {
                    if let Some(definition) = self.world.lookup(*module, name) {
                        return self.definition(definition, span);
                    }
                }
            }
            at = here.parent.as_ref();
        }
        Err(Fault::internal(span))
    }

    fn definition(&mut self, definition: Definition, span: Span) -> Outcome<Value> {
        match definition.item {
            Item::Archive => Ok(Value::Archive(ArchiveValue::Declared(definition))),
            Item::Let => {
                let slot = self.module_let(definition).ok_or_else(|| Fault::internal(span))?;
                let scope = self.module(definition.module);
                self.force(&slot, &scope, span)
            }
            _ => Err(Fault::internal(span)),
        }
    }

    /// The value of a slot, computed now if it has not been.
    pub(super) fn force(&mut self, slot: &Slot<'w>, scope: &Rc<Scope<'w>>, asked: Span) -> Outcome<Value> {
        let state = slot.state.borrow().clone();
        match state {
            State::Done(value) => return Ok(value),
            State::Failed => return Err(Fault::Known),
            State::Busy => {
                let message = format!("`{}` is computed from itself", slot.name);
                return Err(Fault::new(Diagnostic::error("E0207", asked, message)));
            }
            State::Todo => {}
        }
        slot.state.replace(State::Busy);
        // What it comes to is the same whoever asks first.
        let bound = std::mem::take(&mut self.bound);
        let result = match &slot.thunk {
            Thunk::Here(expr) => self.eval(expr, scope).and_then(|v| self.held(v, slot, expr)),
            Thunk::In(expr, scope) => self.eval(expr, scope).and_then(|v| self.held(v, slot, expr)),
            Thunk::Missing { host, span } => Err(Fault::new(missing(&slot.name, host, *span, asked))),
            Thunk::Ready => Err(Fault::internal(asked)),
        };
        self.bound = bound;
        slot.state.replace(result.as_ref().map_or(State::Failed, |value| State::Done(value.clone())));
        result
    }

    /// A computed value that keeps to the bounds of its slot.
    fn held(&mut self, value: Value, slot: &Slot<'_>, expr: &Expr) -> Outcome<Value> {
        if let Some((ty, declared)) = &slot.bound {
            self.bind(&value, &Bound::new(&slot.name, ty, *declared), expr)?;
        }
        Ok(value)
    }

    /// What may or may not be asked for, in the identity form: its value, or that it fails.
    pub(super) fn perhaps(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<Value> {
        match self.eval(expr, scope) {
            // Then there is no identity form, rather than one that lacks something.
            Err(fault) if self.spent.exhausted() || fault.is_internal() => Err(fault),
            Err(fault) => {
                if let Fault::New(diagnostic) = fault
                    && self.untold.len() < limits::ERRORS
                {
                    self.untold.push(*diagnostic);
                }
                Ok(Value::symbol("a fault"))
            }
            Ok(value) => Ok(value),
        }
    }

    /// The same as it is written.
    pub(super) fn either(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<String> {
        let value = self.perhaps(expr, scope)?;
        self.written(&value, expr.span)
    }

    /// A value as the language writes it, where a capacity is computed with it.
    pub(super) fn written(&mut self, value: &Value, span: Span) -> Outcome<String> {
        self.weigh(value, span)?;
        Ok(value.written())
    }

    fn matching(&mut self, m: &'w Match, scope: &Rc<Scope<'w>>) -> Outcome<Value> {
        let subject = self.eval(&m.subject, scope)?;
        if let Value::Symbol(text) = &subject {
            let mut written = format!("match {text} {{ ");
            for arm in &m.arms {
                let inner = arm_scope(arm, &subject, scope);
                let patterns: Vec<String> = arm.patterns.iter().map(Pattern::written).collect();
                let patterns = patterns.join(" | ");
                written += &format!("{patterns} => {}, ", self.either(&arm.body, &inner)?);
            }
            return Ok(Value::symbol(written + "}"));
        }
        let mut looked = 0;
        for arm in &m.arms {
            looked += arm.patterns.len() + weight(&subject, arm);
            if arm.patterns.iter().any(|pattern| meets(&subject, &pattern.kind)) {
                self.look(looked, m.subject.span)?;
                let inner = arm_scope(arm, &subject, scope);
                return self.eval(&arm.body, &inner);
            }
        }
        Err(Fault::internal(m.subject.span))
    }

    fn call(
        &mut self,
        name: &'w Name,
        arguments: &'w [Expr],
        span: Span,
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<Value> {
        let mut given = Vec::with_capacity(arguments.len());
        for argument in arguments {
            given.push(self.eval(argument, scope)?);
        }
        if functions::named(&name.text).is_some() {
            if let ("package", [Value::Text(package)]) = (&*name.text, given.as_slice()) {
                let host = self.here(scope).ok_or_else(|| Fault::internal(span))?;
                return Ok(Value::Package(package.clone(), host));
            }
            return self.builtin(&name.text, &given, span);
        }
        let world = self.world;
        let (home, function) =
            world.function(home(scope), &name.text).ok_or_else(|| Fault::internal(name.span))?;
        let mut names = BTreeMap::new();
        for ((value, argument), (param, ty)) in given.into_iter().zip(arguments).zip(&function.params) {
            let ty = declared(world, home, ty).unwrap_or(Type::Unknown);
            self.bind(&value, &Bound::new(&param.text, &ty, param.span), argument)?;
            names.insert(param.text.clone(), Slot::ready(&param.text, value));
        }
        let inner = Scope::inside(&self.module(home), names);
        let ty = declared(world, home, &function.result).unwrap_or(Type::Unknown);
        let bound = Bound::new(&function.name.text, &ty, function.result.span);
        let value = self.eval(&function.body, &inner);
        let value = value.and_then(|value| self.bind(&value, &bound, &function.body).map(|()| value));
        value.map_err(|fault| fault.called_at(span))
    }

    /// The host that a scope is in.
    fn here(&self, scope: &Rc<Scope<'w>>) -> Option<usize> {
        let mut at = Some(scope);
        while let Some(scope) = at {
            if let Names::Own(names) = &scope.names
                && let Some(Slot { state, .. }) = names.get(HERE)
                && let State::Done(Value::Host(host)) = &*state.borrow()
            {
                return Some(*host);
            }
            at = scope.parent.as_ref();
        }
        None
    }
}

/// The scope of an arm of a `match`: its names are what was matched.
fn arm_scope<'w>(arm: &'w Arm, subject: &Value, scope: &Rc<Scope<'w>>) -> Rc<Scope<'w>> {
    let mut names = BTreeMap::new();
    for pattern in &arm.patterns {
        if let PatternKind::Any(Some(name)) = &pattern.kind {
            names.insert(name.text.clone(), Slot::ready(&name.text, subject.clone()));
        }
    }
    Scope::inside(scope, names)
}

/// Letters that the patterns of an arm have to be compared with.
fn weight(subject: &Value, arm: &Arm) -> usize {
    let Value::Text(text) = subject else { return 0 };
    let letters = |pattern: &crate::syntax::ast::Pattern| match &pattern.kind {
        PatternKind::Text(wanted) if wanted.len() == text.len() => text.len() / limits::LOOKS,
        _ => 0,
    };
    arm.patterns.iter().map(letters).sum()
}

fn meets(value: &Value, pattern: &PatternKind) -> bool {
    match (value, pattern) {
        (_, PatternKind::Any(_)) => true,
        (Value::Text(text), PatternKind::Text(wanted)) => **text == **wanted,
        (Value::Number(_, n), PatternKind::Int(wanted)) => n == wanted,
        (Value::Bool(b), PatternKind::Bool(wanted)) => b == wanted,
        (value, PatternKind::None) => matches!(value, Value::None),
        _ => false,
    }
}

/// The module at the end of a scope's chain.
fn home(scope: &Rc<Scope<'_>>) -> usize {
    let mut at = Some(scope);
    while let Some(here) = at {
        if let Names::Module(module) = &here.names {
            return *module;
        }
        at = here.parent.as_ref();
    }
    0
}

fn missing(name: &str, host: &str, span: Span, asked: Span) -> Diagnostic {
    Diagnostic::error("E0504", asked, format!("nobody says how much `{name}` host `{host}` has"))
        .here("needed here")
        .and(span, "the host")
        .help(format!("write `{name} = …` in the host, or `{host}.{name} = …` in the profile"))
}
