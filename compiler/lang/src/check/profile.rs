//! Profiles: that they set capacities, and nothing else.

use std::collections::BTreeMap;

use super::label::Level;
use super::scope::Scope;
use super::{Checker, HOST, Members};
use crate::diag::Diagnostic;
use crate::limits;
use crate::nearest::suggestion;
use crate::resolve::{Item, World};
use crate::source::Span;
use crate::syntax::ast::{Component, Environment, ExprKind, Host, Name, Param, Profile, Setting};
use crate::types::HostRef;

impl<'w> Checker<'w> {
    pub(super) fn profile(&mut self, module: usize, profile: &'w Profile, scope: &Scope<'_, 'w>) {
        self.options(&profile.every_host, HOST, "`every host`", profile.name.span, scope);
        self.extends(module, profile);
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for setting in &profile.settings {
            let path = setting.path.iter().map(|n| &*n.text).collect::<Vec<_>>().join(".");
            let span = setting.path.first().map_or(setting.value.span, |n| n.span);
            match seen.get(&path) {
                Some(first) => {
                    let name = Name { text: path.into(), span };
                    self.twice(&name, *first);
                }
                None => {
                    seen.insert(path, span);
                }
            }
        }
        let Some((home, index)) = self.environment_of(module, &profile.environment) else { return };
        let Some(environment) = self.world.environment(home, index) else { return };
        for setting in &profile.settings {
            self.setting(setting, HostRef { module: home, environment: index, host: 0 }, environment, scope);
        }
    }

    fn environment_of(&mut self, module: usize, name: &Name) -> Option<(usize, usize)> {
        if let Some(definition) =
            self.world.lookup(module, &name.text).filter(|d| d.item == Item::Environment)
        {
            return Some((definition.module, definition.index));
        }
        let mut diagnostic =
            Diagnostic::error("E0201", name.span, format!("unknown environment `{}`", name.text));
        diagnostic.help = suggestion(&name.text, named(self.world, module, Item::Environment));
        self.report(diagnostic);
        None
    }

    fn extends(&mut self, module: usize, profile: &'w Profile) {
        let mut at = profile;
        let mut steps = 0;
        while let Some(name) = &at.extends {
            let Some(next) = profile_named(self.world, module, &name.text) else {
                if steps == 0 {
                    let message = format!("unknown profile `{}`", name.text);
                    let mut diagnostic = Diagnostic::error("E0201", name.span, message);
                    let others = named(self.world, module, Item::Profile);
                    diagnostic.help = suggestion(&name.text, others.filter(|n| *n != &*profile.name.text));
                    self.report(diagnostic);
                }
                return;
            };
            if steps >= limits::EXTENDS {
                let message = format!("more than {} profiles extend one another", limits::EXTENDS);
                let diagnostic = Diagnostic::error("E0109", profile.name.span, message);
                return self.report(diagnostic.help("put what they share into one of them"));
            }
            if next.name.span == profile.name.span {
                let message = format!("profile `{}` extends itself", profile.name.text);
                return self.report(
                    Diagnostic::error("E0207", profile.name.span, message).and(name.span, "through this"),
                );
            }
            if steps == 0 && next.environment.text != profile.environment.text {
                let message = format!("`{}` is a profile of another environment", name.text);
                self.report(
                    Diagnostic::error("E0301", name.span, message).and(next.environment.span, "of this one"),
                );
            }
            steps += 1;
            at = next;
        }
    }

    fn setting(
        &mut self,
        setting: &'w Setting,
        at: HostRef,
        environment: &'w Environment,
        scope: &Scope<'_, 'w>,
    ) {
        match setting.path.as_slice() {
            [name] => {
                let names = environment.hosts.iter().map(|h| &h.name);
                let host = self.position(environment.name.span, Members::Hosts, &name.text, names);
                if let Some(host) = host.and_then(|host| environment.hosts.get(host)) {
                    return self.report(how_many(name, host));
                }
                let params = &environment.params;
                let what = format!("environment `{}`", environment.name.text);
                let other = environment.lets.iter().map(|l| &l.name);
                let of = (environment.name.span, &*what);
                self.capacity(setting, name, (at.module, params), of, other, scope);
            }
            [host, name] => {
                if let Some((_, host)) = self.host_named(environment, host) {
                    self.host_setting(setting, host, name, scope);
                }
            }
            [host, instance, name] => {
                let Some((index, host)) = self.host_named(environment, host) else { return };
                let Some(run) = self.run_named(host, instance) else { return };
                let Some((definition, component)) =
                    self.world.instance_component(HostRef { host: index, ..at }, run)
                else {
                    return;
                };
                let component: &'w Component = component;
                let what = format!("`{}`", component.name.text);
                let other =
                    component.requires.iter().map(|r| &r.name).chain(component.lets.iter().map(|l| &l.name));
                let of = (component.name.span, &*what);
                let params = (definition.module, component.params.as_slice());
                self.capacity(setting, name, params, of, other, scope);
            }
            _ => {
                let span = setting.path.last().map_or(setting.value.span, |n| n.span);
                let help = "a profile sets `capacity`, `host.memory` or `host.instance.capacity`";
                self.report(Diagnostic::error("E0210", span, "this path is too long").help(help));
            }
        }
    }

    /// A parameter that must be declared `capacity`.
    fn capacity(
        &mut self,
        setting: &'w Setting,
        name: &Name,
        (home, params): (usize, &'w [Param]),
        (of, what): (Span, &str),
        mut other: impl Iterator<Item = &'w Name>,
        scope: &Scope<'_, 'w>,
    ) {
        let index = self.position(of, Members::Params, &name.text, params.iter().map(|p| &p.name));
        if let Some(param) = index.and_then(|index| params.get(index)) {
            if !param.capacity {
                let or = format!("; or declare it `capacity {}: …` if it only says how much", name.text);
                return self.report(not_capacity(name, param.name.span, &or));
            }
            let ty = self.param_type(home, param);
            let name = format!("`{}`", name.text);
            self.sink(&setting.value, scope, &ty, Level::Capacity, &name, Some(param.name.span));
        } else if let Some(declared) = other.find(|n| n.text == name.text) {
            self.report(not_capacity(name, declared.span, ""));
        } else {
            let message = format!("{what} has no capacity `{}`", name.text);
            let mut diagnostic = Diagnostic::error("E0209", name.span, message);
            let capacities = params.iter().filter(|p| p.capacity).map(|p| &*p.name.text);
            diagnostic.help = suggestion(&name.text, capacities);
            self.report(diagnostic);
        }
    }

    fn host_setting(&mut self, setting: &'w Setting, host: &Host, name: &Name, scope: &Scope<'_, 'w>) {
        if &*name.text == "replicas" {
            return self.report(how_many(name, host));
        }
        if let Some((option, wanted, ..)) = HOST.iter().find(|o| o.0 == &*name.text) {
            let what = format!("`{option}`");
            self.sink(&setting.value, scope, &wanted.ty(), Level::Capacity, &what, None);
            return;
        }
        let message = format!("a profile cannot set `{}` of host `{}`", name.text, host.name.text);
        let mut diagnostic = Diagnostic::error("E0209", name.span, message).and(host.name.span, "the host");
        diagnostic.help = if host.runs.iter().any(|run| run.name.text == name.text) {
            Some(format!("name one of its capacities: `{}.{}.capacity = …`", host.name.text, name.text))
        } else {
            suggestion(&name.text, HOST.iter().map(|o| o.0))
        };
        self.report(diagnostic);
    }

    fn host_named(&mut self, environment: &'w Environment, name: &Name) -> Option<(usize, &'w Host)> {
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

    fn run_named(&mut self, host: &Host, name: &Name) -> Option<usize> {
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

fn not_capacity(name: &Name, declared: Span, or: &str) -> Diagnostic {
    Diagnostic::error(
        "E0402",
        name.span,
        format!("a profile sets capacities only, and `{}` is none", name.text),
    )
    .and(declared, "declared here")
    .help(format!("set it in the environment, for every profile{or}"))
    .note("profiles differ in capacity only, so that what works in one works in the others")
}

/// A profile says how many of a host there are by a capacity that the host is declared with.
fn how_many(name: &Name, host: &Host) -> Diagnostic {
    let host_name = &host.name.text;
    let message = format!("a profile cannot set how many of host `{host_name}` there are");
    let help = match host.replicas.as_ref().map(|replicas| &replicas.kind) {
        Some(ExprKind::Name(capacity)) => {
            format!("set `{capacity}`, by which it is declared: `{capacity} = …`")
        }
        _ => format!("declare it as `host {host_name} * n`, with `capacity n: Int(1..) = 1`, and set `n`"),
    };
    let place = host.replicas.as_ref().map_or(host.name.span, |replicas| replicas.span);
    Diagnostic::error("E0402", name.span, message).and(place, "declared here").help(help)
}

fn named(world: &World, module: usize, item: Item) -> impl Iterator<Item = &str> {
    let names = world.modules.get(module).map(|m| &m.names);
    names.into_iter().flatten().filter(move |(_, d)| d.item == item).map(|(name, _)| &**name)
}

/// The profile that a name means in a module.
pub(crate) fn profile_named<'w>(world: &'w World, module: usize, name: &str) -> Option<&'w Profile> {
    let definition = world.lookup(module, name).filter(|d| d.item == Item::Profile)?;
    world.modules.get(definition.module)?.ast.profiles.get(definition.index)
}
