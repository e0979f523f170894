//! Variants, and what the command line sets: that each path can be set, and to this.

use std::collections::BTreeMap;

use super::Checker;
use super::rule::{Sink, To};
use super::scope::Scope;
use super::setting::{Of, Setter};
use crate::diag::Diagnostic;
use crate::resolve::With;
use crate::source::Span;
use crate::syntax::ast::{ExprKind, Part, Pin, Variant};
use crate::types::Type;

impl<'w> Checker<'w> {
    pub(super) fn variant(&mut self, module: usize, variant: &'w Variant, scope: &Scope<'_, 'w>) {
        self.pins(&variant.packages, scope);
        self.set_twice(&variant.settings);
        for doc in [&variant.doc].into_iter().chain(variant.exceptions.iter().map(|x| &x.doc)) {
            self.doc_about(doc, &variant.environment, scope);
        }
        let Some(of) = self.environment_of(module, &variant.environment) else { return };
        self.variant_of(of, variant, scope);
        self.conflicts(of, &variant.exceptions);
    }

    /// What the command line sets: in each environment that has it.
    pub(super) fn with(&mut self, with: &'w With, scope: &Scope<'_, 'w>) {
        let (module, index) = with.environment;
        let Some(environment) = self.world.environment(module, index) else { return };
        self.pins(&with.variant.packages, scope);
        self.set_twice(&with.variant.settings);
        self.variant_of(Of { module, index, environment }, &with.variant, scope);
    }

    /// What a variant, or the command line, sets of an environment.
    pub(super) fn variant_of(&mut self, of: Of<'w>, variant: &'w Variant, scope: &Scope<'_, 'w>) {
        for setting in &variant.settings {
            self.set(&setting.path, &setting.value, of, Setter::Variant, scope);
        }
        self.exceptions(&variant.exceptions, of, scope);
    }

    /// `package "x" = "1.2-3"` and `package "x" from archive`
    pub(super) fn pins(&mut self, pins: &'w [Pin], scope: &Scope<'_, 'w>) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for pin in pins {
            self.sink(&pin.package, scope, &Type::Text, To::new(Sink::Pin, "a package's name"));
            if let Some(version) = &pin.version {
                self.sink(version, scope, &Type::Text, To::new(Sink::Pin, "a package's version"));
            }
            if let Some(from) = &pin.from {
                self.sink(from, scope, &Type::Archive, To::new(Sink::Pin, "where a package is from"));
            }
            let ExprKind::Text(parts) = &pin.package.kind else { continue };
            let [Part::Text(name)] = parts.as_slice() else { continue };
            if let Some(first) = seen.insert(name, pin.package.span) {
                let message = format!("package `{name}` is held twice");
                let diagnostic = Diagnostic::error("E0202", pin.package.span, message);
                self.report(
                    diagnostic
                        .and(first, "first here")
                        .help("`package \"x\" = \"1.2-3\" from archive` says both"),
                );
            }
        }
    }
}
