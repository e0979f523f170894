//! What a profile sets, with what it extends below it.

use std::collections::BTreeMap;

use crate::check::profile_named;
use crate::limits;
use crate::resolve::{Item, World};
use crate::syntax::ast::{Expr, Profile};

/// A setting's path: one to three names.
type Path<'p> = [&'p str];

/// A profile and those that it extends, itself first: the first that sets something wins.
pub(super) struct Settings<'w> {
    chain: Vec<Layer<'w>>,
}

/// One profile, and the module whose names it uses.
struct Layer<'w> {
    module: usize,
    profile: &'w Profile,
    /// Found by path: there may be as many as there are instances.
    set: BTreeMap<Vec<&'w str>, &'w Expr>,
}

impl<'w> Settings<'w> {
    /// The settings of a profile of the entry module; of none, nothing is set.
    pub(super) fn of(world: &'w World, profile: Option<&'w Profile>) -> Self {
        let mut chain = Vec::new();
        let mut at = profile.map(|profile| (0, profile));
        while let Some((module, profile)) = at {
            chain.push(Layer::of(module, profile));
            let next = profile.extends.as_ref().and_then(|name| {
                let home = world.lookup(module, &name.text).filter(|d| d.item == Item::Profile)?.module;
                Some((home, profile_named(world, module, &name.text)?))
            });
            // A circle, and a longer chain, has been refused by the checker.
            at = next.filter(|_| chain.len() <= limits::EXTENDS);
        }
        Self { chain }
    }

    /// What is set at a path, and the module whose names that uses.
    pub(super) fn get(&self, path: &Path<'_>) -> Option<(&'w Expr, usize)> {
        self.chain.iter().find_map(|layer| Some((layer.set(path)?, layer.module)))
    }

    /// What is set of a host: its own setting before `every host`, within each profile.
    pub(super) fn host(&self, host: &str, name: &str) -> Option<(&'w Expr, usize)> {
        self.chain.iter().find_map(|layer| {
            let every = || layer.profile.every_host.iter().find(|f| &*f.key.text == name).map(|f| &f.value);
            Some((layer.set(&[host, name]).or_else(every)?, layer.module))
        })
    }
}

impl<'w> Layer<'w> {
    fn of(module: usize, profile: &'w Profile) -> Self {
        let path = |s: &'w crate::syntax::ast::Setting| s.path.iter().map(|n| &*n.text).collect();
        let set = profile.settings.iter().map(|s| (path(s), &s.value)).collect();
        Self { module, profile, set }
    }

    fn set(&self, path: &Path<'_>) -> Option<&'w Expr> {
        self.set.get(path).copied()
    }
}
