//! Holds a value against the type of where it goes: ranges, paths and URLs, which are judged by value.

use super::Evaluator;
use super::fault::{Fault, Outcome};
use super::value::Value;
use crate::check::{is_shaped, range_error, shape_error};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind};
use crate::types::Type;

/// What a value is held against.
pub(super) struct Bound<'a> {
    pub(super) ty: &'a Type,
    /// Where that is declared.
    pub(super) declared: Span,
    /// The name under which messages speak of it.
    pub(super) name: &'a str,
    /// Whether it is an element of what has the name.
    element: bool,
}

impl<'a> Bound<'a> {
    pub(super) fn new(name: &'a str, ty: &'a Type, declared: Span) -> Self {
        Self { ty, declared, name, element: false }
    }

    fn what(&self) -> String {
        if self.element { format!("an element of `{}`", self.name) } else { format!("`{}`", self.name) }
    }
}

impl Evaluator<'_> {
    /// Refuses a value outside its bounds, at the place where it is written; of a list or record, that of the part. Parts
    /// that are shared are looked at each time, so each look is charged.
    pub(super) fn bind(&mut self, value: &Value, bound: &Bound<'_>, expr: &Expr) -> Outcome<()> {
        let declared = bound.declared;
        match (value, bound.ty) {
            (Value::Number(kind, n), Type::Number(_, range)) if !range.holds(*n) => {
                let what = bound.what();
                Err(Fault::new(range_error(expr.span, *kind, *range, *n, &what, Some(declared))))
            }
            (Value::Text(text), ty @ (Type::Path | Type::Url)) if !is_shaped(ty, text) => {
                Err(Fault::new(shape_error(expr.span, ty, text, Some(declared))))
            }
            (Value::None, _) => Ok(()),
            (value, Type::Option(inner)) => self.bind(value, &Bound { ty: inner, ..*bound }, expr),
            (Value::List(items), Type::List(element)) if is_bounded(element) => {
                let bound = Bound { ty: element, element: true, ..*bound };
                items.iter().enumerate().try_for_each(|(index, item)| {
                    self.spend(expr.span, 1, 0)?;
                    self.bind(item, &bound, item_of(expr, index))
                })
            }
            (Value::Record(fields), ty @ (Type::Map(_) | Type::Record(_))) if is_bounded(ty) => {
                fields.iter().try_for_each(|(name, value)| {
                    self.spend(expr.span, 1, 0)?;
                    match entry_type(ty, name) {
                        Some(ty) => self.bind(value, &Bound::new(name, ty, declared), field_of(expr, name)),
                        None => Ok(()),
                    }
                })
            }
            _ => Ok(()),
        }
    }
}

/// The type of an entry of a map, or of a field of a record.
fn entry_type<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    match ty {
        Type::Map(entry) => Some(entry),
        Type::Record(record) => record.field(name),
        _ => None,
    }
}

/// Where an element is written, if the list is.
fn item_of(expr: &Expr, index: usize) -> &Expr {
    match &expr.kind {
        ExprKind::List(items) => items.get(index).unwrap_or(expr),
        _ => expr,
    }
}

/// Where a field is written, if the record is.
fn field_of<'e>(expr: &'e Expr, name: &str) -> &'e Expr {
    super::render::written(expr, name).unwrap_or(expr)
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
