//! Comprehensions: lists and maps made of the elements of others.
//!
//! In the identity form, how many elements there are may be capacity: of the replicas of a host one stands for all, and
//! where a condition depends on a capacity, each element that may be there stands with it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::Evaluator;
use super::fault::{Fault, Outcome};
use super::scope::{Scope, Slot};
use super::value::Value;
use crate::diag::{Diagnostic, shown};
use crate::limits;
use crate::source::Span;
use crate::syntax::ast::For;

impl<'w> Evaluator<'w> {
    pub(super) fn comprehension(&mut self, f: &'w For, scope: &Rc<Scope<'w>>) -> Outcome<Value> {
        let items: Vec<(Value, Option<Value>)> = match self.eval(&f.list, scope)? {
            Value::List(items) => items.iter().map(|item| (item.clone(), None)).collect(),
            Value::Record(entries) => {
                entries.iter().map(|(key, value)| (Value::text(&**key), Some(value.clone()))).collect()
            }
            Value::Host(host) => {
                self.host_is_there(host, f.list.span)?;
                self.replicas(host)?.into_iter().map(|replica| (replica, None)).collect()
            }
            Value::Symbol(list) => return self.gone_through_symbol(f, &list, scope),
            _ => return Err(Fault::internal(f.list.span)),
        };
        let mut results = Vec::new();
        let mut keys = Vec::new();
        for (item, second) in items {
            let inner = element_scope(f, item.element().clone(), second, scope);
            let kept = match f.condition.as_ref().map(|c| self.eval(c, &inner)).transpose()? {
                Some(Value::Bool(false)) => continue,
                Some(Value::Symbol(condition)) => Some(condition),
                _ => None,
            };
            self.spend(f.body.span, 1, size_of::<Value>())?;
            let value = match kept {
                None => self.eval(&f.body, &inner)?,
                Some(condition) => {
                    let value = self.perhaps(&f.body, &inner)?;
                    Value::Several(format!("if {condition}").into(), Rc::new(value))
                }
            };
            results.push(as_often_as(&item, value));
            if let Some(key) = &f.key {
                keys.push(self.eval(key, &inner)?);
            }
        }
        match &f.key {
            None => Ok(Value::List(Rc::new(results))),
            Some(key) => self.map(keys, results, key.span),
        }
    }

    /// A map of keys and their values, each key once.
    fn map(&mut self, keys: Vec<Value>, values: Vec<Value>, span: Span) -> Outcome<Value> {
        if keys.iter().any(Value::is_symbol) || values.iter().any(|v| matches!(v, Value::Several(..))) {
            // Which keys there are is capacity.
            let mut entries = Vec::with_capacity(keys.len());
            for (key, value) in keys.iter().zip(&values) {
                entries.push(format!("{} = {}", self.written(key, span)?, self.written(value, span)?));
            }
            return Ok(Value::symbol(format!("{{{}}}", entries.join(", "))));
        }
        let mut entries: Vec<(Arc<str>, Value)> = Vec::with_capacity(keys.len());
        let mut known = BTreeSet::new();
        for (key, value) in keys.iter().zip(values) {
            let name = key.show().ok_or_else(|| Fault::internal(span))?;
            self.spend(span, 1, limits::COPY_BYTES + name.len())?;
            let name: Arc<str> = name.into();
            if !known.insert(name.clone()) {
                return Err(Fault::new(key_twice(&name, span)));
            }
            entries.push((name, value));
        }
        Ok(Value::Record(Rc::new(entries)))
    }

    /// In the identity form, a list that capacities reach is gone through once, with its element as a name that nothing
    /// else has.
    fn gone_through_symbol(&mut self, f: &'w For, list: &str, scope: &Rc<Scope<'w>>) -> Outcome<Value> {
        let name = format!("${}", self.bound);
        let second = f.second.as_ref().map(|_| Value::symbol(format!("{name}.value")));
        let inner = element_scope(f, Value::symbol(&*name), second, scope);
        self.bound += 1;
        let key = f.key.as_ref().map(|key| self.either(key, &inner)).transpose()?;
        let body = self.either(&f.body, &inner)?;
        let condition = f.condition.as_ref().map(|c| self.either(c, &inner)).transpose()?;
        self.bound -= 1;
        let key = key.map(|key| format!("{key} = ")).unwrap_or_default();
        let condition = condition.map(|condition| format!(" if {condition}")).unwrap_or_default();
        Ok(Value::symbol(format!("[{key}{body} for {name} in {list}{condition}]")))
    }
}

/// The scope of one element of a comprehension.
fn element_scope<'w>(f: &'w For, item: Value, second: Option<Value>, scope: &Rc<Scope<'w>>) -> Rc<Scope<'w>> {
    let mut names = BTreeMap::from([(f.name.text.clone(), Slot::ready(&f.name.text, item))]);
    if let (Some(name), Some(value)) = (&f.second, second) {
        names.insert(name.text.clone(), Slot::ready(&name.text, value));
    }
    Scope::inside(scope, names)
}

/// What is made of an element of a list, there as often as it.
fn as_often_as(item: &Value, value: Value) -> Value {
    match item {
        Value::Several(often, item) => Value::Several(often.clone(), Rc::new(as_often_as(item, value))),
        _ => value,
    }
}

fn key_twice(key: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0516", span, format!("the key `{}` comes twice", shown(key)))
        .help("a map has each key once: make the keys of something that differs")
}
