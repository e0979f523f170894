//! Instances of the topology: a component's members with its parameters in place.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::fault::{Fault, Outcome};
use super::scope::{Scope, Slot};
use super::value::{ArchiveValue, End, Value};
use super::{Evaluator, render, validate};
use crate::check::HOST;
use crate::diag::Diagnostic;
use crate::limits;
use crate::source::Span;
use crate::syntax::ast::{self, Component, Expr, Field, Format};
use crate::topology::{
    Check, Cliff, Connection, Endpoint, EndpointRef, File, Instance, Parameter, SecretFile, Service,
    StateDirectory, Tree, TreeMount,
};
use crate::types::Kind;

impl<'w> Evaluator<'w> {
    /// One instance; what of it fails is reported and left out.
    pub(super) fn topology_instance(&mut self, host: usize, run: usize) -> Option<Instance> {
        let declared = self.environment.hosts.get(host)?.runs.get(run)?;
        let slots = self.hosts.get(host)?.instances.get(run)?;
        let (c, scope, module) = (slots.component, slots.scope.clone(), slots.definition.module);
        // What is laid out and looked at costs, also where it is only a literal.
        let members = c.params.len()
            + c.files.len()
            + c.trees.len()
            + c.services.len()
            + c.packages.len()
            + c.asserts.len()
            + declared.arguments.len();
        let result = self.spend(declared.name.span, 10 + u64::try_from(members).unwrap_or(u64::MAX), 0);
        self.keep(result)?;
        let path = self.world.modules.get(module).map_or("", |m| &*m.path);
        let component = format!("{path}.{}", c.name.text);
        let parameters = self.parameters(&c.params, &scope);
        for assert in &c.asserts {
            self.assertion(assert, &scope);
        }
        let written = |file: &&'w ast::File| file.format != Format::Secret;
        let mut files = self.each(c.files.iter().filter(written), |e, file| e.file(file, &scope));
        let secrets = self.each(c.files.iter().filter(|f| !written(f)), |e, f| e.secret_file(f, &scope));
        files.extend(self.each(&c.links, |e, link| e.link(link, &scope)));
        Some(Instance {
            name: (*declared.name.text).to_owned(),
            component,
            from: None,
            parameters,
            packages: self.packages(c, &scope),
            files,
            trees: self.each(&c.trees, |e, tree| e.tree(tree, &scope)),
            secrets,
            provides: self.provides(host, run, c),
            requires: self
                .each(&c.requires, |e, requires| e.connection(requires, declared, &scope))
                .into_iter()
                .flatten()
                .collect(),
            states: self.each(&c.states, |e, state| e.state(state, &scope)),
            services: self.each(&c.services, |e, service| e.service(service, &scope)),
            checks: self.each(&c.checks, |e, check| e.check(check, &scope)),
            cliffs: self.cliffs(c, host, &scope),
            span: declared.name.span,
        })
    }

    fn each<D: 'w, T>(
        &mut self,
        declared: impl IntoIterator<Item = &'w D>,
        mut make: impl FnMut(&mut Self, &'w D) -> Outcome<T>,
    ) -> Vec<T> {
        let declared = declared.into_iter();
        let mut made = Vec::with_capacity(declared.size_hint().1.unwrap_or_default());
        for item in declared {
            let result = make(self, item);
            made.extend(self.keep(result));
        }
        made
    }

    /// Parameters with their values; one that nothing uses is held to its range all the same.
    pub(super) fn parameters(&mut self, params: &'w [ast::Param], scope: &Rc<Scope<'w>>) -> Vec<Parameter> {
        let super::Names::Own(names) = &scope.names else { return Vec::new() };
        let mut made = Vec::with_capacity(params.len());
        for param in params {
            let Some(slot) = names.get(&param.name.text) else { continue };
            let result = self.force(slot, scope, param.name.span);
            let Some(value) = self.keep(result) else { continue };
            if self.identity && param.capacity {
                continue;
            }
            let result = self.weigh(&value, param.name.span);
            if self.keep(result).is_some() {
                let (name, value) = ((*param.name.text).to_owned(), self.shown(&value));
                made.push(Parameter { name, value, capacity: param.capacity });
            }
        }
        made
    }

    /// A value as topologies show it: hosts, instances and endpoints by their names.
    pub(super) fn shown(&self, value: &Value) -> String {
        let host = |host: usize| self.environment.hosts.get(host).map_or("", |h| &*h.name.text).to_owned();
        value.written_with(&|value| match value {
            Value::Endpoint(end) => {
                self.reference(end).map(|to| format!("{}.{}.{}", to.host, to.instance, to.endpoint))
            }
            Value::Host(at) | Value::Replica(at, _) => Some(host(*at)),
            Value::Instance(at, run, _) => {
                let declared = self.environment.hosts.get(*at)?.runs.get(*run)?;
                Some(format!("{}.{}", host(*at), declared.name.text))
            }
            Value::Archive(archive @ ArchiveValue::Declared(_)) => Some(self.archive_name(archive)),
            _ => None,
        })
    }

    /// Holds an `assert`; in the identity form, capacities have no value to judge.
    fn cliffs(&mut self, c: &'w Component, host: usize, scope: &Rc<Scope<'w>>) -> Vec<Cliff> {
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

    fn cliff(&mut self, cliff: &'w ast::Assert, scope: &Rc<Scope<'w>>) -> Outcome<Cliff> {
        let reached = match self.eval(&cliff.condition, scope) {
            Ok(Value::Bool(reached)) => reached,
            Ok(_) => return Err(Fault::internal(cliff.condition.span)),
            Err(Fault::Known) => false,
            Err(fault) => return Err(fault),
        };
        let text = self.string(&cliff.message, scope)?;
        Ok(Cliff { text, reached, span: cliff.condition.span })
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
        let mut made = Vec::with_capacity(c.provides.len());
        for (index, provides) in c.provides.iter().enumerate() {
            let result = self.port(host, run, index, provides.port.span);
            let Some(port) = self.keep(result).and_then(|port| u16::try_from(port).ok()) else { continue };
            let (name, protocol) = ((*provides.name.text).to_owned(), (*provides.protocol.text).to_owned());
            made.push(Endpoint { name, protocol, port });
        }
        made
    }

    fn connection(
        &mut self,
        requires: &ast::Requires,
        run: &ast::Run,
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<Option<Connection>> {
        let super::Names::Own(names) = &scope.names else { return Err(Fault::internal(requires.name.span)) };
        let slot = names.get(&requires.name.text).ok_or_else(|| Fault::internal(requires.name.span))?;
        let ends = match self.force(slot, scope, requires.name.span)? {
            Value::None => return Ok(None),
            Value::List(ends) => ends.to_vec(),
            end => vec![end],
        };
        let span = requires.name.span;
        let (mut to, mut known) = (Vec::new(), BTreeSet::new());
        for end in &ends {
            let Value::Endpoint(end) = end.element() else { return Err(Fault::internal(span)) };
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
        Ok(Some(Connection {
            name: (*requires.name.text).to_owned(),
            protocol: (*requires.protocol.text).to_owned(),
            to,
        }))
    }

    /// The scheme of an endpoint's URLs, as its protocol declares it.
    pub(super) fn scheme(&self, end: &End) -> Option<String> {
        let home = self.hosts.get(end.host)?.instances.get(end.run)?.definition.module;
        let protocol = self.world.protocol(home, &end.protocol)?;
        let scheme = protocol.fields.iter().find(|f| &*f.key.text == "scheme")?;
        match &scheme.value.kind {
            ast::ExprKind::Text(parts) => match parts.as_slice() {
                [ast::Part::Text(text)] => Some(text.to_string()),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn archive_name(&self, archive: &ArchiveValue) -> String {
        match archive {
            ArchiveValue::Declared(d) => {
                let module = self.world.modules.get(d.module);
                let declared = module.and_then(|m| m.ast.archives.get(d.index));
                declared.map_or_else(String::new, |a| (*a.name.text).to_owned())
            }
            ArchiveValue::Made(made) => made.suites.join("+"),
        }
    }

    fn reference(&self, end: &End) -> Option<EndpointRef> {
        let host = self.environment.hosts.get(end.host)?;
        let component = self.hosts.get(end.host)?.instances.get(end.run)?.component;
        Some(EndpointRef {
            host: (*host.name.text).to_owned(),
            instance: (*host.runs.get(end.run)?.name.text).to_owned(),
            endpoint: (*component.provides.get(end.endpoint)?.name.text).to_owned(),
        })
    }

    fn file(&mut self, file: &'w ast::File, scope: &Rc<Scope<'w>>) -> Outcome<File> {
        let path = self.path(&file.path, scope)?;
        let owner = self.owner(&file.options, 0o644, scope)?;
        let value = self.eval(&file.content, scope)?;
        self.weigh(&value, file.content.span)?;
        let value = if self.identity { value.marked() } else { value };
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
    pub(super) fn weigh(&mut self, value: &Value, span: Span) -> Outcome<()> {
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
            Value::Text(text) | Value::Symbol(text) => self.spend(span, 1, text.len()),
            Value::Tree(tree) => self.spend(span, 1, tree_size(tree)),
            Value::Several(often, value) => {
                self.spend(span, 0, often.len())?;
                self.weigh(value, span)
            }
            _ => self.spend(span, 1, 0),
        }
    }

    fn tree(&mut self, tree: &'w ast::TreeMember, scope: &Rc<Scope<'w>>) -> Outcome<TreeMount> {
        let path = self.path(&tree.path, scope)?;
        let owner = self.owner(&tree.options, 0o755, scope)?;
        let Value::Tree(value) = self.eval(&tree.value, scope)? else {
            return Err(Fault::internal(tree.value.span));
        };
        self.spend(tree.value.span, 1, tree_size(&value))?;
        let tree_value = (*value).clone();
        Ok(TreeMount { path, tree: tree_value, user: owner.user, group: owner.group, span: tree.path.span })
    }

    fn secret_file(&mut self, file: &'w ast::File, scope: &Rc<Scope<'w>>) -> Outcome<SecretFile> {
        let path = self.path(&file.path, scope)?;
        if !path.starts_with("/run/") {
            let diagnostic = Diagnostic::error("E0509", file.path.span, format!("a secret is not kept in `{path}`"))
                .help("a secret's file is below `/run`, which is in memory: `file \"/run/secrets/name\" = secret name`");
            return Err(Fault::new(diagnostic));
        }
        let owner = self.owner(&file.options, 0o400, scope)?;
        let Value::Secret(secret) = self.eval(&file.content, scope)? else {
            return Err(Fault::internal(file.content.span));
        };
        let secret = secret.to_string();
        let span = file.path.span;
        Ok(SecretFile { path, secret, user: owner.user, group: owner.group, mode: owner.mode, span })
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
        Ok(Service { name: (*service.name.text).to_owned(), exec, user, environment, ready })
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

    pub(super) fn variables(
        &mut self,
        expr: &'w Expr,
        scope: &Rc<Scope<'w>>,
    ) -> Outcome<Vec<(String, String)>> {
        let fields = match self.eval(expr, scope)? {
            Value::Record(fields) => fields,
            // In the identity form: which variables there are is capacity.
            Value::Symbol(all) => return Ok(vec![("*".to_owned(), all.to_string())]),
            _ => return Err(Fault::internal(expr.span)),
        };
        let mut variables = Vec::new();
        for (name, value) in fields.iter().filter(|(_, value)| !matches!(value, Value::None)) {
            self.weigh(value, expr.span)?;
            validate::variable(name, expr.span).map_err(Fault::New)?;
            let value = if self.identity { value.marked() } else { value.clone() };
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

/// How much a tree is once it is written out.
pub(super) fn tree_size(tree: &Tree) -> usize {
    serde_json::to_string(tree).map_or(0, |text| text.len())
}

struct Owner {
    user: String,
    group: String,
    mode: u32,
}

fn option<'w>(fields: &'w [Field], name: &str) -> Option<&'w Expr> {
    fields.iter().find(|f| &*f.key.text == name).map(|f| &f.value)
}
