//! Declared differences in force: which hosts and instances are absent, what stands in for others, and what of that
//! does not fit the rest of the environment.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::{Fault, Outcome};
use super::{Asked, Evaluator, profile};
use crate::check::{Path, Place, Places, covers, declared, place_of, plain_text, told_apart, written};
use crate::diag::Diagnostic;
use crate::resolve::{Computed, World};
use crate::source::Span;
use crate::syntax::ast::{Component, Difference, Exception, Expr, ExprKind, Field, Name};
use crate::topology;
use crate::types::Type;

/// All differences of a profile and its variants, each thing's last word only.
#[derive(Default)]
pub(super) struct Exceptions<'w> {
    all: Vec<Effective<'w>>,
    hosts: BTreeMap<usize, usize>,
    instances: BTreeMap<(usize, usize), usize>,
    /// Uses of doubles that do not fit, each told once.
    told: BTreeSet<(Span, Span)>,
    /// The hosts and instances by name; none where there is no difference.
    places: Option<Places<'w>>,
    /// How many were looked at, replaced ones among them.
    count: usize,
}

/// A difference in force.
pub(super) struct Effective<'w> {
    pub(super) exception: &'w Exception,
    /// The module whose names it uses.
    pub(super) module: usize,
    /// The profile or variant that declares it.
    pub(super) declared_by: &'w str,
    /// What it is about: of a double, always the instance.
    pub(super) path: Path<'w>,
}

/// A component that stands in.
#[derive(Clone, Copy)]
pub(super) struct Double<'w> {
    pub(super) module: usize,
    pub(super) component: &'w Name,
    pub(super) arguments: &'w [Field],
}

impl<'w> Exceptions<'w> {
    /// The differences that are asked for; those of variants come before those of profiles, and what is declared later,
    /// or by the profile itself, before what that extends.
    pub(super) fn of(world: &'w World, asked: &Asked<'w>) -> (Self, Vec<Diagnostic>) {
        let variants = asked.variants.iter().rev().map(|v| (0, &v.name, v.exceptions.as_slice()));
        let chain = profile::chain(world, asked.profile);
        let profiles = chain.iter().map(|(module, p)| (*module, &p.name, p.exceptions.as_slice()));
        let layers: Vec<_> = variants.chain(profiles).filter(|layer| !layer.2.is_empty()).collect();
        let mut made = Self {
            all: Vec::new(),
            hosts: BTreeMap::new(),
            instances: BTreeMap::new(),
            told: BTreeSet::new(),
            places: None,
            count: layers.iter().map(|layer| layer.2.len()).sum(),
        };
        let mut refused = Vec::new();
        if !layers.is_empty() {
            let places = Places::of(asked.environment);
            made.gather(&layers, &places, &mut refused);
            made.index(&places);
            made.places = Some(places);
        }
        (made, refused)
    }

    fn gather(
        &mut self,
        layers: &[(usize, &'w Name, &'w [Exception])],
        places: &Places<'w>,
        refused: &mut Vec<Diagnostic>,
    ) {
        let mut taken: BTreeMap<Path<'w>, &'w Exception> = BTreeMap::new();
        let mut doubles: BTreeMap<&'w str, &'w Exception> = BTreeMap::new();
        for (module, declared_by, exceptions) in layers {
            let mut own = Vec::new();
            for exception in *exceptions {
                let keys = places.keys(exception);
                let above = |key: &Path<'w>| {
                    (1..key.len()).any(|n| key.get(..n).and_then(|k| taken.get(k)).is_some_and(|e| covers(e)))
                };
                if keys.iter().any(|key| taken.contains_key(key) || above(key)) {
                    continue;
                }
                if matches!(exception.difference, Difference::Double { .. }) {
                    doubles.extend(keys.first().and_then(|key| key.first()).map(|host| (*host, exception)));
                } else if let (Difference::Absent, [host]) =
                    (&exception.difference, exception.path.as_slice())
                {
                    refused
                        .extend(doubles.get(&*host.text).map(|double| double_of_absent(double, exception)));
                }
                let path = match (&exception.difference, keys.first()) {
                    (Difference::Double { .. }, Some(key)) => key.clone(),
                    _ => exception.path.iter().map(|name| &*name.text).collect(),
                };
                self.all.push(Effective { exception, module: *module, declared_by: &declared_by.text, path });
                own.extend(keys.into_iter().map(|key| (key, exception)));
            }
            taken.extend(own);
        }
        self.all.sort_by(|a, b| a.path.cmp(&b.path));
    }

    fn index(&mut self, places: &Places<'w>) {
        for (index, effective) in self.all.iter().enumerate() {
            let path = &effective.exception.path;
            match &effective.exception.difference {
                Difference::Deviate(_) => {}
                Difference::Double { .. } => {
                    self.instances.extend(places.instance(path).map(|at| (at, index)));
                }
                Difference::Absent => match places.find(path) {
                    Some(Place::Host(host)) => {
                        self.hosts.insert(host, index);
                    }
                    Some(Place::Instance(host, run)) => {
                        self.instances.insert((host, run), index);
                    }
                    None => {}
                },
            }
        }
    }

    pub(super) fn all(&self) -> &[Effective<'w>] {
        &self.all
    }

    /// How many were declared, replaced ones among them.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Why a host is not there, if it is not.
    pub(super) fn absent_host(&self, host: usize) -> Option<&Effective<'w>> {
        self.all.get(*self.hosts.get(&host)?)
    }

    /// Why an instance is not there, if it or its host is not.
    pub(super) fn absent(&self, host: usize, run: usize) -> Option<&Effective<'w>> {
        let own = || self.instances.get(&(host, run)).and_then(|index| self.all.get(*index));
        let own = || own().filter(|e| matches!(e.exception.difference, Difference::Absent));
        self.absent_host(host).or_else(own)
    }

    /// What stands in for an instance, if something does.
    pub(super) fn double(&self, host: usize, run: usize) -> Option<Double<'w>> {
        let effective = self.all.get(*self.instances.get(&(host, run))?)?;
        match &effective.exception.difference {
            Difference::Double { component, arguments } => {
                Some(Double { module: effective.module, component, arguments })
            }
            _ => None,
        }
    }
}

impl<'w> Evaluator<'w> {
    /// Refuses to use a host that is absent.
    pub(super) fn host_is_there(&self, host: usize, used: Span) -> Outcome<()> {
        match self.exceptions.absent_host(host) {
            Some(absence) => Err(Fault::new(self.still_used(absence, used))),
            None => Ok(()),
        }
    }

    /// Refuses to use an instance that is absent.
    pub(super) fn is_there(&self, host: usize, run: usize, used: Span) -> Outcome<()> {
        match self.exceptions.absent(host, run) {
            Some(absence) => Err(Fault::new(self.still_used(absence, used))),
            None => Ok(()),
        }
    }

    /// Refuses to use an endpoint or parameter that an absent instance had, or that a double does not have as what it
    /// replaces.
    pub(super) fn reaches(&mut self, host: usize, run: usize, name: &Name) -> Outcome<()> {
        self.is_there(host, run, name.span)?;
        let Some(double) = self.exceptions.double(host, run) else { return Ok(()) };
        let declared = self.environment.hosts.get(host).and_then(|h| h.runs.get(run));
        let replaced = declared.and_then(|run| self.world.component(self.home, &run.component.text));
        let stand_in = self.world.component(double.module, &double.component.text);
        let (Some(stand_in), Some(replaced)) = (stand_in, replaced) else { return Ok(()) };
        let members = [stand_in.1, replaced.1].map(|c| c.provides.len() + c.params.len() + c.lets.len());
        self.look(members.into_iter().sum(), name.span)?;
        let needed = self.offer((replaced.0.module, replaced.1), &name.text);
        let own = self.offer((stand_in.0.module, stand_in.1), &name.text);
        let Some(needed) = needed else { return Err(Fault::internal(name.span)) };
        if own.as_ref().is_some_and(|own| own.stands_for(&needed)) {
            return Ok(());
        }
        if !self.exceptions.told.insert((double.component.span, needed.span)) {
            return Err(Fault::Known);
        }
        let misfit = Misfit { double: double.component, stand_in: stand_in.1, name, own, needed };
        Err(Fault::new(misfit.diagnostic(self.instance)))
    }

    /// What a component of a module has under a name that others use.
    fn offer(&self, (module, component): (usize, &Component), name: &str) -> Option<Offer> {
        if let Some(provides) = component.provides.iter().find(|provides| &*provides.name.text == name) {
            let ty = self.world.endpoint(module, &provides.protocol);
            return Some(Offer { ty, capacity: false, locked: false, span: provides.name.span });
        }
        if let Some(param) = component.params.iter().find(|param| &*param.name.text == name) {
            let ty = declared(self.world, module, &param.ty).unwrap_or(Type::Unknown);
            return Some(Offer { ty, capacity: param.capacity, locked: false, span: param.name.span });
        }
        let item = component.lets.iter().find(|item| &*item.name.text == name)?;
        let Computed { ty, capacity, locked } = self.world.computed(item.name.span)?;
        Some(Offer { ty, capacity, locked, span: item.name.span })
    }

    fn still_used(&self, absence: &Effective<'w>, used: Span) -> Diagnostic {
        let path = written(&absence.exception.path);
        let message = format!("`{path}` is absent under `{}`, and is used here", absence.declared_by);
        let mut diagnostic =
            Diagnostic::error("E0405", used, message).and(place_of(absence.exception), "absent by this");
        if let Some(user) = self.instance {
            diagnostic = diagnostic.and(user, "this uses it");
        }
        diagnostic.help(format!(
            "let what uses it be `absent` or a `double` too, have a `double` of `{path}` instead, or require it as `requires name: Protocol?`"
        ))
    }

    /// Whether an argument is just an endpoint of something absent: an optional requirement goes without it.
    pub(super) fn names_absent(&self, expr: &Expr, host: usize) -> bool {
        let (ExprKind::Member(of, _), Some(places)) = (&expr.kind, &self.exceptions.places) else {
            return false;
        };
        let Some(here) = self.environment.hosts.get(host).map(|host| &*host.name.text) else { return false };
        let found = match &of.kind {
            // An instance's name hides a host's of the same name.
            ExprKind::Name(name) => places.named(here, name),
            ExprKind::Member(of, instance) => match &of.kind {
                ExprKind::Name(name) if places.named(here, name).is_none() => {
                    places.named(name, &instance.text)
                }
                _ => None,
            },
            _ => None,
        };
        found.is_some_and(|(host, run)| self.exceptions.absent(host, run).is_some())
    }

    /// The differences as the topology tells them: those in force, without deviations from which somebody else deviates.
    pub(super) fn topology_exceptions(&self) -> Vec<topology::Exception> {
        let counts = |effective: &&Effective<'w>| match effective.exception.difference {
            Difference::Deviate(_) => self.settings.deviates(&effective.path, effective.exception),
            Difference::Double { .. } | Difference::Absent => true,
        };
        self.exceptions.all().iter().filter(counts).map(|e| self.topology_exception(e)).collect()
    }

    fn topology_exception(&self, effective: &Effective<'w>) -> topology::Exception {
        let exception = effective.exception;
        let (kind, with) = match &exception.difference {
            Difference::Absent => (topology::ExceptionKind::Absent, None),
            Difference::Deviate(value) => {
                (topology::ExceptionKind::Deviation, Some(self.world.text(value.span).to_owned()))
            }
            Difference::Double { component, .. } => {
                let found = self.world.component(effective.module, &component.text);
                let module = found.and_then(|(d, _)| self.world.modules.get(d.module));
                let path = module.map_or("", |m| &*m.path);
                (topology::ExceptionKind::Double, Some(format!("{path}.{}", component.text)))
            }
        };
        topology::Exception {
            kind,
            path: effective.path.join("."),
            with,
            because: plain_text(&exception.because),
            until: exception.until.as_ref().map(|until| until.date.to_string()),
            declared_by: effective.declared_by.to_owned(),
            span: exception.span,
        }
    }
}

/// An endpoint, a parameter or a `let` that others may use.
struct Offer {
    ty: Type,
    capacity: bool,
    /// Whether it depends on the version of a package.
    locked: bool,
    span: Span,
}

impl Offer {
    /// Whether it may be used wherever something else may be: it must go no less far.
    fn stands_for(&self, needed: &Self) -> bool {
        self.ty.fits(&needed.ty) && self.capacity <= needed.capacity && self.locked <= needed.locked
    }

    /// What it is, for messages.
    fn is(&self) -> String {
        match &self.ty {
            Type::Endpoint(protocol) => protocol.name.to_string(),
            Type::Literal(text) => format!("{text:?}"),
            Type::Choice(choice) if !choice.declared => {
                let values: Vec<String> = choice.values.iter().map(|value| format!("{value:?}")).collect();
                values.join(" | ")
            }
            ty => ty.to_string(),
        }
    }
}

/// What is used of what a double replaces, and that the double does not have so.
struct Misfit<'w> {
    double: &'w Name,
    stand_in: &'w Component,
    /// Its name, where it is used.
    name: &'w Name,
    own: Option<Offer>,
    needed: Offer,
}

impl Misfit<'_> {
    fn diagnostic(&self, user: Option<Span>) -> Diagnostic {
        let (component, name) = (&self.stand_in.name.text, &self.name.text);
        let kind = self.needed.is();
        let (verb, declare) = match &self.needed.ty {
            Type::Endpoint(protocol) => ("provides", format!("provides {name}: {} on …", protocol.name)),
            Type::Literal(_) => ("has", format!("let {name} = {kind}")),
            _ => ("has", format!("param {name}: {kind}")),
        };
        let (message, place, says) = match &self.own {
            None => {
                let message =
                    format!("`{component}` {verb} no `{name}`, which is used of what it stands in for");
                (message, self.stand_in.name.span, "the double".to_owned())
            }
            Some(own) if own.ty.fits(&self.needed.ty) => {
                let is = if own.capacity && !self.needed.capacity {
                    "is capacity"
                } else {
                    "depends on a version"
                };
                let message = format!("`{name}` of `{component}` {is}, and not of what it stands in for");
                (message, own.span, format!("{is} here"))
            }
            Some(own) => {
                let is = own.is();
                let message =
                    format!("`{name}` of `{component}` is `{is}`, and of what it stands in for `{kind}`");
                (message, own.span, format!("`{is}` here"))
            }
        };
        let mut diagnostic = Diagnostic::error("E0404", self.double.span, message)
            .and(self.name.span, format!("used here, as `{kind}`"))
            .and(self.needed.span, format!("`{kind}` here"))
            .and(place, says);
        if let Some(own) = &self.own {
            diagnostic = told_apart(diagnostic, &own.ty, &self.needed.ty);
        }
        if let Some(user) = user {
            diagnostic = diagnostic.and(user, "this uses it");
        }
        let or = match &self.needed.ty {
            // Strings that are known may be used where no other may.
            Type::Literal(_) => format!(", or write `let {name}: String = …` where it is declared"),
            _ => String::new(),
        };
        if diagnostic.help.is_some() {
            return diagnostic;
        }
        diagnostic.help(format!("a double of it needs `{declare}`{or}"))
    }
}

fn double_of_absent(double: &Exception, absence: &Exception) -> Diagnostic {
    let (path, absent) = (written(&double.path), written(&absence.path));
    let message = format!("the double of `{path}` changes nothing: `{absent}` is absent");
    Diagnostic::error("E0202", place_of(double), message)
        .and(place_of(absence), "absent here")
        .help("keep one of them")
}
