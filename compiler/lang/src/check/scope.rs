//! Scopes: what a name means where it stands. A chain from the innermost to the module.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::expression::Typed;
use crate::resolve::{Definition, World};
use crate::syntax::ast::Let;

/// A name that nobody can write: a scope that has it is inside a host.
pub(super) const HERE: &str = "(here)";

/// The names of one construct, and the scope around it.
pub(super) struct Scope<'s, 'w> {
    names: Names<'w>,
    parent: Option<&'s Scope<'s, 'w>>,
}

enum Names<'w> {
    Module(usize),
    Own(BTreeMap<Arc<str>, Entry<'w>>),
}

/// What a name of a construct is.
#[derive(Clone)]
pub(super) enum Entry<'w> {
    Known(Typed),
    Let(&'w Let),
}

/// What a name was found to be.
pub(super) enum Found<'s, 'w> {
    Known(Typed),
    /// To be inferred in the scope where it stands.
    Let(&'w Let, &'s Scope<'s, 'w>),
    Definition(Definition),
}

impl<'s, 'w> Scope<'s, 'w> {
    /// A module's names.
    pub(super) fn module(index: usize) -> Self {
        Self { names: Names::Module(index), parent: None }
    }

    /// The names of another module, before those of this scope.
    pub(super) fn of_module(&'s self, index: usize) -> Self {
        Self { names: Names::Module(index), parent: Some(self) }
    }

    /// A scope inside this one.
    pub(super) fn inside(&'s self, names: BTreeMap<Arc<str>, Entry<'w>>) -> Self {
        Self { names: Names::Own(names), parent: Some(self) }
    }

    pub(super) fn lookup(&'s self, name: &str, world: &World) -> Option<Found<'s, 'w>> {
        let found = match &self.names {
            Names::Module(index) => world.lookup(*index, name).map(Found::Definition),
            Names::Own(names) => names.get(name).map(|entry| match entry {
                Entry::Known(typed) => Found::Known(typed.clone()),
                Entry::Let(item) => Found::Let(item, self),
            }),
        };
        found.or_else(|| self.parent?.lookup(name, world))
    }

    /// What a name is in this scope itself.
    pub(super) fn own_name(&self, name: &str) -> Option<&Entry<'w>> {
        match &self.names {
            Names::Own(names) => names.get(name),
            Names::Module(_) => None,
        }
    }

    /// The module at the end of the chain.
    pub(super) fn home(&self) -> usize {
        match (&self.names, self.parent) {
            (Names::Module(index), _) => *index,
            (Names::Own(_), Some(parent)) => parent.home(),
            (Names::Own(_), None) => 0,
        }
    }

    /// All names that can be written here.
    pub(super) fn all_names(&self, world: &World) -> Vec<Arc<str>> {
        let mut names: Vec<Arc<str>> = match &self.names {
            Names::Module(index) => {
                world.modules.get(*index).map(|m| m.names.keys().cloned().collect()).unwrap_or_default()
            }
            Names::Own(names) => names.keys().filter(|name| ***name != *HERE).cloned().collect(),
        };
        if let Some(parent) = self.parent {
            names.extend(parent.all_names(world));
        }
        names
    }
}
