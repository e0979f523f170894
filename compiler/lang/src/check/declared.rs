//! Types as written, to types.

use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::limits;
use crate::nearest::suggestion;
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, RangeExpr, TypeExpr};
use crate::types::{Kind, Range, Type};

const NAMES: [&str; 8] = ["Bool", "Int", "Float", "String", "Size", "Duration", "Percent", "List"];

/// The type that a declaration writes.
///
/// # Errors
/// An unknown name, a range where none can be, a range of another unit.
pub(crate) fn declared(ty: &TypeExpr) -> Result<Type, Box<Diagnostic>> {
    if ty.name.text.is_empty() {
        let mut fields: Vec<(Arc<str>, Type)> = Vec::new();
        for (name, ty) in &ty.fields {
            fields.push((name.text.clone(), declared(ty)?));
        }
        return bounded(Type::record(fields), ty.span);
    }
    let kind = match &*ty.name.text {
        "Int" => Kind::Int,
        "Size" => Kind::Size,
        "Duration" => Kind::Duration,
        "Percent" => Kind::Percent,
        _ => return plain(ty),
    };
    if !ty.arguments.is_empty() {
        return Err(takes_none(ty));
    }
    Ok(Type::Number(
        kind,
        ty.range.as_ref().map(|r| range(r, kind, ty.span)).transpose()?.unwrap_or_default(),
    ))
}

fn plain(ty: &TypeExpr) -> Result<Type, Box<Diagnostic>> {
    if ty.range.is_some() {
        let message = format!("`{}` takes no range", ty.name.text);
        return Err(Box::new(
            Diagnostic::error("E0307", ty.span, message).help("Int, Size, Duration and Percent do"),
        ));
    }
    match (&*ty.name.text, ty.arguments.as_slice()) {
        ("Bool", []) => Ok(Type::Bool),
        ("Float", []) => Ok(Type::Float),
        ("String", []) => Ok(Type::Text),
        ("List", [element]) => bounded(Type::list(declared(element)?), ty.span),
        ("List", _) => {
            let message = "`List` takes one type";
            Err(Box::new(
                Diagnostic::error("E0307", ty.span, message).help("write `List<String>`, for example"),
            ))
        }
        (name, _) if NAMES.contains(&name) => Err(takes_none(ty)),
        (name, _) => {
            let mut diagnostic = Diagnostic::error("E0307", ty.name.span, format!("unknown type `{name}`"));
            diagnostic.help = suggestion(name, NAMES);
            Err(Box::new(diagnostic))
        }
    }
}

fn takes_none(ty: &TypeExpr) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("E0307", ty.span, format!("`{}` takes no type", ty.name.text)))
}

/// Refuses a type whose parts are too many.
pub(crate) fn bounded(ty: Type, span: Span) -> Result<Type, Box<Diagnostic>> {
    if ty.size() <= limits::TYPE_SIZE {
        return Ok(ty);
    }
    let message = format!("a type has at most {} parts", limits::TYPE_SIZE);
    Err(Box::new(Diagnostic::error("E0109", span, message).help("split the value")))
}

fn range(range: &RangeExpr, kind: Kind, span: Span) -> Result<Range, Box<Diagnostic>> {
    let low = range.low.as_ref().map(|e| bound(e, kind)).transpose()?;
    let mut high = range.high.as_ref().map(|e| bound(e, kind)).transpose()?;
    if !range.inclusive {
        high = high.map(|h| h.saturating_sub(1));
    }
    if let (Some(low), Some(high)) = (low, high)
        && low > high
    {
        return Err(Box::new(Diagnostic::error("E0307", span, "no number is in this range")));
    }
    Ok(Range { low, high })
}

fn bound(expr: &Expr, kind: Kind) -> Result<i64, Box<Diagnostic>> {
    match number(&expr.kind) {
        Some((found, n)) if found == kind => Ok(n),
        _ => {
            let message = format!("the range of a `{kind:?}` is bounded by `{kind:?}` literals");
            Err(Box::new(Diagnostic::error("E0307", expr.span, message)))
        }
    }
}

/// The value of a number literal.
pub(crate) fn number(kind: &ExprKind) -> Option<(Kind, i64)> {
    match kind {
        ExprKind::Int(n) => Some((Kind::Int, *n)),
        ExprKind::Size(n) => Some((Kind::Size, *n)),
        ExprKind::Duration(n) => Some((Kind::Duration, *n)),
        ExprKind::Percent(n) => Some((Kind::Percent, *n)),
        _ => None,
    }
}
