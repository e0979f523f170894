//! What a profile sets, with what it extends below it.

use crate::check::profile_named;
use crate::resolve::{Item, World};
use crate::syntax::ast::{Expr, Profile};

/// A profile and those that it extends, itself first: the first that sets something wins.
pub(super) struct Settings<'w> {
    chain: Vec<(usize, &'w Profile)>,
}

impl<'w> Settings<'w> {
    /// The settings of a profile of the entry module; of none, nothing is set.
    pub(super) fn of(world: &'w World, profile: Option<&'w Profile>) -> Self {
        let mut chain = Vec::new();
        let mut at = profile.map(|profile| (0, profile));
        while let Some((module, profile)) = at {
            chain.push((module, profile));
            let next = profile.extends.as_ref().and_then(|name| {
                let home = world.lookup(module, &name.text).filter(|d| d.item == Item::Profile)?.module;
                Some((home, profile_named(world, module, &name.text)?))
            });
            // A circle has been refused by the checker.
            at = next.filter(|_| chain.len() < 128);
        }
        Self { chain }
    }

    /// What is set at a path, and the module whose names that uses.
    pub(super) fn get(&self, path: &[&str]) -> Option<(&'w Expr, usize)> {
        self.chain.iter().find_map(|(module, profile)| Some((setting(profile, path)?, *module)))
    }

    /// What is set of a host: its own setting before `every host`, within each profile.
    pub(super) fn host(&self, host: &str, name: &str) -> Option<(&'w Expr, usize)> {
        self.chain.iter().find_map(|(module, profile)| {
            let every = || profile.every_host.iter().find(|f| &*f.key.text == name).map(|f| &f.value);
            Some((setting(profile, &[host, name]).or_else(every)?, *module))
        })
    }
}

fn setting<'w>(profile: &'w Profile, path: &[&str]) -> Option<&'w Expr> {
    let is = |s: &&crate::syntax::ast::Setting| s.path.iter().map(|n| &*n.text).eq(path.iter().copied());
    profile.settings.iter().find(is).map(|s| &s.value)
}
