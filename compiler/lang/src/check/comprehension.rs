//! `[… for …]`: what is gone through, and what comes of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Checker;
use super::expression::Typed;
use super::label::{Label, Level};
use super::rule::{Origin, To, Way};
use super::scope::{Entry, Scope};
use crate::diag::Diagnostic;
use crate::syntax::ast::For;
use crate::types::Type;

impl<'w> Checker<'w> {
    pub(super) fn comprehension(&mut self, f: &'w For, scope: &Scope<'_, 'w>) -> Typed {
        let list = self.infer(&f.list, scope);
        let (element, label) = self.element(f, list);
        let mut names = BTreeMap::from([(f.name.text.clone(), Entry::Known(element.0))]);
        if let (Some(second), Some(value)) = (&f.second, element.1) {
            names.insert(second.text.clone(), Entry::Known(value));
        }
        let inner = scope.inside(names);
        let body = self.infer(&f.body, &inner);
        let mut label = label.join(self.carried(Way::Body, body.label));
        if let Some(key) = &f.key {
            let key = self.sink(key, &inner, &Type::Text, To::data("a key"));
            label = label.join(self.carried(Way::Key, key));
        }
        if let Some(condition) = &f.condition {
            // Which replicas are taken would depend on more than that they exist.
            let condition = self.condition(condition, &inner);
            label = label.join(self.carried(Way::Filter, condition));
        }
        let ty = if f.key.is_some() { Type::Map(Arc::new(body.ty)) } else { Type::list(body.ty) };
        Typed { ty, label }
    }

    /// What the names of a comprehension are, and the label of how many there are.
    fn element(&mut self, f: &'w For, list: Typed) -> ((Typed, Option<Typed>), Label) {
        let (label, times) =
            (self.carried(Way::Each, list.label.clone()), self.carried(Way::Times, list.label));
        let one = |ty: Type, label: &Label| Typed { ty, label: label.clone() };
        let element = match (&list.ty, &f.second) {
            (Type::Unknown, _) => (one(Type::Unknown, &label), Some(one(Type::Unknown, &label))),
            (Type::Map(value), Some(_)) => (one(Type::Text, &label), Some(one((**value).clone(), &label))),
            (Type::List(element), None) => (one((**element).clone(), &label), None),
            (Type::Host(host), None) => {
                let declared = self.world.host(*host).filter(|h| h.replicas.is_some());
                let own = declared
                    .map_or(Label::IDENTITY, |h| Label::of(Level::Replicated, h.name.span, &h.name.text));
                let own = self.from(Origin::Replicas, own);
                let replica = one(Type::Replica(*host), &label.join(own.clone()));
                return ((replica, None), times.join(own));
            }
            (other, second) => {
                let what = if second.is_some() { "a map" } else { "a list or the replicas of a host" };
                let message = format!("`for` goes through {what}, not `{other}`");
                let mut diagnostic = Diagnostic::error("E0301", f.list.span, message);
                diagnostic.help = match other {
                    Type::Map(_) => Some("a map has keys and values: `for key, value in map`".to_owned()),
                    Type::List(_) => Some("a list has no keys: `for element in list`".to_owned()),
                    Type::Option(_) => {
                        Some("it may be `none`: say what is meant then, as `(list ?? [])`".to_owned())
                    }
                    Type::Record(_) => {
                        Some("a map is gone through, a record is not: give it the type `Map<…>`".to_owned())
                    }
                    _ => None,
                };
                self.report(diagnostic);
                (one(Type::Unknown, &label), Some(one(Type::Unknown, &label)))
            }
        };
        (element, times)
    }
}
