//! Operators on values: exact, checked, rounding towards zero.

use std::sync::Arc;

use std::rc::Rc;

use super::fault::{Fault, Outcome};
use super::value::Value;
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, UnaryOp};
use crate::types::Kind;

const WHOLE: i128 = 1_000_000;
/// Durations count milliseconds.
const SECOND: i128 = 1000;

/// `op of`
pub(super) fn unary(op: UnaryOp, of: &Value, span: Span) -> Outcome<Value> {
    match (op, of) {
        (UnaryOp::Not, Value::Symbol(of)) => Ok(Value::symbol(format!("(not {of})"))),
        (UnaryOp::Negate, Value::Symbol(of)) => Ok(Value::symbol(format!("(-{of})"))),
        (UnaryOp::Not, Value::Bool(b)) => Ok(Value::Bool(!b)),
        (UnaryOp::Negate, Value::Number(kind, n)) => number(*kind, -i128::from(*n), span),
        (UnaryOp::Negate, Value::Float(x)) => Ok(Value::Float(-x)),
        _ => Err(Fault::internal(span)),
    }
}

/// `left op right`; `and` and `or` are the caller's, since they need not look at the right.
pub(super) fn binary(op: BinaryOp, left: &Value, right: &Value, span: Span) -> Outcome<Value> {
    match (left, right) {
        (Value::Symbol(_), _) | (_, Value::Symbol(_)) => {
            Ok(Value::symbol(format!("({} {} {})", left.written(), op.symbol(), right.written())))
        }
        (Value::None, _) | (_, Value::None) => match op {
            BinaryOp::Equal => Ok(Value::Bool(matches!((left, right), (Value::None, Value::None)))),
            BinaryOp::NotEqual => Ok(Value::Bool(!matches!((left, right), (Value::None, Value::None)))),
            _ => Err(Fault::internal(span)),
        },
        (Value::Version(x), Value::Version(y)) => {
            compare(op, x.cmp(y)).map(Value::Bool).ok_or_else(|| Fault::internal(span))
        }
        (Value::Number(a, x), Value::Number(b, y)) => numbers(op, (*a, *x), (*b, *y), span),
        (Value::Float(x), Value::Float(y)) => floats(op, *x, *y, span),
        (Value::Text(x), Value::Text(y)) => texts(op, x, y, span),
        (Value::Bool(x), Value::Bool(y)) => match op {
            BinaryOp::Equal => Ok(Value::Bool(x == y)),
            BinaryOp::NotEqual => Ok(Value::Bool(x != y)),
            _ => Err(Fault::internal(span)),
        },
        (Value::List(x), Value::List(y)) if op == BinaryOp::Add => {
            Ok(Value::List(Rc::new(x.iter().chain(y.iter()).cloned().collect())))
        }
        _ => Err(Fault::internal(span)),
    }
}

fn texts(op: BinaryOp, x: &Arc<str>, y: &Arc<str>, span: Span) -> Outcome<Value> {
    match op {
        BinaryOp::Equal => Ok(Value::Bool(x == y)),
        BinaryOp::NotEqual => Ok(Value::Bool(x != y)),
        BinaryOp::Add => Ok(Value::text(format!("{x}{y}"))),
        _ => Err(Fault::internal(span)),
    }
}

fn numbers(op: BinaryOp, (a, x): (Kind, i64), (b, y): (Kind, i64), span: Span) -> Outcome<Value> {
    if let Some(truth) = compare(op, x.cmp(&y)) {
        return Ok(Value::Bool(truth));
    }
    let (wide, other) = (i128::from(x), i128::from(y));
    match op {
        BinaryOp::Add => number(a, wide + other, span),
        BinaryOp::Subtract => number(a, wide - other, span),
        BinaryOp::Multiply => {
            let kind = crate::check::product_kind(a, b).ok_or_else(|| Fault::internal(span))?;
            let part = (a == Kind::Percent || b == Kind::Percent) && kind != Kind::Percent;
            let timed = a == Kind::Rate && b == Kind::Duration || a == Kind::Duration && b == Kind::Rate;
            let scale = if part {
                WHOLE
            } else if timed {
                SECOND
            } else {
                1
            };
            // Two numbers of 64 bits have a product of 128.
            number(kind, wide * other / scale, span)
        }
        BinaryOp::Divide if y == 0 => {
            let diagnostic = Diagnostic::error("E0502", span, "division by zero")
                .help("test it first: `if n == 0 then … else …`");
            Err(Fault::new(diagnostic))
        }
        BinaryOp::Divide => {
            let kind = crate::check::quotient_kind(a, b).ok_or_else(|| Fault::internal(span))?;
            let timed = a == Kind::Size && matches!(b, Kind::Duration | Kind::Rate);
            number(kind, if timed { wide * SECOND / other } else { wide / other }, span)
        }
        _ => Err(Fault::internal(span)),
    }
}

fn floats(op: BinaryOp, x: f64, y: f64, span: Span) -> Outcome<Value> {
    if let Some(truth) = x.partial_cmp(&y).and_then(|ordering| compare(op, ordering)) {
        return Ok(Value::Bool(truth));
    }
    let result = match op {
        BinaryOp::Add => x + y,
        BinaryOp::Subtract => x - y,
        BinaryOp::Multiply => x * y,
        BinaryOp::Divide if y == 0.0 => {
            return Err(Fault::new(Diagnostic::error("E0502", span, "division by zero")));
        }
        BinaryOp::Divide => x / y,
        _ => return Err(Fault::internal(span)),
    };
    if result.is_finite() { Ok(Value::Float(result)) } else { Err(overflow(span)) }
}

fn compare(op: BinaryOp, ordering: std::cmp::Ordering) -> Option<bool> {
    Some(match op {
        BinaryOp::Equal => ordering.is_eq(),
        BinaryOp::NotEqual => ordering.is_ne(),
        BinaryOp::Less => ordering.is_lt(),
        BinaryOp::LessEqual => ordering.is_le(),
        BinaryOp::Greater => ordering.is_gt(),
        BinaryOp::GreaterEqual => ordering.is_ge(),
        _ => return None,
    })
}

fn number(kind: Kind, n: i128, span: Span) -> Outcome<Value> {
    i64::try_from(n).map(|n| Value::Number(kind, n)).map_err(|_| overflow(span))
}

pub(super) fn overflow(span: Span) -> Fault {
    let diagnostic = Diagnostic::error("E0501", span, "the result is too large")
        .help("numbers go up to 9223372036854775807, sizes up to that many bytes");
    Fault::new(diagnostic)
}
