//! Assertions of components, environments and modules, and cliffs of components.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::fault::{Fault, Outcome};
use super::scope::{Scope, Slot};
use super::value::Value;
use super::{Asked, Evaluator, Mode, Spent};
use crate::check::HOST;
use crate::diag::Diagnostic;
use crate::resolve::World;
use crate::source::Span;
use crate::syntax::ast::{Assert, Component, Environment};
use crate::topology::Cliff;
use crate::types::Kind;

/// What is wrong with the assertions at the top of all modules. They see nothing of environments and profiles, so that they
/// hold under all of them or under none.
pub(crate) fn of_modules(world: &World, spent: &mut Spent) -> Vec<Diagnostic> {
    let nowhere = Environment::default();
    let asked =
        Asked { home: 0, index: usize::MAX, environment: &nowhere, profile: None, variants: Vec::new() };
    let mut evaluator = Evaluator::new(world, &asked, Mode { plain: true, ..Mode::default() }, *spent);
    for (index, module) in world.modules.iter().enumerate() {
        let scope = evaluator.module(index);
        for assert in &module.ast.asserts {
            evaluator.assertion(assert, &scope);
        }
    }
    *spent = evaluator.spent;
    evaluator.diagnostics
}

impl<'w> Evaluator<'w> {
    /// Holds an `assert`; in the identity form, capacities have no value to judge.
    pub(super) fn assertion(&mut self, assert: &'w Assert, scope: &Rc<Scope<'w>>) {
        if self.identity {
            return;
        }
        let result = self.eval(&assert.condition, scope);
        if let Some(Value::Bool(false)) = self.keep(result) {
            let result = self.eval(&assert.message, scope);
            let message = self.keep(result).and_then(|m| m.show()).unwrap_or_default();
            let message: String = message.chars().take(500).collect();
            let diagnostic = Diagnostic::error("E0512", assert.condition.span, format!("refused: {message}"));
            let diagnostic = diagnostic.here("this does not hold");
            // Of one component, there may be instances for which it holds.
            self.report(match self.instance {
                Some(instance) => diagnostic.and(instance, "for this instance"),
                None => diagnostic,
            });
        }
    }

    /// The cliffs of an instance; in the identity form, capacities have no value to judge.
    pub(super) fn cliffs(&mut self, c: &'w Component, host: usize, scope: &Rc<Scope<'w>>) -> Vec<Cliff> {
        if self.identity || c.cliffs.is_empty() {
            return Vec::new();
        }
        let result = self.replica_count(host);
        let replicas = self.keep(result).flatten().unwrap_or(1);
        let mut names = BTreeMap::new();
        let ready = |name: &str, value| (Arc::from(name), Slot::ready(&name.into(), value));
        names.extend([ready("replicas", Value::Number(Kind::Int, replicas))]);
        let host_scope = self.hosts.get(host).map(|slots| slots.scope.clone());
        for (name, ..) in HOST {
            let said = host_scope.as_ref().and_then(|scope| self.said(scope, name, c.name.span));
            // Where nobody says how much a host has, it is not below any cliff.
            let slot = said.map_or_else(|| (Arc::from(*name), Slot::failed(name)), |v| ready(name, v));
            names.extend([slot]);
        }
        if let super::Names::Own(own) = &scope.names {
            names.retain(|name, _| !own.contains_key(name));
        }
        let inner = Scope::inside(scope, names);
        self.each(&c.cliffs, |e, cliff| e.cliff(cliff, &inner))
    }

    /// How much of something a host has, where somebody says it.
    fn said(&mut self, scope: &Rc<Scope<'w>>, name: &str, asked: Span) -> Option<Value> {
        let super::Names::Own(names) = &scope.names else { return None };
        let slot = names.get(name).filter(|slot| !matches!(slot.thunk, super::Thunk::Missing { .. }))?;
        let result = self.force(slot, scope, asked);
        self.keep(result)
    }

    fn cliff(&mut self, cliff: &'w Assert, scope: &Rc<Scope<'w>>) -> Outcome<Cliff> {
        let reached = match self.eval(&cliff.condition, scope) {
            Ok(Value::Bool(reached)) => reached,
            Ok(_) => return Err(Fault::internal(cliff.condition.span)),
            Err(Fault::Known) => false,
            Err(fault) => return Err(fault),
        };
        let text = self.string(&cliff.message, scope)?;
        Ok(Cliff { text, reached, span: cliff.condition.span })
    }
}
