//! Environments: hosts, what runs on them, and whether each connection is met.

use std::collections::{BTreeMap, BTreeSet};

use super::component::{Table, secret_type};
use super::expression::Typed;
use super::label::{Label, Level};
use super::rule::{Origin, Sink, To, Use};
use super::scope::{HERE, Scope};
use super::sink::LINK;
use super::sink::secret_misused;
use super::test::way_to_itself;
use super::{Checker, HOST, HOST_OPTIONS, Members, call, told_apart};
use crate::diag::Diagnostic;
use crate::limits;
use crate::nearest::suggestion;
use crate::resolve::{Definition, Item};
use crate::source::Span;
use crate::syntax::ast::{Component, Environment, Expose, Field, Host, Name, Param, Requires, Run};
use crate::types::{ComponentRef, HostRef, Kind, Range, Type};

/// A component that is put to work: by `run`, or by a double in its place.
#[derive(Clone, Copy)]
pub(super) struct Put<'w> {
    pub(super) name: &'w Name,
    pub(super) component: &'w Name,
    pub(super) arguments: &'w [Field],
}

impl<'w> Put<'w> {
    fn of(run: &'w Run) -> Self {
        Self { name: &run.name, component: &run.component, arguments: &run.arguments }
    }
}

impl<'w> Checker<'w> {
    pub(super) fn environment(
        &mut self,
        module: usize,
        environment: usize,
        e: &'w Environment,
        outer: &Scope<'_, 'w>,
    ) {
        let scope = outer.inside(self.environment_names(module, environment, e).entries);
        self.environment_docs(e, &scope);
        self.base(e, &scope);
        self.not_named_base(e);
        self.defaults(&e.params, &e.lets, &scope);
        for param in e.params.iter().filter(|p| !p.capacity && p.default.is_none()) {
            let message = format!("`{}` of an environment needs a value", param.name.text);
            self.report(
                Diagnostic::error("E0303", param.name.span, message).help("write `= value` after its type"),
            );
        }
        for assert in &e.asserts {
            self.assertion(assert, &scope);
        }
        for (index, host) in e.hosts.iter().enumerate() {
            self.host(HostRef { module, environment, host: index }, host, &scope);
        }
        self.links(e, &scope);
    }

    fn links(&mut self, e: &'w Environment, scope: &Scope<'_, 'w>) {
        let mut seen: BTreeMap<(&str, &str), Span> = BTreeMap::new();
        for link in &e.links {
            let names = [&link.one, &link.other];
            let found = names.map(|name| self.host_named(e, name));
            if let [Some((_, host)), Some(_)] = found
                && link.one.text == link.other.text
                && host.replicas.is_none()
            {
                self.report(way_to_itself(&link.one, link.other.span));
            }
            let (one, other) = (&*link.one.text, &*link.other.text);
            if let Some(first) = seen.insert((one.min(other), one.max(other)), link.span) {
                let message = format!("the link between `{one}` and `{other}` is declared twice");
                self.report(Diagnostic::error("E0202", link.span, message).and(first, "first here"));
            }
            self.options(&link.settings, LINK, "a link", link.one.span, scope);
        }
    }

    /// `base` of an environment is what variants set under that name.
    fn not_named_base(&mut self, e: &Environment) {
        for param in e.params.iter().filter(|param| &*param.name.text == "base") {
            let message = "`base` of an environment is the archive that its hosts are made of";
            let diagnostic = Diagnostic::error("E0202", param.name.span, message);
            self.report(diagnostic.help("give this another name"));
        }
    }

    fn base(&mut self, e: &'w Environment, scope: &Scope<'_, 'w>) {
        match e.base.as_slice() {
            [] => {
                let message = format!("environment `{}` has no `base`", e.name.text);
                let help = "say which archive the hosts are made of: `base = debian`";
                self.report(Diagnostic::error("E0303", e.name.span, message).help(help));
            }
            [base] => {
                self.sink(base, scope, &Type::Archive, To::new(Sink::Base, "`base`"));
            }
            [first, again, ..] => {
                self.report(
                    Diagnostic::error("E0202", again.span, "`base` is set twice")
                        .and(first.span, "first here"),
                );
            }
        }
    }

    fn host(&mut self, host: HostRef, h: &'w Host, outer: &Scope<'_, 'w>) {
        if let Some(replicas) = &h.replicas {
            let ty = Type::Number(Kind::Int, Range { low: Some(1), high: Some(limits::HOSTS) });
            self.sink(replicas, outer, &ty, To::data("the number of replicas"));
        }
        self.options(&h.settings, HOST_OPTIONS, "a host", h.name.span, outer);
        let mut table = Table::new();
        for (run, declared) in h.runs.iter().enumerate() {
            if let Some((name, _, sink, _)) = HOST_OPTIONS.iter().find(|o| o.0 == &*declared.name.text) {
                let is = match *name {
                    "kind" | "kernel" => "how it runs",
                    _ if *sink == Sink::Data => "how much it has",
                    _ => "what it is made of",
                };
                let message = format!("`{name}` of a host is {is}");
                let diagnostic = Diagnostic::error("E0202", declared.name.span, message);
                self.report(diagnostic.help("give the instance another name"));
            }
            let component = self.world.component(outer.home(), &declared.component.text);
            let component = component.map(|(d, _)| ComponentRef { module: d.module, index: d.index });
            table.known(&declared.name, Typed::identity(Type::Instance(host, run, component)), self);
        }
        table.entries.insert(HERE.into(), call::here());
        for (name, wanted, ..) in HOST {
            let label = Label::of(Level::Capacity, h.name.span, &format!("{}.{name}", h.name.text).into());
            let label = self.from(Origin::Amount, label);
            let entry = super::scope::Entry::Known(Typed { ty: wanted.ty(), label });
            table.entries.entry((*name).into()).or_insert(entry);
        }
        let scope = outer.inside(table.entries);
        self.host_docs(h, &scope);
        for run in &h.runs {
            self.run(host, Put::of(run), &scope);
        }
        self.doubles_on(host, &scope);
        for expose in &h.exposes {
            self.expose(host, h, expose);
        }
    }

    fn expose(&mut self, host: HostRef, h: &Host, expose: &Expose) {
        let names = h.runs.iter().map(|run| &run.name);
        let Some(run) = self.position(h.name.span, Members::Runs, &expose.instance.text, names) else {
            let message = format!("host `{}` runs no `{}`", h.name.text, expose.instance.text);
            let mut diagnostic = Diagnostic::error("E0210", expose.instance.span, message);
            diagnostic.help = suggestion(&expose.instance.text, h.runs.iter().map(|run| &*run.name.text));
            return self.report(diagnostic);
        };
        self.member(Typed::identity(Type::Instance(host, run, None)), expose.instance.span, &expose.endpoint);
    }

    pub(super) fn run(&mut self, host: HostRef, run: Put<'w>, scope: &Scope<'_, 'w>) {
        let Some((definition, component)) = self.world.component(scope.home(), &run.component.text) else {
            // Its arguments have mistakes of their own.
            for argument in run.arguments {
                self.infer(&argument.value, scope);
            }
            return self.no_component(run, scope.home());
        };
        self.duplicate_keys(run.arguments);
        let home = definition.module;
        let params: BTreeMap<&str, &'w Param> = component.params.iter().map(|p| (&*p.name.text, p)).collect();
        for argument in run.arguments {
            self.argument(argument, component, home, &params, scope);
        }
        self.missing(host, run, component, home);
    }

    fn no_component(&mut self, run: Put<'w>, module: usize) {
        let name = run.component;
        let diagnostic = match self.world.lookup(module, &name.text) {
            Some(Definition { span, .. }) => {
                Diagnostic::error("E0208", name.span, format!("`{}` is not a component", name.text))
                    .and(span, "declared here")
            }
            None => {
                let mut diagnostic =
                    Diagnostic::error("E0208", name.span, format!("unknown component `{}`", name.text));
                let names = self.world.modules.get(module).map(|m| &m.names);
                let components = names.into_iter().flatten().filter(|(_, d)| d.item == Item::Component);
                diagnostic.help = suggestion(&name.text, components.map(|(name, _)| &**name));
                diagnostic.note = Some("a component is declared in this file or named in a `use`".to_owned());
                diagnostic
            }
        };
        self.report(diagnostic);
    }

    fn argument(
        &mut self,
        argument: &'w Field,
        component: &'w Component,
        home: usize,
        params: &BTreeMap<&str, &'w Param>,
        scope: &Scope<'_, 'w>,
    ) {
        let key = &argument.key;
        if &*key.text == "from" {
            self.sink(&argument.value, scope, &Type::Archive, To::new(Sink::From, "`from`"));
        } else if let Some(param) = params.get(&*key.text) {
            let ty = self.param_type(home, param);
            let what = format!("`{}` of `{}`", key.text, component.name.text);
            let to = To::new(Sink::Argument, &what).declared(param.name.span);
            self.set_param(param, &argument.value, scope, &ty, to);
        } else if let Some(secret) = component.secrets.iter().find(|s| s.name.text == key.text) {
            let what = format!("`{}` of `{}`", key.text, component.name.text);
            let to = To::new(Sink::Secret, &what).declared(secret.name.span);
            self.sink(&argument.value, scope, &secret_type(secret), to);
        } else if let Some(requires) = component.requires.iter().find(|r| r.name.text == key.text) {
            self.connection(argument, (home, component), requires, scope);
        } else {
            self.infer(&argument.value, scope);
            let message = format!("`{}` has no parameter `{}`", component.name.text, key.text);
            let mut diagnostic =
                Diagnostic::error("E0209", key.span, message).and(component.name.span, "the component");
            let params = component.params.iter().map(|p| &*p.name.text);
            let params = params.chain(component.secrets.iter().map(|s| &*s.name.text));
            let names = params.chain(component.requires.iter().map(|r| &*r.name.text));
            diagnostic.help = suggestion(&key.text, names);
            self.report(diagnostic);
        }
    }

    fn connection(
        &mut self,
        argument: &'w Field,
        (home, component): (usize, &Component),
        requires: &Requires,
        scope: &Scope<'_, 'w>,
    ) {
        let wanted = self.world.required(home, requires);
        let typed = self.infer(&argument.value, scope);
        let span = argument.value.span;
        if !typed.ty.fits(&wanted) {
            let message = format!(
                "`{}` of `{}` is `{wanted}`, this is `{}`",
                requires.name.text, component.name.text, typed.ty
            );
            let diagnostic = if self.is_secret(Use::Connection, &typed.ty) {
                secret_misused(span, "a connection", &typed.ty)
            } else {
                Diagnostic::error("E0305", span, message)
            };
            let diagnostic = diagnostic.and(requires.name.span, "required here");
            let mut diagnostic = told_apart(diagnostic, &typed.ty, &wanted);
            diagnostic.help = match &typed.ty {
                Type::Instance(..) => Some("name one of its endpoints: `host.instance.endpoint`".to_owned()),
                Type::Host(_) => {
                    Some("name the instance and the endpoint: `host.instance.endpoint`".to_owned())
                }
                Type::List(element) if matches!(**element, Type::Instance(..)) => {
                    Some("name one endpoint of each: `[x.instance.endpoint for x in host]`".to_owned())
                }
                Type::Endpoint(_) if requires.list && diagnostic.help.is_none() => {
                    Some("a list is wanted: put it into `[ ]`".to_owned())
                }
                _ => diagnostic.help,
            };
            self.name_component(&typed.ty, &mut diagnostic);
            self.report(diagnostic);
        }
        let sink = if requires.list { Sink::Connections } else { Sink::Connection };
        self.accepts(&typed.label, span, To::new(sink, "a connection").declared(requires.name.span));
    }

    /// The type of a parameter of a module; what is wrong with it is reported where it is declared.
    pub(super) fn param_type(&self, module: usize, param: &Param) -> Type {
        super::declared(self.world, module, &param.ty).unwrap_or(Type::Unknown)
    }

    fn missing(&mut self, host: HostRef, run: Put<'w>, component: &Component, home: usize) {
        let given: BTreeSet<&str> = run.arguments.iter().map(|a| &*a.key.text).collect();
        let given = |name: &str| given.contains(name);
        for param in component.params.iter().filter(|p| p.default.is_none() && !given(&p.name.text)) {
            let ty = self.param_type(home, param);
            if matches!(ty, Type::Option(_)) {
                continue;
            }
            let message = format!("`{}` needs `{}`", component.name.text, param.name.text);
            let diagnostic = Diagnostic::error("E0303", run.component.span, message)
                .and(param.name.span, "declared here, without a default")
                .help(format!("set it: `{} = …`, a `{ty}`", param.name.text));
            self.report(diagnostic);
        }
        for secret in component.secrets.iter().filter(|s| !s.optional && !given(&s.name.text)) {
            let message = format!("`{}` needs the secret `{}`", component.name.text, secret.name.text);
            let diagnostic = Diagnostic::error("E0303", run.component.span, message)
                .and(secret.name.span, "declared here")
                .help(format!(
                    "declare `secret name` in the environment, and set `{} = name`",
                    secret.name.text
                ));
            self.report(diagnostic);
        }
        for requires in component.requires.iter().filter(|r| !r.optional && !given(&r.name.text)) {
            let message =
                format!("`{}` is not connected: it requires `{}`", run.name.text, requires.name.text);
            let diagnostic = Diagnostic::error("E0303", run.component.span, message)
                .and(requires.name.span, "required here")
                .help(self.connection_help(host, run, (home, requires)));
            self.report(diagnostic);
        }
    }

    /// How the requirement could be met in this environment.
    fn connection_help(&self, at: HostRef, asking: Put<'w>, (home, requires): (usize, &Requires)) -> String {
        if self.full() {
            return String::new();
        }
        let wanted = self.world.endpoint(home, &requires.protocol);
        let environment = self.world.environment(at.module, at.environment);
        for (index, host) in environment.into_iter().flat_map(|e| e.hosts.iter().enumerate()) {
            for (run, declared) in host.runs.iter().enumerate() {
                if index == at.host && declared.name.span == asking.name.span {
                    continue;
                }
                let component = self.world.instance_component(HostRef { host: index, ..at }, run);
                let meets = |module, protocol| self.world.endpoint(module, protocol) == wanted;
                let provides =
                    component.and_then(|(d, c)| c.provides.iter().find(|p| meets(d.module, &p.protocol)));
                let Some(provides) = provides else { continue };
                let end = format!("{}.{}", declared.name.text, provides.name.text);
                let end = if index == at.host {
                    end
                } else if host.replicas.is_some() {
                    format!("x.{end}")
                } else {
                    format!("{}.{end}", host.name.text)
                };
                let value = match (requires.list, host.replicas.is_some() && index != at.host) {
                    (true, true) => format!("[{end} for x in {}]", host.name.text),
                    (true, false) => format!("[{end}]"),
                    (false, true) => continue,
                    (false, false) => end,
                };
                return format!("connect it: `{} = {value}`", requires.name.text);
            }
        }
        format!("nothing in this environment provides `{}`", requires.protocol.text)
    }
}
