//! Tests: what their steps ask for, in the names of the environment that they are of.

use std::collections::BTreeMap;

use super::Checker;
use super::expression::Typed;
use super::rule::{Sink, To, Use};
use super::scope::{Entry, Scope};
use super::setting::Of;
use super::sink::{DELAY, EXEC, FULL_DISK, HTTP, secret_misused};
use crate::diag::{Diagnostic, shown};
use crate::resolve::defined_twice;
use crate::source::Span;
use crate::syntax::ast::{Expr, Fault, Field, Name, Step, StepKind, Test};
use crate::types::{HostRef, Kind, Range, Type};

/// Letters of a test's name.
const NAME: usize = 200;

/// The tests that have been seen: module and position of the environment, and the name.
pub(super) type Known<'w> = BTreeMap<(usize, usize, &'w str), Span>;

impl<'w> Checker<'w> {
    pub(super) fn test(
        &mut self,
        module: usize,
        test: &'w Test,
        known: &mut Known<'w>,
        scope: &Scope<'_, 'w>,
    ) {
        self.doc_about(&test.doc, &test.environment, scope);
        self.test_name(test);
        let Some(of) = self.environment_of(module, &test.environment) else { return };
        if let Some(first) = known.insert((of.module, of.index, &test.name.text), test.name.span) {
            self.report(defined_twice(&test.name, first));
        }
        let home = Scope::module(of.module);
        let environment = home.inside(self.environment_names(of.module, of.index, of.environment).entries);
        // As for a double, the names of its own file come first.
        let own = environment.of_module(module);
        let outer = if module == of.module { &environment } else { &own };
        let scope = outer.inside(self.first_replicas(of, module));
        for step in &test.steps {
            self.step(step, of, &scope);
        }
    }

    fn test_name(&mut self, test: &Test) {
        let name = &test.name;
        let plain = !name.text.trim().is_empty() && !name.text.chars().any(char::is_control);
        if !plain || name.text.len() > NAME {
            let message = format!("`{}` cannot be the name of a test", shown(&name.text));
            let help = format!("write in one line of at most {NAME} letters what it shows");
            self.report(Diagnostic::error("E0510", name.span, message).help(help));
        }
        if test.steps.is_empty() {
            let message = format!("the test `{}` has no step", shown(&name.text));
            let help = "write what it does: `http host.instance.endpoint { path = \"/\" }`, `script \"file\"`, `exec host [\"/command\"]`, `fault cut host other`";
            self.report(Diagnostic::error("E0303", name.span, message).help(help));
        }
    }

    /// In a test, a host with replicas stands for its first.
    fn first_replicas(&self, of: Of<'w>, module: usize) -> BTreeMap<std::sync::Arc<str>, Entry<'w>> {
        let mut names = BTreeMap::new();
        for (host, declared) in of.environment.hosts.iter().enumerate() {
            let name = &declared.name.text;
            let hidden = module != of.module && self.world.lookup(module, name).is_some();
            if declared.replicas.is_some() && !hidden {
                let host = HostRef { module: of.module, environment: of.index, host };
                names.insert(name.clone(), Entry::Known(Typed::identity(Type::Replica(host))));
            }
        }
        names
    }

    fn step(&mut self, step: &'w Step, of: Of<'w>, scope: &Scope<'_, 'w>) {
        match &step.kind {
            StepKind::Http(endpoint) => {
                self.asked_over_http(endpoint, scope);
                self.options(&step.options, HTTP, "a request", endpoint.span, scope);
            }
            StepKind::Script(path) => {
                self.sink(path, scope, &Type::Text, To::new(Sink::Data, "a script's path"));
                self.duplicate_keys(&step.options);
                for variable in &step.options {
                    self.variable(variable, scope);
                }
            }
            StepKind::Exec { host, command } => {
                self.host_named(of.environment, host);
                let to = To::new(Sink::Data, "a command");
                self.sink(command, scope, &Type::list(Type::Text), to);
                self.options(&step.options, EXEC, "a command", command.span, scope);
            }
            StepKind::Fault(fault) => {
                self.fault(fault, of, scope);
                let (options, what) = match &*fault.kind.text {
                    "delay" => (DELAY, "a delay"),
                    "full_disk" => (FULL_DISK, "a full disk"),
                    _ => (&[][..], "this fault"),
                };
                self.options(&step.options, options, what, fault.kind.span, scope);
            }
            StepKind::Heal => {}
        }
    }

    fn fault(&mut self, fault: &'w Fault, of: Of<'w>, scope: &Scope<'_, 'w>) {
        for host in &fault.hosts {
            let found = self.host_named(of.environment, host);
            let is_one = found.is_some_and(|(_, declared)| declared.replicas.is_none());
            if let [one, other] = &*fault.hosts
                && is_one
                && one.text == other.text
            {
                return self.report(way_to_itself(one, other.span));
            }
        }
        if let Some(value) = &fault.value {
            let (what, kind, range) = how_much(&fault.kind.text);
            self.sink(value, scope, &Type::Number(kind, range), To::new(Sink::Data, what));
        }
    }

    fn asked_over_http(&mut self, endpoint: &'w Expr, scope: &Scope<'_, 'w>) {
        let typed = self.infer(endpoint, scope);
        let help = "name one that speaks HTTP: `http host.instance.endpoint`";
        let diagnostic = match &typed.ty {
            Type::Unknown => return,
            Type::Endpoint(protocol) if self.world.scheme(protocol.declared).as_deref() == Some("http") => {
                return;
            }
            Type::Endpoint(protocol) => {
                let message = format!("`http` asks what speaks HTTP, and this speaks `{}`", protocol.name);
                Diagnostic::error("E0305", endpoint.span, message)
                    .and(protocol.declared, "which has another scheme than `http`")
                    .help("a `script` may ask it in its own protocol, given its address: `script \"file\" { at = host.instance.endpoint }`")
            }
            ty if self.is_secret(Use::Connection, ty) => secret_misused(endpoint.span, "an endpoint", ty),
            ty => {
                let message = format!("`http` takes an endpoint, this is `{ty}`");
                Diagnostic::error("E0301", endpoint.span, message).help(help)
            }
        };
        self.report(diagnostic);
    }

    /// A variable of a script: what can be written in one, and endpoints, of which it has the address.
    fn variable(&mut self, variable: &'w Field, scope: &Scope<'_, 'w>) {
        let ty = self.infer(&variable.value, scope).ty;
        let span = variable.value.span;
        if self.is_secret(Use::Variable, &ty) {
            return self.report(secret_misused(span, "a variable of a script", &ty));
        }
        if !matches!(ty, Type::Endpoint(_) | Type::Unknown) && !ty.is_scalar() {
            let message = format!(
                "`{}` of a script is a string, number, flag or endpoint, this is `{ty}`",
                variable.key.text
            );
            self.report(Diagnostic::error("E0301", span, message));
        }
    }
}

pub(super) fn way_to_itself(host: &Name, again: Span) -> Diagnostic {
    let message = format!("`{}` is on no way to itself", host.text);
    let help = "name two hosts, or one that has replicas twice";
    Diagnostic::error("E0519", again, message).help(help)
}

/// What says how much goes wrong, and what it may be.
pub(crate) fn how_much(fault: &str) -> (&'static str, Kind, Range) {
    match fault {
        "loss" => ("a loss", Kind::Percent, Range { low: Some(0), high: Some(1_000_000) }),
        "rate" => ("a rate", Kind::Rate, Range { low: Some(1), high: None }),
        _ => ("a delay", Kind::Duration, Range { low: Some(0), high: None }),
    }
}
