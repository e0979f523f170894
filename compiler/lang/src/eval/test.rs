//! Tests of the environment, under the profile that is asked for.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::Evaluator;
use super::environment::LOOPBACK;
use super::fault::{Fault, Outcome};
use super::scope::{Scope, Slot};
use super::validate;
use super::value::{End, Value};
use crate::check::{how_much, range_error};
use crate::diag::{Diagnostic, shown};
use crate::source::Span;
use crate::syntax::ast::{self, Expr, Field, Name};
use crate::topology::{
    ExecStep, FaultKind, FaultStep, HttpStep, ScriptStep, Step, StepKind, Test, TestEndpoint, Variable,
};
use crate::types::{Kind, Range};

/// How long an answer is waited for where nobody says it, in milliseconds.
const WITHIN: u64 = 10_000;

/// What is left of a disk that is full, where nobody says it, in bytes.
const FREE: u64 = 1 << 20;

impl<'w> Evaluator<'w> {
    /// All tests of the environment, of whatever file; without those that depend on a lock which is not there.
    pub(super) fn tests(&mut self) -> Vec<Test> {
        let world = self.world;
        let mut tests = Vec::new();
        for (module, loaded) in world.modules.iter().enumerate() {
            for test in &loaded.ast.tests {
                let of = world.environment_named(module, &test.environment.text);
                let is_own = of.and_then(|(home, index)| world.environment(home, index));
                if is_own.is_some_and(|e| e.name.span == self.environment.name.span) {
                    let scope = self.test_scope(module);
                    tests.extend(self.test(test, &scope));
                }
            }
        }
        tests
    }

    /// The names of the environment, where a host with replicas stands for its first; those of another file come before.
    fn test_scope(&mut self, module: usize) -> Rc<Scope<'w>> {
        let own = module == self.home;
        let outer = if own { self.scope.clone() } else { self.of_module(module, &self.scope) };
        let mut names = BTreeMap::new();
        for (index, host) in self.environment.hosts.iter().enumerate() {
            let hidden = !own && self.world.lookup(module, &host.name.text).is_some();
            if host.replicas.is_some() && !hidden {
                let value = Value::Replica(index, self.first_address(index));
                names.insert(host.name.text.clone(), Slot::ready(&host.name.text, value));
            }
        }
        Scope::inside(&outer, names)
    }

    /// The network name of a host, or of its first replica.
    fn first_address(&self, host: usize) -> Arc<str> {
        let replicated = self.environment.hosts.get(host).is_some_and(|host| host.replicas.is_some());
        self.address(host, replicated.then_some(1))
    }

    fn test(&mut self, test: &'w ast::Test, scope: &Rc<Scope<'w>>) -> Option<Test> {
        let steps: Outcome<Vec<Step>> = test.steps.iter().map(|step| self.step(step, scope)).collect();
        let (steps, skipped) = match steps {
            // What a profile leaves out, it does not test.
            Err(Fault::New(diagnostic)) if diagnostic.code == "E0405" => {
                (Vec::new(), Some(diagnostic.message.replace(", and is used here", "")))
            }
            steps => (self.keep(steps)?, None),
        };
        let doc = test.doc.text.clone();
        Some(Test { name: (*test.name.text).to_owned(), doc, steps, skipped, span: test.name.span })
    }

    fn step(&mut self, step: &'w ast::Step, scope: &Rc<Scope<'w>>) -> Outcome<Step> {
        let kind = match &step.kind {
            ast::StepKind::Http(endpoint) => StepKind::Http(self.http(endpoint, &step.options, scope)?),
            ast::StepKind::Script(path) => StepKind::Script(self.script(path, &step.options, scope)?),
            ast::StepKind::Exec { host, command } => {
                StepKind::Exec(self.exec(host, command, &step.options, scope)?)
            }
            ast::StepKind::Fault(fault) => StepKind::Fault(self.fault(fault, &step.options, scope)?),
            ast::StepKind::Heal => StepKind::Heal,
        };
        Ok(Step { kind, span: step.span })
    }

    fn http(&mut self, endpoint: &'w Expr, options: &'w [Field], scope: &Rc<Scope<'w>>) -> Outcome<HttpStep> {
        let Value::Endpoint(end) = self.eval(endpoint, scope)? else {
            return Err(Fault::internal(endpoint.span));
        };
        let path = match option(options, "path") {
            Some(expr) => self.request_path(expr, scope)?,
            None => "/".to_owned(),
        };
        let body = self.long_text(options, "body", scope)?;
        let method = match option(options, "method") {
            Some(expr) => self.method(expr, scope)?,
            None if body.is_some() => "POST".to_owned(),
            None => "GET".to_owned(),
        };
        let headers = match option(options, "headers") {
            Some(expr) => self.headers(expr, scope)?,
            None => Vec::new(),
        };
        let range = Range { low: Some(100), high: Some(599) };
        Ok(HttpStep {
            endpoint: self.test_endpoint(&end, endpoint.span)?,
            path,
            method,
            headers,
            body,
            status: self.number(options, "status", Kind::Int, range, scope)?.unwrap_or(200),
            contains: self.long_text(options, "contains", scope)?,
            within: self.within(options, scope)?.unwrap_or(WITHIN),
        })
    }

    fn script(&mut self, path: &'w Expr, fields: &'w [Field], scope: &Rc<Scope<'w>>) -> Outcome<ScriptStep> {
        let span = path.span;
        let path = self.string(path, scope)?;
        if path.is_empty() || path.starts_with('/') || path.split('/').any(|part| part == "..") {
            let message = format!("`{}` is not a path inside the project", shown(&path));
            let help = "name a file of the project, as `tests/edit.sh`";
            return Err(Fault::new(Diagnostic::error("E0517", span, message).help(help)));
        }
        let mut variables = Vec::new();
        for field in fields {
            validate::variable(&field.key.text, field.key.span).map_err(Fault::New)?;
            let value = self.eval(&field.value, scope)?;
            self.weigh(&value, field.value.span)?;
            let value = match &value {
                Value::Endpoint(end) => Variable::Endpoint(self.test_endpoint(end, field.value.span)?),
                value => Variable::Text(value.show().ok_or_else(|| Fault::internal(field.value.span))?),
            };
            variables.push(((*field.key.text).to_owned(), value));
        }
        variables.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(ScriptStep { path, variables })
    }

    fn exec(
        &mut self,
        host: &'w Name,
        command: &'w Expr,
        options: &'w [Field],
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<ExecStep> {
        let found = self.environment.hosts.iter().position(|declared| declared.name.text == host.text);
        let index = found.ok_or_else(|| Fault::internal(host.span))?;
        self.look(self.environment.hosts.len(), host.span)?;
        self.host_is_there(index, host.span)?;
        let range = Range { low: Some(0), high: Some(255) };
        Ok(ExecStep {
            host: self.first_address(index).to_string(),
            command: self.command(command, scope)?,
            user: self.user(options, "user", scope)?,
            status: self.number(options, "status", Kind::Int, range, scope)?.unwrap_or(0),
            contains: self.long_text(options, "contains", scope)?,
            within: self.within(options, scope)?,
        })
    }

    fn fault(
        &mut self,
        fault: &'w ast::Fault,
        options: &'w [Field],
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<FaultStep> {
        let mut hosts = Vec::new();
        for host in &fault.hosts {
            let found = self.environment.hosts.iter().position(|declared| declared.name.text == host.text);
            let index = found.ok_or_else(|| Fault::internal(host.span))?;
            self.look(self.environment.hosts.len(), host.span)?;
            self.host_is_there(index, host.span)?;
            hosts.push((*host.text).to_owned());
        }
        let any = Range { low: Some(0), high: None };
        let value = match &fault.value {
            Some(value) => {
                let (what, kind, range) = how_much(&fault.kind.text);
                self.number_of(value, what, kind, range, scope)?
            }
            None => 0,
        };
        let kind = match &*fault.kind.text {
            "cut" => FaultKind::Cut,
            "delay" => {
                let jitter = self.number(options, "jitter", Kind::Duration, any, scope)?.unwrap_or(0);
                FaultKind::Delay { delay: value, jitter }
            }
            "loss" => {
                FaultKind::Loss { loss: u32::try_from(value).map_err(|_| Fault::internal(fault.kind.span))? }
            }
            "rate" => FaultKind::Rate { rate: value },
            "kill" => FaultKind::Kill,
            "freeze" => FaultKind::Freeze,
            "full_disk" => {
                let range = Range { low: Some(1), high: None };
                let free = self.number(options, "free", Kind::Size, range, scope)?;
                FaultKind::FullDisk { free: free.unwrap_or(FREE) }
            }
            _ => return Err(Fault::internal(fault.kind.span)),
        };
        Ok(FaultStep { hosts, kind })
    }

    fn test_endpoint(&mut self, end: &End, span: Span) -> Outcome<TestEndpoint> {
        let host = if &*end.address == LOOPBACK { self.first_address(end.host) } else { end.address.clone() };
        let endpoint = self.reference(end).ok_or_else(|| Fault::internal(span))?;
        let scheme = self.scheme(end);
        let scheme = scheme.unwrap_or_else(|| end.protocol.to_ascii_lowercase().replace('_', "-"));
        Ok(TestEndpoint { endpoint, host: host.to_string(), scheme })
    }

    /// Stands in the first line of a request.
    fn request_path(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<String> {
        let path = self.string(expr, scope)?;
        if path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
            return Ok(path);
        }
        let message = format!("`{}` is not the path of a request", shown(&path));
        let help = "begin it with `/`, and write what is not ASCII, blanks and `#` as `%20` and the like";
        Err(Fault::new(Diagnostic::error("E0309", expr.span, message).help(help)))
    }

    fn method(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<String> {
        let method = self.string(expr, scope)?;
        if !method.is_empty() && method.len() <= 32 && method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Ok(method);
        }
        let message = format!("`{}` is not a method of HTTP", shown(&method));
        Err(Fault::new(Diagnostic::error("E0510", expr.span, message).help("as `GET`, `POST`, `PURGE`")))
    }

    fn headers(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<Vec<(String, String)>> {
        let Value::Record(fields) = self.eval(expr, scope)? else { return Err(Fault::internal(expr.span)) };
        let mut headers = Vec::new();
        for (name, value) in fields.iter().filter(|(_, value)| !matches!(value, Value::None)) {
            self.weigh(value, expr.span)?;
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) {
                let message = format!("`{}` is not the name of a header", shown(name));
                let help = "letters, digits, `-`, `_` and `.`";
                return Err(Fault::new(Diagnostic::error("E0510", expr.span, message).help(help)));
            }
            let value = value.show().ok_or_else(|| Fault::internal(expr.span))?;
            if !validate::one_line(&value) {
                return Err(Fault::new(validate::not_one_line(expr.span)));
            }
            headers.push((name.to_string(), value));
        }
        headers.sort();
        Ok(headers)
    }

    /// A text of any number of lines.
    fn long_text(
        &mut self,
        options: &'w [Field],
        name: &str,
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<Option<String>> {
        let Some(expr) = option(options, name) else { return Ok(None) };
        let value = self.eval(expr, scope)?;
        self.weigh(&value, expr.span)?;
        value.show().map(Some).ok_or_else(|| Fault::internal(expr.span))
    }

    fn within(&mut self, options: &'w [Field], scope: &Rc<Scope<'w>>) -> Outcome<Option<u64>> {
        self.number(options, "within", Kind::Duration, Range { low: Some(0), high: None }, scope)
    }

    pub(super) fn number<T: TryFrom<i64>>(
        &mut self,
        options: &'w [Field],
        name: &str,
        kind: Kind,
        range: Range,
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<Option<T>> {
        let Some(expr) = option(options, name) else { return Ok(None) };
        self.number_of(expr, &format!("`{name}`"), kind, range, scope).map(Some)
    }

    fn number_of<T: TryFrom<i64>>(
        &mut self,
        expr: &'w Expr,
        what: &str,
        kind: Kind,
        range: Range,
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<T> {
        match self.eval(expr, scope)? {
            Value::Number(_, n) if range.holds(n) => T::try_from(n).map_err(|_| Fault::internal(expr.span)),
            Value::Number(_, n) => Err(Fault::new(range_error(expr.span, kind, range, n, what, None))),
            _ => Err(Fault::internal(expr.span)),
        }
    }
}

fn option<'w>(fields: &'w [Field], name: &str) -> Option<&'w Expr> {
    fields.iter().find(|field| &*field.key.text == name).map(|field| &field.value)
}
