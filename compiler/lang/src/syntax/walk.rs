//! Going through the parts of an expression.

use super::ast::{Expr, ExprKind, Part};

impl Expr {
    /// The expressions directly inside this one, in the order in which they are written.
    pub(crate) fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Text(parts) => {
                let exprs = parts.iter().filter_map(|part| match part {
                    Part::Expr(expr) => Some(expr),
                    Part::Text(_) => None,
                });
                exprs.collect()
            }
            ExprKind::List(items) | ExprKind::Call(_, items) => items.iter().collect(),
            ExprKind::Record(fields) | ExprKind::Make(_, fields) => fields.iter().map(|f| &f.value).collect(),
            ExprKind::For(f) => {
                let all = f.key.iter().chain([&f.body, &f.list]).chain(&f.condition);
                all.collect()
            }
            ExprKind::Member(of, _) | ExprKind::Unary(_, of) => vec![of],
            ExprKind::Index(sides) | ExprKind::Binary(_, sides) => vec![&sides.0, &sides.1],
            ExprKind::Match(m) => {
                std::iter::once(&m.subject).chain(m.arms.iter().map(|arm| &arm.body)).collect()
            }
            ExprKind::If(parts) => vec![&parts.0, &parts.1, &parts.2],
            ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Size(_)
            | ExprKind::Duration(_)
            | ExprKind::Percent(_)
            | ExprKind::Rate(_)
            | ExprKind::None
            | ExprKind::Name(_) => Vec::new(),
        }
    }
}
