//! The dimension rules of operators.

use super::Checker;
use super::rule::Use;
use super::sink::secret_misused;
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
        BinaryOp::Equal | BinaryOp::NotEqual if is_none(left) || is_none(right) => {
            // Whether something is there can be asked of everything that may not be; of a secret that says nothing of it.
            let may =
                |ty: &Type| matches!(ty, Type::Option(of) if **of == Type::Secret || !of.holds_secret());
            (may(left) && may(right)).then_some(Type::Bool)
        }
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

/// The type of `none` itself.
fn is_none(ty: &Type) -> bool {
    matches!(ty, Type::Option(of) if **of == Type::Unknown)
}

/// Whether two scalars can be equal: a string that a choice does not have is a mistake.
fn comparable(left: &Type, right: &Type) -> bool {
    match (left, right) {
        (Type::Literal(_), Type::Literal(_)) => true,
        (Type::Choice(one), Type::Choice(other)) => one.values.iter().any(|value| other.has(value)),
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

impl Checker<'_> {
    /// Both sides, with what they are.
    pub(super) fn mismatch(
        &self,
        op: BinaryOp,
        sides: &(Expr, Expr),
        left: &Type,
        right: &Type,
    ) -> Diagnostic {
        let both = [(left, &sides.0), (right, &sides.1)];
        match both.into_iter().find(|(ty, _)| self.is_secret(Use::Operand, ty)) {
            Some((secret, side)) => secret_misused(side.span, &format!("`{}`", op.symbol()), secret),
            None => mismatch(op, sides, left, right),
        }
    }
}

fn mismatch(op: BinaryOp, sides: &(Expr, Expr), left: &Type, right: &Type) -> Diagnostic {
    let message = format!("`{}` does not apply to `{left}` and `{right}`", op.symbol());
    let diagnostic = Diagnostic::error("E0302", sides.0.span, message)
        .here(format!("`{left}`"))
        .and(sides.1.span, format!("`{right}`"));
    match mend(op, left, right) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

fn mend(op: BinaryOp, left: &Type, right: &Type) -> Option<String> {
    let equality = matches!(op, BinaryOp::Equal | BinaryOp::NotEqual);
    let help = match (op, left, right) {
        (BinaryOp::Otherwise, Type::Option(inner), _) => {
            return Some(format!("what stands for `none` is `{inner}`, too"));
        }
        (BinaryOp::Otherwise, left, _) => {
            return Some(format!("`{left}` is never `none`: leave out `??` and what follows"));
        }
        (_, ty, none) | (_, none, ty) if equality && is_none(none) && !matches!(ty, Type::Option(_)) => {
            return Some(format!("`{ty}` is never `none`"));
        }
        (_, left, right) if equality && matches!(left.inner(), Type::Choice(_)) => match right.inner() {
            Type::Literal(text) => return Some(format!("it is never `{text}`")),
            _ => return None,
        },
        (_, Type::Option(_), _) | (_, _, Type::Option(_)) => {
            "it may be `none`: say what is meant then, as `(value ?? other)`"
        }
        (BinaryOp::Add, left, right) if left.is_text() || right.is_text() => {
            "put values into strings by interpolation: `\"{value}\"`"
        }
        (BinaryOp::Add, Type::List(element), right) if right.fits(element) => {
            "a list is added to a list: put it into `[ ]`"
        }
        (BinaryOp::Multiply, Type::Number(..), Type::Float)
        | (BinaryOp::Multiply, Type::Float, Type::Number(..)) => {
            "a part of something is a percentage: `memory * 70%`"
        }
        (_, Type::Version, _) | (_, _, Type::Version) => {
            "a version is compared with a version: `version(\"1.2-3\")`"
        }
        (BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual, left, right)
            if left.is_text() && right.is_text() =>
        {
            "strings have no order here; versions have: `version(\"1.2-3\")`"
        }
        (_, Type::Number(Kind::Int, _), Type::Float) | (_, Type::Float, Type::Number(Kind::Int, _)) => {
            "make a float of the whole number: `float(n)`"
        }
        (BinaryOp::Multiply, Type::Number(..), Type::Number(..)) => {
            "multiply by a number or a percentage, or a rate by a duration"
        }
        (BinaryOp::Divide, Type::Number(..), Type::Number(..)) => {
            "divide by a number or by the same unit, or a size by a duration or a rate"
        }
        (_, Type::Number(..), Type::Number(..)) => "both sides need the same unit",
        _ => return None,
    };
    Some(help.to_owned())
}
