//! What profiles, deviations and variants set, by its path: that there is such a thing, and who may set it.

use super::label::Level;
use super::rule::{Sink, To};
use super::scope::Scope;
use super::{Checker, HOST_OPTIONS, Members};
use crate::diag::Diagnostic;
use crate::nearest::suggestion;
use crate::source::Span;
use crate::syntax::ast::{Environment, Expr, ExprKind, Host, Name, Param};
use crate::types::{HostRef, Type};

/// Who sets something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setter {
    /// A profile: capacities only.
    Profile,
    /// `deviate` in a profile or variant: identity only.
    Deviation,
    /// A variant or the command line: anything that can be set.
    Variant,
}

/// Something that can be set.
struct Settable {
    ty: Type,
    capacity: bool,
    what: String,
    declared: Option<Span>,
}

/// An environment by its place.
#[derive(Clone, Copy)]
pub(super) struct Of<'w> {
    pub(super) module: usize,
    pub(super) index: usize,
    pub(super) environment: &'w Environment,
}

/// What a path's last name is looked for in.
struct Owner<'a> {
    /// The module that it is of.
    home: usize,
    /// The place of its name.
    span: Span,
    what: String,
    params: &'a [Param],
}

impl<'w> Checker<'w> {
    /// Holds a value against what is set at a path.
    pub(super) fn set(
        &mut self,
        path: &'w [Name],
        value: &'w Expr,
        of: Of<'w>,
        by: Setter,
        scope: &Scope<'_, 'w>,
    ) {
        let Some(name) = path.last() else { return };
        let Some(found) = self.settable(path, of, by) else {
            // The value has mistakes of its own.
            self.infer(value, scope);
            return;
        };
        let sink = match (by, found.capacity) {
            (Setter::Profile, false) => return self.report(not_capacity(path, name, &found)),
            (Setter::Deviation, true) => return self.report(no_deviation(path, name, &found)),
            (_, true) => Sink::Data,
            (_, false) => Sink::Setting,
        };
        let to = To { sink, what: &found.what, declared_at: found.declared };
        self.sink(value, scope, &found.ty, to);
    }

    fn settable(&mut self, path: &'w [Name], of: Of<'w>, by: Setter) -> Option<Settable> {
        let environment = of.environment;
        match path {
            [name] if &*name.text == "base" => {
                let declared = environment.base.first().map(|base| base.span);
                Some(Settable { ty: Type::Archive, capacity: false, what: "`base`".to_owned(), declared })
            }
            [name] => {
                let names = environment.hosts.iter().map(|h| &h.name);
                let host = self.position(environment.name.span, Members::Hosts, &name.text, names);
                if let Some(host) = host.and_then(|host| environment.hosts.get(host)) {
                    self.report(whole_host(name, host, by));
                    return None;
                }
                let owner = Owner {
                    home: of.module,
                    span: environment.name.span,
                    what: format!("environment `{}`", environment.name.text),
                    params: &environment.params,
                };
                let other = environment.lets.iter().map(|l| &l.name);
                self.parameter(path, name, &owner, by, other)
            }
            [host, name] => {
                let (_, host) = self.host_named(environment, host)?;
                self.of_host(path, host, name, by)
            }
            [host, instance, name] => {
                let (index, host) = self.host_named(environment, host)?;
                let run = self.run_named(host, instance)?;
                self.of_instance(
                    path,
                    HostRef { module: of.module, environment: of.index, host: index },
                    run,
                    name,
                    by,
                )
            }
            _ => {
                let span = path.last().map_or(Span::default(), |n| n.span);
                let help = match by {
                    Setter::Profile => "a profile sets `capacity`, `host.memory` or `host.instance.capacity`",
                    _ => {
                        "what can be set is `parameter`, `host.memory`, `host.base` or `host.instance.parameter`"
                    }
                };
                self.report(Diagnostic::error("E0210", span, "this path is too long").help(help));
                None
            }
        }
    }

    fn of_instance(
        &mut self,
        path: &'w [Name],
        host: HostRef,
        run: usize,
        name: &'w Name,
        by: Setter,
    ) -> Option<Settable> {
        let declared = self.world.host(host)?.runs.get(run)?;
        if &*name.text == "from" {
            let declared = Some(declared.name.span);
            return Some(Settable {
                ty: Type::Archive,
                capacity: false,
                what: "`from`".to_owned(),
                declared,
            });
        }
        let (definition, component) = self.world.instance_component(host, run)?;
        let owner = Owner {
            home: definition.module,
            span: component.name.span,
            what: format!("`{}`", component.name.text),
            params: &component.params,
        };
        let other = component.requires.iter().map(|r| &r.name).chain(component.lets.iter().map(|l| &l.name));
        self.parameter(path, name, &owner, by, other)
    }

    fn parameter<'a>(
        &mut self,
        path: &'w [Name],
        name: &'w Name,
        owner: &Owner<'w>,
        by: Setter,
        mut other: impl Iterator<Item = &'a Name>,
    ) -> Option<Settable> {
        let names = owner.params.iter().map(|p| &p.name);
        let index = self.position(owner.span, Members::Params, &name.text, names);
        if let Some(param) = index.and_then(|index| owner.params.get(index)) {
            let ty = self.param_type(owner.home, param);
            let (what, declared) = (format!("`{}`", name.text), Some(param.name.span));
            return Some(Settable { ty, capacity: param.capacity, what, declared });
        }
        if let Some(declared) = other.find(|n| n.text == name.text) {
            self.report(match by {
                Setter::Profile => {
                    not_settable(name, declared.span).help("set it in the environment, for every profile")
                }
                _ => no_parameter(name, owner, "parameter")
                    .and(declared.span, "declared here, and not as a parameter"),
            });
            return None;
        }
        let kind = if by == Setter::Profile { "capacity" } else { "parameter" };
        let mut diagnostic = no_parameter(name, owner, kind);
        let params = owner.params.iter().filter(|p| by != Setter::Profile || p.capacity);
        let from = (path.len() == 3 && by != Setter::Profile).then_some("from");
        diagnostic.help = suggestion(&name.text, params.map(|p| &*p.name.text).chain(from));
        self.report(diagnostic);
        None
    }

    fn of_host(&mut self, path: &'w [Name], host: &Host, name: &Name, by: Setter) -> Option<Settable> {
        if &*name.text == "replicas" {
            self.report(how_many(name, host, by));
            return None;
        }
        if let Some((option, wanted, sink, _)) = HOST_OPTIONS.iter().find(|o| o.0 == &*name.text) {
            let capacity = sink.accepts() == Level::Capacity;
            // Of an archive, the host is where it is declared; how much there is need be declared nowhere.
            let declared = (!capacity).then_some(host.name.span);
            return Some(Settable { ty: wanted.ty(), capacity, what: format!("`{option}`"), declared });
        }
        let who = if by == Setter::Profile { "a profile cannot set" } else { "there is no" };
        let message = format!("{who} `{}` of host `{}`", name.text, host.name.text);
        let mut diagnostic = Diagnostic::error("E0209", name.span, message).and(host.name.span, "the host");
        diagnostic.help = if host.runs.iter().any(|run| run.name.text == name.text) {
            let (kind, one) = match by {
                Setter::Profile => ("capacity", "capacities"),
                _ => ("parameter", "parameters"),
            };
            Some(format!("name one of its {one}: `{}.{kind} = …`", super::place::written(path)))
        } else {
            let allowed =
                HOST_OPTIONS.iter().filter(|o| by != Setter::Profile || o.2.accepts() == Level::Capacity);
            suggestion(&name.text, allowed.map(|o| o.0))
        };
        self.report(diagnostic);
        None
    }

    pub(super) fn host_named(
        &mut self,
        environment: &'w Environment,
        name: &Name,
    ) -> Option<(usize, &'w Host)> {
        let names = environment.hosts.iter().map(|h| &h.name);
        let index = self.position(environment.name.span, Members::Hosts, &name.text, names);
        let found = index.and_then(|index| Some((index, environment.hosts.get(index)?)));
        if found.is_none() {
            let message = format!("environment `{}` has no host `{}`", environment.name.text, name.text);
            let mut diagnostic =
                Diagnostic::error("E0210", name.span, message).and(environment.name.span, "the environment");
            diagnostic.help = suggestion(&name.text, environment.hosts.iter().map(|h| &*h.name.text));
            self.report(diagnostic);
        }
        found
    }

    pub(super) fn run_named(&mut self, host: &Host, name: &Name) -> Option<usize> {
        let names = host.runs.iter().map(|run| &run.name);
        let found = self.position(host.name.span, Members::Runs, &name.text, names);
        if found.is_none() {
            let message = format!("host `{}` runs no `{}`", host.name.text, name.text);
            let mut diagnostic =
                Diagnostic::error("E0210", name.span, message).and(host.name.span, "the host");
            diagnostic.help = suggestion(&name.text, host.runs.iter().map(|run| &*run.name.text));
            self.report(diagnostic);
        }
        found
    }
}

fn no_parameter(name: &Name, owner: &Owner<'_>, kind: &str) -> Diagnostic {
    Diagnostic::error("E0209", name.span, format!("{} has no {kind} `{}`", owner.what, name.text))
}

fn not_settable(name: &Name, declared: Span) -> Diagnostic {
    Diagnostic::error(
        "E0402",
        name.span,
        format!("a profile sets capacities only, and `{}` is none", name.text),
    )
    .and(declared, "declared here")
    .note("profiles differ in capacity only, so that what works in one works in the others")
}

/// The three ways out of setting what is no capacity.
fn not_capacity(path: &[Name], name: &Name, found: &Settable) -> Diagnostic {
    let deviate = format!("`deviate {} = … because \"…\"`", super::place::written(path));
    let declare = if found.ty == Type::Archive {
        String::new()
    } else {
        format!("; declare it `capacity {}: …` if it only says how much", name.text)
    };
    not_settable(name, found.declared.unwrap_or(name.span)).help(format!(
        "set it in the environment, for every profile{declare}; or say why it differs: {deviate}"
    ))
}

fn no_deviation(path: &[Name], name: &Name, found: &Settable) -> Diagnostic {
    let message = format!("`{}` is a capacity: set it without `deviate`", name.text);
    let mut diagnostic = Diagnostic::error("E0407", name.span, message);
    if let Some(declared) = found.declared {
        diagnostic = diagnostic.and(declared, "declared here");
    }
    diagnostic
        .help(format!("write `{} = …`", super::place::written(path)))
        .note("profiles may differ in capacity without a reason")
}

/// A host is no value that can be set.
fn whole_host(name: &Name, host: &Host, by: Setter) -> Diagnostic {
    if by == Setter::Profile {
        return how_many(name, host, by);
    }
    let message = format!("`{}` is a host, not something that can be set", name.text);
    Diagnostic::error("E0209", name.span, message)
        .and(host.name.span, "declared here")
        .help(format!("set `{0}.base`, `{0}.memory`, or a parameter of what it runs", name.text))
}

/// How many of a host there are is set by a capacity that the host is declared with.
fn how_many(name: &Name, host: &Host, by: Setter) -> Diagnostic {
    let host_name = &host.name.text;
    let who = match by {
        Setter::Profile => "a profile",
        Setter::Deviation => "a deviation",
        Setter::Variant => "a variant",
    };
    let message = format!("{who} cannot set how many of host `{host_name}` there are");
    let help = match host.replicas.as_ref().map(|replicas| &replicas.kind) {
        Some(ExprKind::Name(capacity)) => {
            format!("set `{capacity}`, by which it is declared: `{capacity} = …`")
        }
        _ => format!("declare it as `host {host_name} * n`, with `capacity n: Int(1..) = 1`, and set `n`"),
    };
    let place = host.replicas.as_ref().map_or(host.name.span, |replicas| replicas.span);
    Diagnostic::error("E0402", name.span, message).and(place, "declared here").help(help)
}
