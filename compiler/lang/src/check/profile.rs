//! Profiles: that they set capacities, and nothing else.

use std::collections::BTreeMap;

use super::label::Level;
use super::scope::Scope;
use super::{Checker, HOST};
use crate::diag::Diagnostic;
use crate::nearest::suggestion;
use crate::resolve::{Item, World};
use crate::source::Span;
use crate::syntax::ast::{Component, Environment, Host, Name, Param, Profile, Setting};
use crate::types::{HostRef, Type};

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
                    diagnostic.help = suggestion(&name.text, named(self.world, module, Item::Profile));
                    self.report(diagnostic);
                }
                return;
            };
            if next.name.span == profile.name.span || steps > 100 {
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
                let params = &environment.params;
                let what = format!("environment `{}`", environment.name.text);
                let other =
                    environment.lets.iter().map(|l| &l.name).chain(environment.hosts.iter().map(|h| &h.name));
                self.capacity(setting, name, params, &what, other.collect(), scope);
            }
            [host, name] => {
                if let Some((_, host)) = self.host_named(environment, host) {
                    self.host_setting(setting, host, name, scope);
                }
            }
            [host, instance, name] => {
                let Some((index, host)) = self.host_named(environment, host) else { return };
                let Some(run) = self.run_named(host, instance) else { return };
                let Some((_, component)) = self.world.instance_component(HostRef { host: index, ..at }, run)
                else {
                    return;
                };
                let component: &'w Component = component;
                let what = format!("`{}`", component.name.text);
                let other =
                    component.requires.iter().map(|r| &r.name).chain(component.lets.iter().map(|l| &l.name));
                self.capacity(setting, name, &component.params, &what, other.collect(), scope);
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
        params: &'w [Param],
        of: &str,
        other: Vec<&Name>,
        scope: &Scope<'_, 'w>,
    ) {
        if let Some(param) = params.iter().find(|p| p.name.text == name.text) {
            if !param.capacity {
                return self.report(not_capacity(name, param.name.span));
            }
            let ty = super::declared(&param.ty).unwrap_or(Type::Unknown);
            let what = format!("`{}`", name.text);
            self.sink(&setting.value, scope, &ty, Level::Capacity, &what, Some(param.name.span));
        } else if let Some(declared) = other.iter().find(|n| n.text == name.text) {
            self.report(not_capacity(name, declared.span));
        } else {
            let message = format!("{of} has no capacity `{}`", name.text);
            let mut diagnostic = Diagnostic::error("E0209", name.span, message);
            let capacities = params.iter().filter(|p| p.capacity).map(|p| &*p.name.text);
            diagnostic.help = suggestion(&name.text, capacities);
            self.report(diagnostic);
        }
    }

    fn host_setting(&mut self, setting: &'w Setting, host: &Host, name: &Name, scope: &Scope<'_, 'w>) {
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
        let found = environment.hosts.iter().enumerate().find(|(_, h)| h.name.text == name.text);
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
        let found = host.runs.iter().position(|run| run.name.text == name.text);
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

fn not_capacity(name: &Name, declared: Span) -> Diagnostic {
    Diagnostic::error("E0402", name.span, format!("a profile sets capacities only, and `{}` is none", name.text))
        .and(declared, "declared here")
        .help(format!(
            "set it in the environment, for every profile; or declare it `capacity {}: …` if it only says how much",
            name.text
        ))
        .note("profiles differ in capacity only, so that what works in one works in the others")
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
