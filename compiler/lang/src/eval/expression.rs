//! Expressions to values.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::Evaluator;
use super::fault::{Fault, Outcome};
use super::operator;
use super::scope::{Names, Scope, Slot, State, Thunk};
use super::value::{End, Value};
use crate::check::{range_error, too_deep};
use crate::diag::Diagnostic;
use crate::limits;
use crate::resolve::{Definition, Item};
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, For, Name, Part};
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
            ExprKind::Rate(_)
            | ExprKind::None
            | ExprKind::Index(_)
            | ExprKind::Call(..)
            | ExprKind::Match(_)
            | ExprKind::Make(..) => return Err(Fault::internal(span)),
            ExprKind::If(parts) => {
                let Value::Bool(condition) = self.eval(&parts.0, scope)? else {
                    return Err(Fault::internal(span));
                };
                self.eval(if condition { &parts.1 } else { &parts.2 }, scope)?
            }
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
            (BinaryOp::And | BinaryOp::Or, _) => return self.eval(&sides.1, scope),
            _ => {}
        }
        let right = self.eval(&sides.1, scope)?;
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
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Expr(expr) => {
                    let value = self.eval(expr, scope)?;
                    let shown = value.show().ok_or_else(|| Fault::internal(expr.span))?;
                    // Before it is joined, so that a string doubled often enough is refused while it is small.
                    self.spend(span, 0, shown.len())?;
                    text.push_str(&shown);
                }
            }
        }
        self.spend(span, 0, text.len())?;
        Ok(Value::text(text))
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
            Item::Archive => Ok(Value::Archive(definition)),
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
        let result = match &slot.thunk {
            Thunk::Here(expr) => self.eval(expr, scope).and_then(|v| bind(v, slot, expr.span)),
            Thunk::In(expr, scope) => self.eval(expr, scope).and_then(|v| bind(v, slot, expr.span)),
            Thunk::Missing { host, span } => Err(Fault::new(missing(&slot.name, host, *span, asked))),
            Thunk::Ready => Err(Fault::internal(asked)),
        };
        slot.state.replace(result.as_ref().map_or(State::Failed, |value| State::Done(value.clone())));
        result
    }

    fn comprehension(&mut self, f: &'w For, scope: &Rc<Scope<'w>>) -> Outcome<Value> {
        let items: Vec<Value> = match self.eval(&f.list, scope)? {
            Value::List(items) => items.to_vec(),
            Value::Host(host) => self.replicas(host)?,
            _ => return Err(Fault::internal(f.list.span)),
        };
        let mut results = Vec::new();
        for item in items {
            let slot = Slot::ready(&f.name.text, item);
            let inner = Scope::inside(scope, BTreeMap::from([(f.name.text.clone(), slot)]));
            if let Some(condition) = &f.condition
                && matches!(self.eval(condition, &inner)?, Value::Bool(false))
            {
                continue;
            }
            self.spend(f.body.span, 1, size_of::<Value>())?;
            results.push(self.eval(&f.body, &inner)?);
        }
        Ok(Value::List(Rc::new(results)))
    }

    fn member(&mut self, of: &Value, name: &Name) -> Outcome<Value> {
        let internal = || Fault::internal(name.span);
        match of {
            Value::Record(fields) => {
                self.look(fields.len(), name.span)?;
                let found = fields.iter().find(|(field, _)| *field == name.text);
                found.map(|(_, v)| v.clone()).ok_or_else(internal)
            }
            Value::Host(host) => {
                let address = self.address(*host, None);
                self.instance(*host, &address, name)
            }
            Value::Replica(host, address) => self.instance(*host, address, name),
            Value::Instance(host, run, address) => self.end(*host, *run, address, name),
            Value::Endpoint(end) => self.endpoint(end, name),
            Value::List(items) => {
                Ok(Value::Number(Kind::Int, i64::try_from(items.len()).map_err(|_| internal())?))
            }
            Value::Number(kind, n) => {
                unit(*kind, &name.text).map(|u| Value::Number(Kind::Int, n / u)).ok_or_else(internal)
            }
            _ => Err(internal()),
        }
    }

    /// Charges for looking through members, of which there may be thousands.
    fn look(&mut self, members: usize, span: Span) -> Outcome<()> {
        self.spend(span, u64::try_from(members / limits::LOOKS).unwrap_or(u64::MAX), 0)
    }

    fn instance(&mut self, host: usize, address: &Rc<str>, name: &Name) -> Outcome<Value> {
        let declared = self.environment.hosts.get(host).ok_or_else(|| Fault::internal(name.span))?;
        self.look(declared.runs.len(), name.span)?;
        let run = declared.runs.iter().position(|run| run.name.text == name.text);
        run.map(|run| Value::Instance(host, run, address.clone())).ok_or_else(|| Fault::internal(name.span))
    }

    fn end(&mut self, host: usize, run: usize, address: &Rc<str>, name: &Name) -> Outcome<Value> {
        let internal = || Fault::internal(name.span);
        let component =
            self.hosts.get(host).and_then(|h| h.instances.get(run)).ok_or_else(internal)?.component;
        self.look(component.provides.len(), name.span)?;
        let endpoint =
            component.provides.iter().position(|p| p.name.text == name.text).ok_or_else(internal)?;
        let protocol = component.provides.get(endpoint).ok_or_else(internal)?.protocol.text.clone();
        Ok(Value::Endpoint(Rc::new(End { host, run, endpoint, protocol, address: address.clone() })))
    }

    fn endpoint(&mut self, end: &End, name: &Name) -> Outcome<Value> {
        Ok(match &*name.text {
            "host" => Value::Text(end.address.clone()),
            "protocol" => Value::text(&*end.protocol),
            "port" => Value::Number(Kind::Int, self.port(end.host, end.run, end.endpoint, name.span)?),
            _ => {
                let port = self.port(end.host, end.run, end.endpoint, name.span)?;
                Value::text(format!("{}:{port}", end.address))
            }
        })
    }
}

fn unit(kind: Kind, name: &str) -> Option<i64> {
    Some(match (kind, name) {
        (Kind::Size, "bytes") | (Kind::Duration, "milliseconds") => 1,
        (Kind::Size, "kib") => 1 << 10,
        (Kind::Size, "mib") => 1 << 20,
        (Kind::Size, "gib") => 1 << 30,
        (Kind::Duration, "seconds") => 1000,
        (Kind::Duration, "minutes") => 60_000,
        _ => return None,
    })
}

/// Holds a computed number against the range of where it goes.
fn bind(value: Value, slot: &Slot<'_>, span: Span) -> Outcome<Value> {
    if let (Value::Number(kind, n), Some((Type::Number(_, range), declared))) = (&value, &slot.bound)
        && !range.holds(*n)
    {
        let what = format!("`{}`", slot.name);
        return Err(Fault::new(range_error(span, *kind, *range, *n, &what, Some(*declared))));
    }
    Ok(value)
}

fn missing(name: &str, host: &str, span: Span, asked: Span) -> Diagnostic {
    Diagnostic::error("E0504", asked, format!("nobody says how much `{name}` host `{host}` has"))
        .here("needed here")
        .and(span, "the host")
        .help(format!("write `{name} = …` in the host, or `{host}.{name} = …` in the profile"))
}
