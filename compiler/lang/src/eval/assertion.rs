//! Assertions: those of components, environments and modules.

use std::rc::Rc;

use super::scope::Scope;
use super::value::Value;
use super::{Asked, Evaluator, Mode, Spent};
use crate::diag::Diagnostic;
use crate::resolve::World;
use crate::syntax::ast::{Assert, Environment};

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
}
