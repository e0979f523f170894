//! What is set of an environment from outside: by the command line, variants, deviations, and a profile with those that
//! it extends. What counts is the first, in this order.

use std::collections::BTreeMap;

use super::Asked;
use super::exception::Exceptions;
use crate::check::{Path, profile_named};
use crate::limits;
use crate::resolve::World;
use crate::syntax::ast::{Difference, Exception, Expr, Name, Profile, Setting};

/// All that is set, the layer that counts most first.
pub(super) struct Settings<'w> {
    layers: Vec<Layer<'w>>,
}

/// What one declaration sets; found by path, as there may be as many as there are instances.
struct Layer<'w> {
    set: BTreeMap<Path<'w>, Set<'w>>,
    /// Of a profile: what it sets of every host.
    every_host: BTreeMap<&'w str, Set<'w>>,
}

/// A value that is set.
#[derive(Clone, Copy)]
pub(super) struct Set<'w> {
    pub(super) expr: &'w Expr,
    /// The module whose names it uses.
    pub(super) module: usize,
    pub(super) by: By<'w>,
}

/// Who sets something.
#[derive(Clone, Copy)]
pub(super) enum By<'w> {
    With,
    Variant(&'w Name),
    /// With the name of the profile or variant.
    Deviation(&'w Exception, &'w str),
    Profile(&'w Name),
    EveryHost(&'w Name),
}

/// A profile and those that it extends, itself first, each with the module whose names it uses.
pub(super) fn chain<'w>(world: &'w World, profile: Option<&'w Profile>) -> Vec<(usize, &'w Profile)> {
    let mut chain = Vec::new();
    let mut at = profile.map(|profile| (0, profile));
    while let Some((module, profile)) = at {
        chain.push((module, profile));
        let next = profile.extends.as_ref().and_then(|name| profile_named(world, module, &name.text));
        // A circle, and a longer chain, has been refused by the checker.
        at = next.filter(|_| chain.len() <= limits::EXTENDS);
    }
    chain
}

impl<'w> Settings<'w> {
    pub(super) fn of(world: &'w World, asked: &Asked<'w>, exceptions: &Exceptions<'w>) -> Self {
        let mut layers = Vec::new();
        let with = world.settings.iter().filter(|with| with.environment == (asked.home, asked.index));
        layers.extend(with.map(|with| Layer::of(0, By::With, &with.variant.settings)));
        // A variant that is named later counts more.
        for variant in asked.variants.iter().rev() {
            layers.push(Layer::of(0, By::Variant(&variant.name), &variant.settings));
        }
        layers.push(Layer::deviations(exceptions));
        for (module, profile) in chain(world, asked.profile) {
            let layer = Layer::of(module, By::Profile(&profile.name), &profile.settings);
            let by = By::EveryHost(&profile.name);
            let every = profile.every_host.iter().map(|f| (&*f.key.text, Set { expr: &f.value, module, by }));
            layers.push(Layer { every_host: every.collect(), ..layer });
        }
        Self { layers }
    }

    /// What counts at a path.
    pub(super) fn get(&self, path: &[&str]) -> Option<Set<'w>> {
        self.layers.iter().find_map(|layer| layer.set.get(path).copied())
    }

    /// Whether it is a deviation that counts at a path, and no variant or setting of the command line.
    pub(super) fn deviates(&self, path: &[&str], deviation: &Exception) -> bool {
        let by = self.get(path).map(|set| set.by);
        matches!(by, Some(By::Deviation(counting, _)) if counting.span == deviation.span)
    }

    /// All that is set at a path, what counts first.
    pub(super) fn all(&self, path: &[&str]) -> Vec<Set<'w>> {
        self.layers.iter().filter_map(|layer| layer.set.get(path).copied()).collect()
    }

    /// All that is set of a host, what counts first.
    pub(super) fn all_of_host(&self, host: &str, name: &str) -> Vec<Set<'w>> {
        self.layers.iter().flat_map(|layer| layer.host(host, name)).collect()
    }

    /// What counts of a host: its own setting before `every host`, within each profile.
    pub(super) fn host(&self, host: &str, name: &str) -> Option<Set<'w>> {
        self.layers.iter().find_map(|layer| layer.host(host, name).next())
    }

    /// How many settings there are.
    pub(super) fn count(&self) -> usize {
        self.layers.iter().map(|layer| layer.set.len()).sum()
    }
}

impl<'w> Layer<'w> {
    fn of(module: usize, by: By<'w>, settings: &'w [Setting]) -> Self {
        let path = |s: &'w Setting| s.path.iter().map(|n| &*n.text).collect();
        let set = settings.iter().map(|s| (path(s), Set { expr: &s.value, module, by })).collect();
        Self { set, every_host: BTreeMap::new() }
    }

    fn deviations(exceptions: &Exceptions<'w>) -> Self {
        let mut set = BTreeMap::new();
        for effective in exceptions.all() {
            if let Difference::Deviate(expr) = &effective.exception.difference {
                let by = By::Deviation(effective.exception, effective.declared_by);
                set.insert(effective.path.clone(), Set { expr, module: effective.module, by });
            }
        }
        Self { set, every_host: BTreeMap::new() }
    }

    fn host(&self, host: &str, name: &str) -> impl Iterator<Item = Set<'w>> {
        let own = self.set.get([host, name].as_slice()).copied();
        own.into_iter().chain(self.every_host.get(name).copied())
    }
}
