//! Archives that an environment draws from.

use std::rc::Rc;

use super::Evaluator;
use super::fault::{Fault, Outcome};
use super::scope::Scope;
use super::value::{ArchiveValue, Value};
use crate::limits;
use crate::resolve::Definition;
use crate::source::Span;
use crate::syntax::ast::Expr;
use crate::topology::Archive;

impl<'w> Evaluator<'w> {
    /// The archive that `base` names.
    pub(super) fn base(&mut self) -> Option<Archive> {
        let base = self.environment.base.first()?;
        let scope = self.scope.clone();
        let value = self.eval(base, &scope);
        match self.keep(value)? {
            Value::Archive(ArchiveValue::Declared(definition)) => self.archive(definition),
            _ => None,
        }
    }

    fn archive(&mut self, definition: Definition) -> Option<Archive> {
        let declared = self.world.modules.get(definition.module)?.ast.archives.get(definition.index)?;
        let scope = self.module(definition.module);
        let field = |name: &str| declared.fields.iter().find(|f| &*f.key.text == name).map(|f| &f.value);
        let (suites, components, signed_by) = (field("suites")?, field("components")?, field("signed_by")?);
        let result = self.texts(suites, &scope);
        let suites = self.keep(result)?;
        let result = self.texts(components, &scope);
        let components = self.keep(result)?;
        let result = self.string(signed_by, &scope);
        let signed_by = self.keep(result)?;
        let mirror = match field("mirror") {
            Some(expr) => {
                let result = self.string(expr, &scope);
                Some(self.keep(result)?)
            }
            None => None,
        };
        let name = declared.name.text.to_string();
        Some(Archive { name, suites, components, signed_by, mirror, span: declared.name.span })
    }

    /// A string.
    pub(super) fn string(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<String> {
        let value = self.eval(expr, scope)?;
        self.plain(&value, expr.span)
    }

    /// A list of strings.
    pub(super) fn texts(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<Vec<String>> {
        let Value::List(items) = self.eval(expr, scope)? else { return Err(Fault::internal(expr.span)) };
        items.iter().map(|item| self.plain(item, expr.span)).collect()
    }

    /// A string of one line: names, paths, arguments. Lists of them may be shared by many: each copy is charged.
    pub(super) fn plain(&mut self, value: &Value, span: Span) -> Outcome<String> {
        let Value::Text(text) = value else { return Err(Fault::internal(span)) };
        self.spend(span, 0, limits::COPY_BYTES + text.len())?;
        if super::validate::one_line(text) {
            Ok(text.to_string())
        } else {
            Err(Fault::new(super::validate::not_one_line(span)))
        }
    }
}
