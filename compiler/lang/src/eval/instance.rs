//! Instances of the topology: a component's members with its parameters in place.

mod placed;

use std::collections::BTreeSet;
use std::rc::Rc;

use super::fault::{Fault, Outcome};
use super::scope::Scope;
use super::value::{ArchiveValue, End, Value};
use super::{Evaluator, validate};
use crate::diag::Diagnostic;
use crate::limits;
use crate::syntax::ast::{self, Component, Expr, Format};
use crate::topology::{Answer, Connection, Endpoint, EndpointRef, Instance, Parameter};
pub(super) use placed::tree_size;

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
            + c.jobs.len()
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
        let (packages, recommends) = self.packages(c, &scope);
        let answers = self.answers(c, &scope);
        let provides = self.provides(host, run, c);
        let services = self.each(&c.services, |e, service| e.service(service, &provides, &scope));
        Some(Instance {
            name: (*declared.name.text).to_owned(),
            component,
            from: None,
            parameters,
            packages,
            recommends,
            answers,
            files,
            trees: self.each(&c.trees, |e, tree| e.tree(tree, &scope)),
            secrets: secrets.into_iter().flatten().collect(),
            provides,
            requires: self
                .each(&c.requires, |e, requires| e.connection(requires, declared, &scope))
                .into_iter()
                .flatten()
                .collect(),
            states: self.each(&c.states, |e, state| e.state(state, &scope)),
            services,
            jobs: self.each(&c.jobs, |e, job| e.job(job, &scope)),
            checks: self.each(&c.checks, |e, check| e.check(check, &scope)),
            cliffs: self.cliffs(c, host, &scope),
            span: declared.name.span,
        })
    }

    /// What is made of each, without what fails, which is reported.
    pub(super) fn each<D: 'w, T>(
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

    /// The packages that are asked for, and those of them with what they recommend.
    fn packages(&mut self, c: &'w Component, scope: &Rc<Scope<'w>>) -> (Vec<String>, Vec<String>) {
        let (mut packages, mut recommends) = (Vec::new(), Vec::new());
        let (mut known, mut with) = (BTreeSet::new(), BTreeSet::new());
        for ast::Package { names, options } in &c.packages {
            let result = self.package(names, scope);
            let given = options.iter().find(|field| &*field.key.text == "recommends");
            let flag = given.map(|field| self.eval(&field.value, scope)).transpose();
            let recommended = matches!(self.keep(flag).flatten(), Some(Value::Bool(true)));
            for name in self.keep(result).unwrap_or_default() {
                self.valid(validate::package(&name, names.span));
                if recommended && with.insert(name.clone()) {
                    recommends.push(name.clone());
                }
                if known.insert(name.clone()) {
                    packages.push(name);
                }
            }
        }
        (packages, recommends)
    }

    /// What the packages are told when they ask, sorted by question.
    fn answers(&mut self, c: &'w Component, scope: &Rc<Scope<'w>>) -> Vec<Answer> {
        let fields = c.packages.iter().flat_map(|package| &package.options);
        let given = fields.filter(|field| &*field.key.text == "answers");
        let mut answers: Vec<Answer> =
            self.each(given, |e, field| e.answers_of(&field.value, scope)).into_iter().flatten().collect();
        answers.sort_by(|a, b| (&a.question, &a.value).cmp(&(&b.question, &b.value)));
        answers.dedup_by(|a, b| (&a.question, &a.value) == (&b.question, &b.value));
        answers
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
        Some(self.world.protocol(home, &end.protocol)?.scheme()?.to_string())
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

    pub(super) fn reference(&self, end: &End) -> Option<EndpointRef> {
        let host = self.environment.hosts.get(end.host)?;
        let component = self.hosts.get(end.host)?.instances.get(end.run)?.component;
        Some(EndpointRef {
            host: (*host.name.text).to_owned(),
            instance: (*host.runs.get(end.run)?.name.text).to_owned(),
            endpoint: (*component.provides.get(end.endpoint)?.name.text).to_owned(),
        })
    }
}
