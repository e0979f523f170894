//! Instances of the topology: a component's members with its parameters in place.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::fault::{Fault, Outcome};
use super::scope::Scope;
use super::value::{End, Value};
use super::{Evaluator, render, validate};
use crate::diag::Diagnostic;
use crate::limits;
use crate::source::Span;
use crate::syntax::ast::{self, Component, Expr, Field};
use crate::topology::{Check, Connection, Endpoint, EndpointRef, File, Instance, Service, StateDirectory};
use crate::types::Kind;

impl<'w> Evaluator<'w> {
    /// One instance; what of it fails is reported and left out.
    pub(super) fn topology_instance(&mut self, host: usize, run: usize) -> Option<Instance> {
        let declared = self.environment.hosts.get(host)?.runs.get(run)?;
        let slots = self.hosts.get(host)?.instances.get(run)?;
        let (c, scope, module) = (slots.component, slots.scope.clone(), slots.definition.module);
        // What is laid out and looked at costs, also where it is only a literal.
        let members =
            c.params.len() + c.files.len() + c.services.len() + c.packages.len() + declared.arguments.len();
        let result = self.spend(declared.name.span, 10 + u64::try_from(members).unwrap_or(u64::MAX), 0);
        self.keep(result)?;
        let path = self.world.modules.get(module).map_or("", |m| &*m.path);
        let component = format!("{path}.{}", c.name.text);
        self.look_at_params(c, &scope);
        let mut files = self.each(&c.files, |e, file| e.file(file, &scope));
        files.extend(self.each(&c.links, |e, link| e.link(link, &scope)));
        Some(Instance {
            name: declared.name.text.to_string(),
            component,
            from: None,
            packages: self.packages(c, &scope),
            files,
            trees: Vec::new(),
            secrets: Vec::new(),
            provides: self.provides(host, run, c),
            requires: self.each(&c.requires, |e, requires| e.connection(requires, declared, &scope)),
            states: self.each(&c.states, |e, state| e.state(state, &scope)),
            services: self.each(&c.services, |e, service| e.service(service, &scope)),
            checks: self.each(&c.checks, |e, check| e.check(check, &scope)),
            cliffs: Vec::new(),
            span: declared.name.span,
        })
    }

    fn each<D, T>(
        &mut self,
        declared: &'w [D],
        mut make: impl FnMut(&mut Self, &'w D) -> Outcome<T>,
    ) -> Vec<T> {
        let mut made = Vec::new();
        for item in declared {
            let result = make(self, item);
            made.extend(self.keep(result));
        }
        made
    }

    /// A parameter that nothing uses is held to its range all the same.
    fn look_at_params(&mut self, c: &Component, scope: &Rc<Scope<'w>>) {
        let super::Names::Own(names) = &scope.names else { return };
        for param in &c.params {
            if let Some(slot) = names.get(&param.name.text) {
                let result = self.force(slot, scope, param.name.span);
                self.keep(result);
            }
        }
    }

    fn packages(&mut self, c: &'w Component, scope: &Rc<Scope<'w>>) -> Vec<String> {
        let (mut packages, mut known) = (Vec::new(), BTreeSet::new());
        for expr in &c.packages {
            let result = self.package(expr, scope);
            for name in self.keep(result).unwrap_or_default() {
                self.valid(validate::package(&name, expr.span));
                if known.insert(name.clone()) {
                    packages.push(name);
                }
            }
        }
        packages
    }

    fn package(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<Vec<String>> {
        match self.eval(expr, scope)? {
            Value::List(names) => names.iter().map(|name| self.plain(name, expr.span)).collect(),
            name => Ok(vec![self.plain(&name, expr.span)?]),
        }
    }

    fn provides(&mut self, host: usize, run: usize, c: &'w Component) -> Vec<Endpoint> {
        let mut made = Vec::new();
        for (index, provides) in c.provides.iter().enumerate() {
            let result = self.port(host, run, index, provides.port.span);
            let Some(port) = self.keep(result).and_then(|port| u16::try_from(port).ok()) else { continue };
            let (name, protocol) = (provides.name.text.to_string(), provides.protocol.text.to_string());
            made.push(Endpoint { name, protocol, port });
        }
        made
    }

    fn connection(
        &mut self,
        requires: &ast::Requires,
        run: &ast::Run,
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<Connection> {
        let super::Names::Own(names) = &scope.names else { return Err(Fault::internal(requires.name.span)) };
        let slot = names.get(&requires.name.text).ok_or_else(|| Fault::internal(requires.name.span))?;
        let ends = match self.force(slot, scope, requires.name.span)? {
            Value::List(ends) => ends.to_vec(),
            end => vec![end],
        };
        let span = requires.name.span;
        let (mut to, mut known) = (Vec::new(), BTreeSet::new());
        for end in &ends {
            let Value::Endpoint(end) = end else { return Err(Fault::internal(span)) };
            self.spend(span, 1, 0)?;
            // All replicas of a host are one end: which of them there are is capacity.
            if known.insert((end.host, end.run, end.endpoint)) {
                self.spend(span, 0, 3 * limits::COPY_BYTES)?;
                to.push(self.reference(end).ok_or_else(|| Fault::internal(span))?);
            }
        }
        if to.is_empty() {
            let message =
                format!("`{}` is not connected: `{}` is an empty list", run.name.text, requires.name.text);
            let diagnostic = Diagnostic::error("E0303", run.component.span, message);
            return Err(Fault::new(diagnostic.and(requires.name.span, "required here")));
        }
        Ok(Connection {
            name: requires.name.text.to_string(),
            protocol: requires.protocol.text.to_string(),
            to,
        })
    }

    fn reference(&self, end: &End) -> Option<EndpointRef> {
        let host = self.environment.hosts.get(end.host)?;
        let component = self.hosts.get(end.host)?.instances.get(end.run)?.component;
        Some(EndpointRef {
            host: host.name.text.to_string(),
            instance: host.runs.get(end.run)?.name.text.to_string(),
            endpoint: component.provides.get(end.endpoint)?.name.text.to_string(),
        })
    }

    fn file(&mut self, file: &'w ast::File, scope: &Rc<Scope<'w>>) -> Outcome<File> {
        let path = self.path(&file.path, scope)?;
        let owner = self.owner(&file.options, 0o644, scope)?;
        let value = self.eval(&file.content, scope)?;
        self.weigh(&value, file.content.span)?;
        let rendered = render::render(file.format, &value, &file.content)?;
        self.spend(file.content.span, 0, rendered.text.len())?;
        Ok(File {
            path,
            content: rendered.text,
            mode: owner.mode,
            user: owner.user,
            group: owner.group,
            link: None,
            span: file.path.span,
            line_spans: rendered.lines,
        })
    }

    /// Charges for every part of a value before it is written out: shared parts are written each time.
    fn weigh(&mut self, value: &Value, span: Span) -> Outcome<()> {
        match value {
            Value::List(items) => {
                self.spend(span, 1, 0)?;
                items.iter().try_for_each(|item| self.weigh(item, span))
            }
            Value::Record(fields) => {
                self.spend(span, 1, 0)?;
                fields.iter().try_for_each(|(name, value)| {
                    self.spend(span, 0, name.len())?;
                    self.weigh(value, span)
                })
            }
            Value::Text(text) => self.spend(span, 1, text.len()),
            _ => self.spend(span, 1, 0),
        }
    }

    fn link(&mut self, link: &'w ast::Link, scope: &Rc<Scope<'w>>) -> Outcome<File> {
        let path = self.path(&link.path, scope)?;
        let target = self.string(&link.target, scope)?;
        if target.is_empty() {
            return Err(Fault::new(Diagnostic::error("E0509", link.target.span, "a link needs a target")));
        }
        let root = || "root".to_owned();
        let (span, line_spans) = (link.path.span, Vec::new());
        Ok(File {
            path,
            content: String::new(),
            mode: 0o777,
            user: root(),
            group: root(),
            link: Some(target),
            span,
            line_spans,
        })
    }

    fn state(&mut self, state: &'w ast::State, scope: &Rc<Scope<'w>>) -> Outcome<StateDirectory> {
        let path = self.path(&state.path, scope)?;
        let owner = self.owner(&state.options, 0o755, scope)?;
        Ok(StateDirectory {
            path,
            user: owner.user,
            group: owner.group,
            mode: owner.mode,
            span: state.path.span,
        })
    }

    fn service(&mut self, service: &'w ast::Service, scope: &Rc<Scope<'w>>) -> Outcome<Service> {
        let exec = match option(&service.fields, "exec") {
            Some(expr) => self.command(expr, scope)?,
            None => return Err(Fault::internal(service.name.span)),
        };
        let ready = option(&service.fields, "ready").map(|expr| self.command(expr, scope)).transpose()?;
        let environment = match option(&service.fields, "environment") {
            Some(expr) => self.variables(expr, scope)?,
            None => Vec::new(),
        };
        let user = self.user(&service.fields, "user", scope)?;
        Ok(Service { name: service.name.text.to_string(), exec, user, environment, ready })
    }

    fn check(&mut self, check: &'w ast::Check, scope: &Rc<Scope<'w>>) -> Outcome<Check> {
        let exec = self.command(&check.exec, scope)?;
        Ok(Check { exec, user: self.user(&check.options, "user", scope)?, span: check.exec.span })
    }

    fn command(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<Vec<String>> {
        let exec = self.texts(expr, scope)?;
        validate::command(&exec, expr.span).map_err(Fault::New)?;
        Ok(exec)
    }

    fn variables(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<Vec<(String, String)>> {
        let Value::Record(fields) = self.eval(expr, scope)? else { return Err(Fault::internal(expr.span)) };
        let mut variables = Vec::new();
        for (name, value) in fields.iter() {
            self.weigh(value, expr.span)?;
            validate::variable(name, expr.span).map_err(Fault::New)?;
            let value = value.show().ok_or_else(|| Fault::internal(expr.span))?;
            if !validate::one_line(&value) {
                return Err(Fault::new(validate::not_one_line(expr.span)));
            }
            variables.push((name.to_string(), value));
        }
        variables.sort();
        Ok(variables)
    }

    fn path(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<String> {
        let path = self.string(expr, scope)?;
        validate::path(&path, expr.span).map_err(Fault::New)?;
        Ok(path)
    }

    fn user(&mut self, fields: &'w [Field], key: &str, scope: &Rc<Scope<'w>>) -> Outcome<String> {
        let Some(expr) = option(fields, key) else { return Ok("root".to_owned()) };
        let user = self.string(expr, scope)?;
        validate::user(&user, expr.span).map_err(Fault::New)?;
        Ok(user)
    }

    fn owner(&mut self, fields: &'w [Field], mode: u32, scope: &Rc<Scope<'w>>) -> Outcome<Owner> {
        let user = self.user(fields, "user", scope)?;
        let group = self.user(fields, "group", scope)?;
        let mode = match option(fields, "mode") {
            Some(expr) => self.mode(expr, scope)?,
            None => mode,
        };
        Ok(Owner { user, group, mode })
    }

    fn mode(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<u32> {
        let range = crate::types::Range { low: Some(0), high: Some(0o7777) };
        match self.eval(expr, scope)? {
            Value::Number(Kind::Int, n) if range.holds(n) => {
                u32::try_from(n).map_err(|_| Fault::internal(expr.span))
            }
            Value::Number(kind, n) => {
                let declared: Option<Span> = None;
                Err(Fault::new(crate::check::range_error(expr.span, kind, range, n, "`mode`", declared)))
            }
            _ => Err(Fault::internal(expr.span)),
        }
    }
}

struct Owner {
    user: String,
    group: String,
    mode: u32,
}

fn option<'w>(fields: &'w [Field], name: &str) -> Option<&'w Expr> {
    fields.iter().find(|f| &*f.key.text == name).map(|f| &f.value)
}
