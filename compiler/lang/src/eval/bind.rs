//! Holds a value against the type of where it goes: ranges, paths and URLs, which are judged by value.

use super::fault::{Fault, Outcome};
use super::value::Value;
use crate::check::{is_shaped, range_error, shape_error};
use crate::source::Span;
use crate::types::Type;

/// What a value is held against.
pub(super) struct Bound<'a> {
    pub(super) ty: &'a Type,
    /// Where that is declared.
    pub(super) declared: Span,
    /// The name under which messages speak of it.
    pub(super) name: &'a str,
}

/// Refuses a value outside its bounds, at the place where it is written.
pub(super) fn bind(value: &Value, bound: &Bound<'_>, span: Span) -> Outcome<()> {
    let part = |ty| Bound { ty, ..*bound };
    match (value, bound.ty) {
        (Value::Number(kind, n), Type::Number(_, range)) if !range.holds(*n) => {
            let what = format!("`{}`", bound.name);
            Err(Fault::new(range_error(span, *kind, *range, *n, &what, Some(bound.declared))))
        }
        (Value::Text(text), ty @ (Type::Path | Type::Url)) if !is_shaped(ty, text) => {
            Err(Fault::new(shape_error(span, ty, text)))
        }
        (Value::None, _) => Ok(()),
        (value, Type::Option(inner)) => bind(value, &part(inner), span),
        (Value::List(items), Type::List(element)) if is_bounded(element) => {
            items.iter().try_for_each(|item| bind(item, &part(element), span))
        }
        (Value::Record(fields), Type::Map(element)) if is_bounded(element) => {
            fields.iter().try_for_each(|(_, value)| bind(value, &part(element), span))
        }
        (Value::Record(fields), Type::Record(record)) if is_bounded(bound.ty) => {
            fields.iter().try_for_each(|(name, value)| match record.field(name) {
                Some(ty) => bind(value, &part(ty), span),
                None => Ok(()),
            })
        }
        _ => Ok(()),
    }
}

/// Whether a type refuses some values that fit it.
fn is_bounded(ty: &Type) -> bool {
    match ty {
        Type::Number(_, range) => range.low.is_some() || range.high.is_some(),
        Type::Path | Type::Url => true,
        Type::Option(of) | Type::List(of) | Type::Map(of) => is_bounded(of),
        Type::Record(record) => record.fields.iter().any(|(_, ty)| is_bounded(ty)),
        _ => false,
    }
}
