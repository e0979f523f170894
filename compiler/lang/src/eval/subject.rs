//! What a path leads to, with all who say what it is.

use std::rc::Rc;
use std::sync::Arc;

use super::profile::{By, Set};
use super::scope::{Scope, Slot, running};
use super::value::{End, Value};
use super::{Evaluator, InstanceSlots};
use crate::check::{HOST, RUNNING, declared, inferred, place_of, plain_text, written};
use crate::diag::Diagnostic;
use crate::limits;
use crate::nearest::suggestion;
use crate::source::{SourceId, Span};
use crate::syntax::ast::{Expr, Host, Let, Name, Param, Run};
use crate::types::{Kind, Range, Type};

/// Something that can be explained.
pub(super) struct Subject<'w> {
    pub(super) ty: Type,
    pub(super) capacity: bool,
    pub(super) declared: Span,
    /// Who says what it is, the one that counts first.
    pub(super) candidates: Vec<Candidate<'w>>,
    pub(super) place: Place<'w>,
}

/// An expression that somebody has for a value, and the scope where it stands.
pub(super) struct Candidate<'w> {
    /// Who, as an origin tells it.
    pub(super) what: String,
    pub(super) expr: &'w Expr,
    pub(super) scope: Rc<Scope<'w>>,
}

/// Where the value is.
pub(super) enum Place<'w> {
    Slot(Rc<Slot<'w>>, Rc<Scope<'w>>),
    Named(String, Rc<Scope<'w>>),
    Value(Value),
    Replicas(usize),
    /// `host:port`
    Address {
        host: usize,
        run: usize,
        endpoint: usize,
        name: Arc<str>,
    },
    Nowhere,
}

impl<'w> Subject<'w> {
    /// A secret: never its value, only where it goes.
    fn secret(name: &Name, candidates: Vec<Candidate<'w>>, scope: &Rc<Scope<'w>>) -> Self {
        Self {
            ty: Type::Secret,
            capacity: false,
            declared: name.span,
            candidates,
            place: Place::Named(name.text.to_string(), scope.clone()),
        }
    }
}

type Found<'w> = Result<Subject<'w>, Box<Diagnostic>>;

impl<'w> Evaluator<'w> {
    /// What a path leads to.
    pub(super) fn subject(&self, path: &[&str]) -> Found<'w> {
        let environment = self.environment;
        let host =
            path.first().and_then(|name| environment.hosts.iter().position(|h| &*h.name.text == *name));
        let Some((index, host)) = host.and_then(|index| Some((index, environment.hosts.get(index)?))) else {
            return match path {
                [name] => self.of_environment(name),
                _ => Err(unknown(path, 0, environment.hosts.iter().map(|h| &*h.name.text))),
            };
        };
        if let Some(absence) = self.exceptions.absent_host(index) {
            return Err(absent(absence.exception, absence.declared_by));
        }
        let run = path.get(1).and_then(|name| host.runs.iter().position(|r| &*r.name.text == *name));
        match (path, run) {
            ([_, name], None) => self.of_host(index, host, name).ok_or_else(|| {
                let runs = host.runs.iter().map(|r| &*r.name.text);
                unknown(
                    path,
                    1,
                    runs.chain(HOST.iter().chain(RUNNING).map(|o| o.0)).chain(["base", "replicas"]),
                )
            }),
            ([_, _, rest @ ..], Some(run)) => self.of_instance(path, (index, host), run, rest),
            ([_], _) => Err(unknown(path, 1, host.runs.iter().map(|r| &*r.name.text))),
            _ => Err(unknown(path, 1, host.runs.iter().map(|r| &*r.name.text))),
        }
    }

    fn of_environment(&self, name: &str) -> Found<'w> {
        let environment = self.environment;
        let where_declared = format!("declared in environment `{}`", environment.name.text);
        if name == "base" {
            let own = environment.base.first().map(|expr| self.candidate(&where_declared, expr, &self.scope));
            let candidates = self.set(self.settings.all(&["base"])).into_iter().chain(own).collect();
            return Ok(self.archive_subject(candidates, self.base.clone(), environment.name.span));
        }
        if let Some(param) = environment.params.iter().find(|p| &*p.name.text == name) {
            let own = param.default.as_ref().map(|expr| self.candidate(&where_declared, expr, &self.scope));
            let candidates = self.set(self.settings.all(&[name])).into_iter().chain(own).collect();
            return Ok(self.parameter(param, self.home, candidates, &self.scope));
        }
        if let Some(item) = environment.lets.iter().find(|l| &*l.name.text == name) {
            return Ok(self.computed(item, &where_declared, &self.scope));
        }
        if let Some(secret) = environment.secrets.iter().find(|s| &*s.name.text == name) {
            return Ok(Subject::secret(&secret.name, Vec::new(), &self.scope));
        }
        let names = environment.params.iter().map(|p| &*p.name.text);
        let names = names.chain(environment.lets.iter().map(|l| &*l.name.text));
        Err(unknown(&[name], 0, names.chain(environment.hosts.iter().map(|h| &*h.name.text))))
    }

    fn of_host(&self, index: usize, host: &'w Host, name: &str) -> Option<Subject<'w>> {
        let slots = self.hosts.get(index)?;
        let what = format!("declared in host `{}`", host.name.text);
        let own = host.settings.iter().find(|f| &*f.key.text == name);
        let own = own.map(|field| self.candidate(&what, &field.value, &self.scope));
        if name == "base" {
            let set = self.set(self.settings.all(&[&host.name.text, "base"])).into_iter().chain(own);
            let environment = self.of_environment("base").ok()?.candidates.into_iter().map(|candidate| {
                Candidate { what: format!("the environment's base, {}", candidate.what), ..candidate }
            });
            let slot = slots.base.clone().or(self.base.clone());
            return Some(self.archive_subject(set.chain(environment).collect(), slot, host.name.span));
        }
        if name == "replicas" {
            let expr = host.replicas.as_ref().map(|expr| self.candidate(&what, expr, &self.scope));
            let range = Range { low: Some(1), high: Some(limits::HOSTS) };
            return Some(Subject {
                ty: Type::Number(Kind::Int, range),
                capacity: true,
                declared: host.name.span,
                candidates: expr.into_iter().collect(),
                place: Place::Replicas(index),
            });
        }
        let (_, wanted, ..) = HOST.iter().chain(RUNNING).find(|o| o.0 == name)?;
        let set = self.set(self.settings.all_of_host(&host.name.text, name));
        Some(Subject {
            ty: wanted.ty(),
            capacity: true,
            declared: host.name.span,
            candidates: set.into_iter().chain(own).collect(),
            place: Place::Named(
                if RUNNING.iter().any(|option| option.0 == name) { running(name) } else { name.to_owned() },
                slots.scope.clone(),
            ),
        })
    }

    fn of_instance(
        &self,
        path: &[&str],
        (index, host): (usize, &'w Host),
        run: usize,
        rest: &[&str],
    ) -> Found<'w> {
        if let Some(absence) = self.exceptions.absent(index, run) {
            return Err(absent(absence.exception, absence.declared_by));
        }
        let slots = self.hosts.get(index).and_then(|h| h.instances.get(run));
        let (Some(slots), Some(declared)) = (slots, host.runs.get(run)) else {
            return Err(unknown(path, 1, []));
        };
        let found = match rest {
            [name] => self.member_of(index, (run, declared), slots, host, name),
            [endpoint, member] => self.of_endpoint((index, run), slots, endpoint, member),
            _ => None,
        };
        found.ok_or_else(|| {
            let c = slots.component;
            let params =
                c.params.iter().map(|p| &*p.name.text).chain(c.requires.iter().map(|r| &*r.name.text));
            let params: Vec<&str> = params.chain(["from"]).collect();
            let endpoints = c.provides.iter().map(|p| &*p.name.text);
            match rest.first() {
                Some(name) if rest.len() > 1 && endpoints.clone().any(|endpoint| endpoint == *name) => {
                    unknown(path, 3, ["port", "address", "host", "protocol"])
                }
                Some(name) if rest.len() > 1 && params.contains(name) => unknown(path, 3, []),
                _ => unknown(path, 2, params.into_iter().chain(endpoints)),
            }
        })
    }

    fn member_of(
        &self,
        index: usize,
        (run, declared): (usize, &'w Run),
        slots: &InstanceSlots<'w>,
        host: &'w Host,
        name: &str,
    ) -> Option<Subject<'w>> {
        let component = slots.component;
        let double = self.exceptions.double(index, run);
        // The arguments of a double stand in the double; what is set is set of the component that is declared.
        let (arguments, what, set) = match double {
            None => {
                let path = [&*host.name.text, &*declared.name.text, name];
                let what = format!("argument of `run {}`", declared.name.text);
                (declared.arguments.as_slice(), what, self.set(self.settings.all(&path)))
            }
            Some(double) => {
                (double.arguments, format!("argument of the double `{}`", double.component.text), Vec::new())
            }
        };
        let outer = self.hosts.get(index).map(|h| h.scope.clone())?;
        let outer = match double {
            Some(double) if double.module != self.home => self.of_module(double.module, &outer),
            _ => outer,
        };
        let argument = arguments.iter().find(|a| &*a.key.text == name);
        let argument = argument.map(|a| self.candidate(&what, &a.value, &outer));
        let mut candidates: Vec<Candidate<'w>> = set.into_iter().chain(argument).collect();
        if name == "from" {
            let slot = slots.from.clone();
            if slot.is_none() {
                return self.of_host(index, host, "base");
            }
            return Some(self.archive_subject(candidates, slot, declared.name.span));
        }
        if let Some(param) = component.params.iter().find(|p| &*p.name.text == name) {
            let what = format!("default of `{}`", component.name.text);
            let default = param.default.as_ref().map(|expr| self.candidate(&what, expr, &slots.scope));
            candidates.extend(default);
            return Some(self.parameter(param, slots.definition.module, candidates, &slots.scope));
        }
        if let Some(requires) = component.requires.iter().find(|r| &*r.name.text == name) {
            let ty = self.world.required(slots.definition.module, requires);
            return Some(Subject {
                ty,
                capacity: false,
                declared: requires.name.span,
                candidates,
                place: Place::Named(name.to_owned(), slots.scope.clone()),
            });
        }
        if let Some(secret) = component.secrets.iter().find(|s| &*s.name.text == name) {
            return Some(Subject::secret(&secret.name, candidates, &slots.scope));
        }
        if let Some(item) = component.lets.iter().find(|l| &*l.name.text == name) {
            let what = format!("declared in `{}`", component.name.text);
            return Some(self.computed(item, &what, &slots.scope));
        }
        self.of_endpoint((index, run), slots, name, "")
    }

    fn of_endpoint(
        &self,
        (host, run): (usize, usize),
        slots: &InstanceSlots<'w>,
        endpoint: &str,
        member: &str,
    ) -> Option<Subject<'w>> {
        let component = slots.component;
        let index = component.provides.iter().position(|p| &*p.name.text == endpoint)?;
        let provides = component.provides.get(index)?;
        let port =
            self.candidate(&format!("declared in `{}`", component.name.text), &provides.port, &slots.scope);
        let subject = |ty: Type, candidates, place| {
            Some(Subject { ty, capacity: false, declared: provides.name.span, candidates, place })
        };
        let replicated = self.environment.hosts.get(host).is_some_and(|h| h.replicas.is_some());
        let address = if replicated { self.representative(host) } else { self.address(host, None) };
        match member {
            "port" => {
                let slot = slots.ports.get(index)?.clone();
                let range = Range { low: Some(1), high: Some(65535) };
                subject(Type::Number(Kind::Int, range), vec![port], Place::Slot(slot, slots.scope.clone()))
            }
            "" => {
                let protocol = provides.protocol.text.clone();
                let end = End { host, run, endpoint: index, protocol, address };
                let place = Place::Value(Value::Endpoint(Rc::new(end)));
                subject(self.world.endpoint(slots.definition.module, &provides.protocol), vec![port], place)
            }
            "address" => {
                let place = Place::Address { host, run, endpoint: index, name: address };
                subject(Type::Text, vec![port], place)
            }
            "host" => subject(Type::Text, Vec::new(), Place::Value(Value::Text(address))),
            "protocol" => {
                subject(Type::Text, Vec::new(), Place::Value(Value::text(&*provides.protocol.text)))
            }
            _ => None,
        }
    }

    fn parameter(
        &self,
        param: &'w Param,
        home: usize,
        candidates: Vec<Candidate<'w>>,
        scope: &Rc<Scope<'w>>,
    ) -> Subject<'w> {
        Subject {
            ty: declared(self.world, home, &param.ty).unwrap_or(Type::Unknown),
            capacity: param.capacity,
            declared: param.name.span,
            candidates,
            place: Place::Named(param.name.text.to_string(), scope.clone()),
        }
    }

    fn computed(&self, item: &'w Let, what: &str, scope: &Rc<Scope<'w>>) -> Subject<'w> {
        // Nobody declares the label of a `let`, and often not its type: the checker infers both.
        let (ty, capacity) = inferred(self.world, item).unwrap_or((Type::Unknown, false));
        Subject {
            ty,
            capacity,
            declared: item.name.span,
            candidates: vec![self.candidate(what, &item.value, scope)],
            place: Place::Named(item.name.text.to_string(), scope.clone()),
        }
    }

    fn archive_subject(
        &self,
        candidates: Vec<Candidate<'w>>,
        slot: Option<Rc<Slot<'w>>>,
        declared: Span,
    ) -> Subject<'w> {
        let place = slot.map_or(Place::Nowhere, |slot| Place::Slot(slot, self.scope.clone()));
        Subject { ty: Type::Archive, capacity: false, declared, candidates, place }
    }

    fn candidate(&self, what: &str, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Candidate<'w> {
        Candidate { what: what.to_owned(), expr, scope: scope.clone() }
    }

    fn set(&self, all: Vec<Set<'w>>) -> Vec<Candidate<'w>> {
        let candidate = |set: Set<'w>| {
            let what = match set.by {
                By::With => "set by `--with`".to_owned(),
                By::Variant(name) => format!("set by variant `{}`", name.text),
                By::Deviation(exception, by) => {
                    format!("deviation in `{by}`, because {}", plain_text(&exception.because))
                }
                By::Profile(name) => format!("set by profile `{}`", name.text),
                By::EveryHost(name) => format!("set by profile `{}` for every host", name.text),
            };
            Candidate { what, expr: set.expr, scope: self.module(set.module) }
        };
        all.into_iter().map(candidate).collect()
    }
}

/// A path that leads nowhere from one of its names on. It stands in no file.
fn unknown<'a>(path: &[&str], at: usize, known: impl IntoIterator<Item = &'a str>) -> Box<Diagnostic> {
    let span = Span { source: SourceId(0), start: 0, end: 0 };
    let known: Vec<&str> = known.into_iter().collect();
    let (message, help) = match path.get(at) {
        None => {
            let message = format!("`{}` is no value by itself", path.join("."));
            (message, suggestion("", known.iter().copied()))
        }
        Some(name) => {
            let of = path.get(..at).unwrap_or_default().join(".");
            let of = if of.is_empty() { "the environment".to_owned() } else { format!("`{of}`") };
            (format!("{of} has no `{name}`"), suggestion(name, known.iter().copied()))
        }
    };
    let mut diagnostic = Diagnostic::error("E0210", span, message);
    diagnostic.help = help;
    Box::new(diagnostic)
}

fn absent(exception: &crate::syntax::ast::Exception, by: &str) -> Box<Diagnostic> {
    let message = format!("`{}` is absent under `{by}`", written(&exception.path));
    Box::new(Diagnostic::error("E0405", place_of(exception), message))
}
