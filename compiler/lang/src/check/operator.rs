//! The dimension rules of operators.

use crate::diag::Diagnostic;
use crate::syntax::ast::{BinaryOp, Expr};
use crate::types::{Kind, Type};

/// The type of `left op right`, if there is one.
pub(super) fn binary(op: BinaryOp, left: &Type, right: &Type) -> Option<Type> {
    if matches!(left, Type::Unknown) || matches!(right, Type::Unknown) {
        return Some(unknown(op, left, right));
    }
    match op {
        BinaryOp::Otherwise => match left {
            Type::Option(inner) => inner.join(right),
            _ => None,
        },
        BinaryOp::Or | BinaryOp::And => (*left == Type::Bool && *right == Type::Bool).then_some(Type::Bool),
        BinaryOp::Equal | BinaryOp::NotEqual => {
            let (one, other) = (left.inner(), right.inner());
            (one.is_scalar() && other.is_scalar() && comparable(one, other)).then_some(Type::Bool)
        }
        BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => {
            let ordered = matches!(left, Type::Number(..) | Type::Float | Type::Version);
            (ordered && left.fits(right)).then_some(Type::Bool)
        }
        BinaryOp::Add => match (left, right) {
            (left, right) if left.is_text() && right.is_text() => Some(Type::Text),
            (Type::List(_), Type::List(_)) => left.join(right),
            _ => sum(left, right),
        },
        BinaryOp::Subtract => sum(left, right),
        BinaryOp::Multiply => product(left, right),
        BinaryOp::Divide => quotient(left, right),
    }
}

/// Whether two scalars can be equal: a string that a choice does not have is a mistake.
fn comparable(left: &Type, right: &Type) -> bool {
    match (left, right) {
        (Type::Literal(_), Type::Literal(_)) => true,
        (Type::Choice(one), Type::Choice(other)) => {
            one.values.iter().any(|value| other.values.contains(value))
        }
        (Type::Choice(_), Type::Literal(_)) => right.fits(left),
        (left, right) if left.is_text() && right.is_text() => left.fits(right) || right.fits(left),
        _ => left.fits(right),
    }
}

fn unknown(op: BinaryOp, left: &Type, right: &Type) -> Type {
    match op {
        BinaryOp::Add | BinaryOp::Subtract => left.join(right).unwrap_or(Type::Unknown),
        BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Otherwise => Type::Unknown,
        _ => Type::Bool,
    }
}

fn sum(left: &Type, right: &Type) -> Option<Type> {
    match (left, right) {
        (Type::Number(a, _), Type::Number(b, _)) if a == b => Some(Type::number(*a)),
        (Type::Float, Type::Float) => Some(Type::Float),
        _ => None,
    }
}

fn product(left: &Type, right: &Type) -> Option<Type> {
    match (left, right) {
        (Type::Float, Type::Float) => Some(Type::Float),
        (Type::Number(a, _), Type::Number(b, _)) => product_kind(*a, *b).map(Type::number),
        _ => None,
    }
}

/// A part of something is of its kind; nothing is a square of sizes.
pub(crate) fn product_kind(left: Kind, right: Kind) -> Option<Kind> {
    match (left, right) {
        (Kind::Percent, Kind::Percent) => None,
        (Kind::Rate, Kind::Duration) | (Kind::Duration, Kind::Rate) => Some(Kind::Size),
        (kind, Kind::Int | Kind::Percent) | (Kind::Int | Kind::Percent, kind) => Some(kind),
        _ => None,
    }
}

fn quotient(left: &Type, right: &Type) -> Option<Type> {
    match (left, right) {
        (Type::Float, Type::Float) => Some(Type::Float),
        (Type::Number(a, _), Type::Number(b, _)) => quotient_kind(*a, *b).map(Type::number),
        _ => None,
    }
}

/// How often one goes into the other, a part of something, or how much of it comes in a time.
pub(crate) fn quotient_kind(left: Kind, right: Kind) -> Option<Kind> {
    match (left, right) {
        (kind, Kind::Int) => Some(kind),
        (a, b) if a == b => Some(Kind::Int),
        (Kind::Size, Kind::Duration) => Some(Kind::Rate),
        (Kind::Size, Kind::Rate) => Some(Kind::Duration),
        _ => None,
    }
}

/// Both sides, with what they are.
pub(super) fn mismatch(op: BinaryOp, sides: &(Expr, Expr), left: &Type, right: &Type) -> Diagnostic {
    if let Some((secret, side)) =
        [(left, &sides.0), (right, &sides.1)].into_iter().find(|(ty, _)| ty.holds_secret())
    {
        return super::sink::secret_misused(side.span, &format!("`{}`", op.symbol()), secret);
    }
    let message = format!("`{}` does not apply to `{left}` and `{right}`", op.symbol());
    let diagnostic = Diagnostic::error("E0302", sides.0.span, message)
        .here(format!("`{left}`"))
        .and(sides.1.span, format!("`{right}`"));
    match (op, left, right) {
        (BinaryOp::Otherwise, left, _) if !matches!(left, Type::Option(_)) => {
            diagnostic.help(format!("`{left}` is never `none`: leave out `??` and what follows"))
        }
        (_, Type::Option(_), _) | (_, _, Type::Option(_)) => {
            diagnostic.help("it may be `none`: say what is meant then, as `(value ?? other)`")
        }
        (BinaryOp::Equal | BinaryOp::NotEqual, Type::Choice(_), Type::Literal(text)) => {
            diagnostic.help(format!("it is never `{text}`"))
        }
        (BinaryOp::Add, left, right) if left.is_text() || right.is_text() => {
            diagnostic.help("put values into strings by interpolation: `\"{value}\"`")
        }
        (BinaryOp::Multiply, Type::Number(..), Type::Float)
        | (BinaryOp::Multiply, Type::Float, Type::Number(..)) => {
            diagnostic.help("a part of something is a percentage: `memory * 70%`")
        }
        (_, Type::Version, _) | (_, _, Type::Version) => {
            diagnostic.help("a version is compared with a version: `version(\"1.2-3\")`")
        }
        (_, Type::Number(..), Type::Number(..)) => diagnostic.help("both sides need the same unit"),
        _ => diagnostic,
    }
}
