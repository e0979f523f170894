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
        BinaryOp::Otherwise => None,
        BinaryOp::Or | BinaryOp::And => (*left == Type::Bool && *right == Type::Bool).then_some(Type::Bool),
        BinaryOp::Equal | BinaryOp::NotEqual => {
            (left.is_scalar() && right.is_scalar() && left.fits(right)).then_some(Type::Bool)
        }
        BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => {
            let ordered = matches!(left, Type::Number(..) | Type::Float);
            (ordered && left.fits(right)).then_some(Type::Bool)
        }
        BinaryOp::Add => match (left, right) {
            (Type::Text, Type::Text) => Some(Type::Text),
            (Type::List(_), Type::List(_)) => left.join(right),
            _ => sum(left, right),
        },
        BinaryOp::Subtract => sum(left, right),
        BinaryOp::Multiply => product(left, right),
        BinaryOp::Divide => quotient(left, right),
    }
}

fn unknown(op: BinaryOp, left: &Type, right: &Type) -> Type {
    match op {
        BinaryOp::Add | BinaryOp::Subtract => left.join(right).unwrap_or(Type::Unknown),
        BinaryOp::Multiply | BinaryOp::Divide => Type::Unknown,
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
        (kind, Kind::Int | Kind::Percent) | (Kind::Int | Kind::Percent, kind) => Some(kind),
        _ => None,
    }
}

fn quotient(left: &Type, right: &Type) -> Option<Type> {
    match (left, right) {
        (Type::Float, Type::Float) => Some(Type::Float),
        (Type::Number(a, _), Type::Number(Kind::Int, _)) => Some(Type::number(*a)),
        (Type::Number(a, _), Type::Number(b, _)) if a == b => Some(Type::INT),
        _ => None,
    }
}

/// Both sides, with what they are.
pub(super) fn mismatch(op: BinaryOp, sides: &(Expr, Expr), left: &Type, right: &Type) -> Diagnostic {
    let message = format!("`{}` does not apply to `{left}` and `{right}`", op.symbol());
    let diagnostic = Diagnostic::error("E0302", sides.0.span, message)
        .here(format!("`{left}`"))
        .and(sides.1.span, format!("`{right}`"));
    match (op, left, right) {
        (BinaryOp::Add, Type::Text, _) | (BinaryOp::Add, _, Type::Text) => {
            diagnostic.help("put values into strings by interpolation: `\"{value}\"`")
        }
        (BinaryOp::Multiply, Type::Number(..), Type::Float)
        | (BinaryOp::Multiply, Type::Float, Type::Number(..)) => {
            diagnostic.help("a part of something is a percentage: `memory * 70%`")
        }
        (_, Type::Number(..), Type::Number(..)) => diagnostic.help("both sides need the same unit"),
        _ => diagnostic,
    }
}
