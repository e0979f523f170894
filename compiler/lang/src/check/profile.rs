//! Profiles: that what they set and extend is there.

use std::collections::BTreeMap;

use super::place::written;
use super::scope::Scope;
use super::setting::{Of, Setter};
use super::{Checker, sink::EVERY_HOST};
use crate::diag::Diagnostic;
use crate::limits;
use crate::nearest::suggestion;
use crate::resolve::{Item, World};
use crate::source::Span;
use crate::syntax::ast::{Name, Profile, Setting};

impl<'w> Checker<'w> {
    pub(super) fn profile(&mut self, module: usize, profile: &'w Profile, scope: &Scope<'_, 'w>) {
        self.options(&profile.every_host, EVERY_HOST, "`every host`", profile.name.span, scope);
        self.extends(module, profile);
        for doc in [&profile.doc].into_iter().chain(profile.exceptions.iter().map(|x| &x.doc)) {
            self.doc_about(doc, &profile.environment, scope);
        }
        self.set_twice(&profile.settings);
        let Some(of) = self.environment_of(module, &profile.environment) else { return };
        for setting in &profile.settings {
            self.set(&setting.path, &setting.value, of, Setter::Profile, scope);
        }
        self.exceptions(&profile.exceptions, of, scope);
        self.inherited(module, profile);
    }

    /// Refuses what is set again within one profile or variant.
    pub(super) fn set_twice(&mut self, settings: &[Setting]) {
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for setting in settings {
            let path = written(&setting.path);
            let ends = (setting.path.first(), setting.path.last());
            let span = match ends {
                (Some(first), Some(last)) => Span { end: last.span.end, ..first.span },
                _ => setting.value.span,
            };
            match seen.get(&path) {
                Some(first) => {
                    let diagnostic = Diagnostic::error("E0202", span, format!("`{path}` is set twice"));
                    self.report(diagnostic.and(*first, "first here"));
                }
                None => {
                    seen.insert(path, span);
                }
            }
        }
    }

    pub(super) fn environment_of(&mut self, module: usize, name: &Name) -> Option<Of<'w>> {
        let world = self.world;
        if let Some((module, index)) = world.environment_named(module, &name.text) {
            let environment = world.environment(module, index)?;
            return Some(Of { module, index, environment });
        }
        let mut diagnostic =
            Diagnostic::error("E0201", name.span, format!("unknown environment `{}`", name.text));
        diagnostic.help = suggestion(&name.text, named(self.world, module, Item::Environment));
        self.report(diagnostic);
        None
    }

    fn extends(&mut self, module: usize, profile: &'w Profile) {
        let own = self.world.environment_named(module, &profile.environment.text);
        let (mut at, mut home) = (profile, module);
        let mut steps = 0;
        while let Some(name) = &at.extends {
            let Some((next_home, next)) = profile_named(self.world, home, &name.text) else {
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
            // Not by its name alone: another file's environment may have the same, and other parameters.
            if steps == 0 && self.world.environment_named(next_home, &next.environment.text) != own {
                let message = format!("`{}` is a profile of another environment", name.text);
                self.report(
                    Diagnostic::error("E0301", name.span, message).and(next.environment.span, "of this one"),
                );
            }
            steps += 1;
            (at, home) = (next, next_home);
        }
    }
}

/// The names of one kind of items in a module.
pub(super) fn named(world: &World, module: usize, item: Item) -> impl Iterator<Item = &str> {
    let names = world.modules.get(module).map(|m| &m.names);
    names.into_iter().flatten().filter(move |(_, d)| d.item == item).map(|(name, _)| &**name)
}

/// The profile that a name means in a module, and the module that it is of.
pub(crate) fn profile_named<'w>(world: &'w World, module: usize, name: &str) -> Option<(usize, &'w Profile)> {
    let definition = world.lookup(module, name).filter(|d| d.item == Item::Profile)?;
    let profile = world.modules.get(definition.module)?.ast.profiles.get(definition.index)?;
    Some((definition.module, profile))
}
