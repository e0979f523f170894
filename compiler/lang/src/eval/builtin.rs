//! The functions of the language, computed.

use std::cmp::Ordering;
use std::rc::Rc;

use super::Evaluator;
use super::fault::{Fault, Outcome};
use super::operator;
use super::value::Value;
use crate::diag::Diagnostic;
use crate::functions;
use crate::limits;
use crate::source::Span;
use crate::syntax::ast::BinaryOp;
use crate::types::{Kind, Type};

impl Evaluator<'_> {
    /// What a function of the language gives. `package` is the caller's, since it asks for a host.
    pub(super) fn builtin(&mut self, name: &str, arguments: &[Value], span: Span) -> Outcome<Value> {
        for argument in arguments {
            self.weigh(argument, span)?;
        }
        if self.identity && arguments.iter().any(Value::is_open) {
            let written: Vec<String> = arguments.iter().map(Value::written).collect();
            return Ok(Value::symbol(format!("{name}({})", written.join(", "))));
        }
        // Before it is made: a few letters can ask for gigabytes.
        self.spend(span, 0, size_of_result(name, arguments))?;
        let value = match (name, arguments) {
            ("min", values) => extreme(values, Ordering::Less),
            ("max", values) => extreme(values, Ordering::Greater),
            ("range", [Value::Number(_, to)]) => return self.range(0, *to, span),
            ("range", [Value::Number(_, from), Value::Number(_, to)]) => return self.range(*from, *to, span),
            ("version", [Value::Text(text)]) => return version(text, span),
            ("floor", [Value::Float(x)]) => return floor(*x, span),
            ("float", [Value::Number(_, n)]) => Some(Value::Float(*n as f64)),
            ("sum", [Value::List(items)]) => return sum(items, self.world.asked_type(span), span),
            ("replace", [Value::Text(text), Value::Text(part), Value::Text(_)]) if part.is_empty() => {
                Some(Value::Text(text.clone()))
            }
            ("replace", [Value::Text(text), Value::Text(part), Value::Text(by)]) => {
                Some(Value::text(text.replace(&**part, by)))
            }
            (name, [Value::List(items), rest @ ..]) => of_list(name, items, rest),
            (name, [Value::Text(text), rest @ ..]) => of_text(name, text, rest),
            _ => None,
        };
        let value = value.ok_or_else(|| Fault::internal(span))?;
        self.weigh(&value, span)?;
        Ok(value)
    }

    fn range(&mut self, from: i64, to: i64, span: Span) -> Outcome<Value> {
        let length = usize::try_from(to.saturating_sub(from).max(0)).unwrap_or(usize::MAX);
        let bytes = length.saturating_mul(size_of::<Value>());
        self.spend(span, u64::try_from(length).unwrap_or(u64::MAX), bytes)?;
        Ok(Value::List(Rc::new((from..to).map(|n| Value::Number(Kind::Int, n)).collect())))
    }
}

/// Bytes of what a function makes that is larger than what it is given.
fn size_of_result(name: &str, arguments: &[Value]) -> usize {
    let count = |text: &str, part: &str| if part.is_empty() { 0 } else { text.matches(part).count() };
    match (name, arguments) {
        ("replace", [Value::Text(text), Value::Text(part), Value::Text(by)]) => {
            count(text, part).saturating_mul(by.len())
        }
        ("split", [Value::Text(text), Value::Text(part)]) => {
            count(text, part).saturating_mul(limits::COPY_BYTES)
        }
        ("join", [Value::List(items), Value::Text(by)]) => items.len().saturating_mul(by.len()),
        _ => 0,
    }
}

fn version(text: &str, span: Span) -> Outcome<Value> {
    match functions::version(text) {
        Ok(version) => Ok(Value::Version(Rc::new(version))),
        Err(message) => {
            Err(Fault::new(Diagnostic::error("E0514", span, message).help(functions::VERSION_FORM)))
        }
    }
}

fn floor(x: f64, span: Span) -> Outcome<Value> {
    let whole = x.floor();
    // The numbers that both types hold exactly.
    let fits = (-9_007_199_254_740_992.0..=9_007_199_254_740_992.0).contains(&whole);
    if fits { Ok(Value::Number(Kind::Int, whole as i64)) } else { Err(operator::overflow(span)) }
}

fn sum(items: &[Value], ty: Option<Type>, span: Span) -> Outcome<Value> {
    let Some((first, rest)) = items.split_first() else {
        return Ok(match ty {
            Some(Type::Number(kind, _)) => Value::Number(kind, 0),
            Some(Type::Float) => Value::Float(0.0),
            _ => Value::Number(Kind::Int, 0),
        });
    };
    rest.iter().try_fold(first.clone(), |sum, item| operator::binary(BinaryOp::Add, &sum, item, span))
}

/// How two values of one ordered type compare.
fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(_, a), Value::Number(_, b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
        (Value::Version(a), Value::Version(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}

fn extreme(values: &[Value], wanted: Ordering) -> Option<Value> {
    let (first, rest) = values.split_first()?;
    Some(
        rest.iter()
            .fold(first, |best, value| if order(value, best) == wanted { value } else { best })
            .clone(),
    )
}

fn list(items: impl Iterator<Item = Value>) -> Value {
    Value::List(Rc::new(items.collect()))
}

fn of_list(name: &str, items: &[Value], rest: &[Value]) -> Option<Value> {
    let all = || items.iter().cloned();
    Some(match (name, rest) {
        ("first", []) => items.first().cloned().unwrap_or(Value::None),
        ("last", []) => items.last().cloned().unwrap_or(Value::None),
        ("reverse", []) => list(items.iter().rev().cloned()),
        ("present", []) => list(all().filter(|item| !matches!(item, Value::None))),
        ("flatten", []) => {
            let inner = items.iter().filter_map(|item| match item {
                Value::List(inner) => Some(inner.iter().cloned()),
                _ => None,
            });
            list(inner.flatten())
        }
        ("sort", []) => {
            let mut sorted: Vec<Value> = all().collect();
            sorted.sort_by(order);
            list(sorted.into_iter())
        }
        ("unique", []) => {
            let mut seen = std::collections::BTreeSet::new();
            list(all().filter(|item| seen.insert(item.written())))
        }
        ("contains", [wanted]) => Value::Bool(items.iter().any(|item| item.written() == wanted.written())),
        ("join", [Value::Text(separator)]) => {
            let shown = items.iter().map(Value::show).collect::<Option<Vec<String>>>()?;
            Value::text(shown.join(separator))
        }
        _ => return None,
    })
}

fn of_text(name: &str, text: &str, rest: &[Value]) -> Option<Value> {
    Some(match (name, rest) {
        ("lower", []) => Value::text(text.to_lowercase()),
        ("upper", []) => Value::text(text.to_uppercase()),
        ("trim", []) => Value::text(text.trim()),
        ("contains", [Value::Text(part)]) => Value::Bool(text.contains(&**part)),
        ("starts_with", [Value::Text(part)]) => Value::Bool(text.starts_with(&**part)),
        ("ends_with", [Value::Text(part)]) => Value::Bool(text.ends_with(&**part)),
        ("split", [Value::Text(separator)]) if separator.is_empty() => list([Value::text(text)].into_iter()),
        ("split", [Value::Text(separator)]) => list(text.split(&**separator).map(Value::text)),
        _ => return None,
    })
}
