//! All modules of a program, what names mean in each, and what the checker leaves for evaluating.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::source::{SourceId, Span};
use crate::syntax::ast::{
    Component, Environment, Function, Host, Module, Name, Protocol, Requires, Run, TypeAlias, Variant,
};
use crate::types::{self, ComponentRef, HostRef, Type};

/// All modules of a program. The entry is the first.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) modules: Vec<Loaded>,
    /// The module of the protocols that need no `use`.
    pub(crate) protocols: Option<usize>,
    /// What the command line sets, as a source of its own.
    pub(crate) command_line: Option<SourceId>,
    /// What the command line sets, for each environment that it sets something of.
    pub(crate) settings: Vec<With>,
    /// The texts of all sources, by their ids.
    pub(crate) texts: Vec<Arc<str>>,
    /// What declared types were found to be, by the places of their names: each is read once, however often it is used.
    types: Mutex<BTreeMap<Span, Type>>,
    /// Types that values do not show, by the places where evaluating asks for them.
    asked: Mutex<BTreeMap<Span, Type>>,
    /// What the `let`s of components and environments were found to be, by the places of their names.
    computed: Mutex<BTreeMap<Span, Computed>>,
}

/// What the checker has found of a `let`.
#[derive(Clone, Debug)]
pub(crate) struct Computed {
    pub(crate) ty: Type,
    pub(crate) capacity: bool,
    /// Whether it depends on the version of a package.
    pub(crate) locked: bool,
}

/// What the command line sets of one environment, as a variant would. Its names are those of the entry.
#[derive(Debug)]
pub(crate) struct With {
    /// Module and position of the environment.
    pub(crate) environment: (usize, usize),
    pub(crate) variant: Variant,
}

/// A module with its names.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// As in `use`: `std.web`.
    pub(crate) path: String,
    pub(crate) ast: Module,
    pub(crate) names: BTreeMap<Arc<str>, Definition>,
}

/// What a name of the top level stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Definition {
    pub(crate) item: Item,
    pub(crate) module: usize,
    pub(crate) index: usize,
    pub(crate) span: Span,
}

/// The kinds of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Let,
    Type,
    Function,
    Protocol,
    Archive,
    Component,
    Environment,
    Profile,
    Variant,
}

impl Item {
    /// With its article, as messages name it.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Let => "a value",
            Self::Type => "a type",
            Self::Function => "a function",
            Self::Protocol => "a protocol",
            Self::Archive => "an archive",
            Self::Component => "a component",
            Self::Environment => "an environment",
            Self::Profile => "a profile",
            Self::Variant => "a variant",
        }
    }
}

impl World {
    /// What a name means in a module.
    pub(crate) fn lookup(&self, module: usize, name: &str) -> Option<Definition> {
        self.modules.get(module)?.names.get(name).copied()
    }

    /// The component that a name means in a module.
    pub(crate) fn component(&self, module: usize, name: &str) -> Option<(Definition, &Component)> {
        let definition = self.lookup(module, name).filter(|d| d.item == Item::Component)?;
        let component = self.modules.get(definition.module)?.ast.components.get(definition.index)?;
        Some((definition, component))
    }

    /// The component at a place.
    pub(crate) fn component_at(&self, at: ComponentRef) -> Option<&Component> {
        self.modules.get(at.module)?.ast.components.get(at.index)
    }

    /// The type that a name means in a module, and the module that it is of.
    pub(crate) fn type_alias(&self, module: usize, name: &str) -> Option<(usize, &TypeAlias)> {
        let definition = self.lookup(module, name).filter(|d| d.item == Item::Type)?;
        Some((definition.module, self.modules.get(definition.module)?.ast.types.get(definition.index)?))
    }

    /// A declared type that has been read before.
    pub(crate) fn known_type(&self, name: Span) -> Option<Type> {
        self.types.lock().ok()?.get(&name).cloned()
    }

    /// Keeps what a declared type was found to be.
    pub(crate) fn know_type(&self, name: Span, ty: &Type) {
        if let Ok(mut types) = self.types.lock() {
            types.insert(name, ty.clone());
        }
    }

    /// The type that the checker found at a place, where the value alone does not tell: an empty list has no kind of
    /// number, and a map's entries are as a record's fields.
    pub(crate) fn asked_type(&self, place: Span) -> Option<Type> {
        self.asked.lock().ok()?.get(&place).cloned()
    }

    /// Keeps a type for [`World::asked_type`].
    pub(crate) fn know_asked(&self, place: Span, ty: &Type) {
        if let Ok(mut asked) = self.asked.lock() {
            asked.insert(place, ty.clone());
        }
    }

    /// What a `let` of a component was found to be.
    pub(crate) fn computed(&self, name: Span) -> Option<Computed> {
        self.computed.lock().ok()?.get(&name).cloned()
    }

    /// Keeps it for [`World::computed`].
    pub(crate) fn know_computed(&self, name: Span, found: Computed) {
        if let Ok(mut computed) = self.computed.lock() {
            computed.insert(name, found);
        }
    }

    /// The function that a name means in a module, and the module that it is of.
    pub(crate) fn function(&self, module: usize, name: &str) -> Option<(usize, &Function)> {
        let definition = self.lookup(module, name).filter(|d| d.item == Item::Function)?;
        Some((definition.module, self.modules.get(definition.module)?.ast.functions.get(definition.index)?))
    }

    /// The protocol that a name means in a module: one of its own, one that it uses, or one that everybody knows.
    pub(crate) fn protocol(&self, module: usize, name: &str) -> Option<&Protocol> {
        let known = || self.lookup(self.protocols?, name);
        let definition = self.lookup(module, name).filter(|d| d.item == Item::Protocol).or_else(known)?;
        self.modules.get(definition.module)?.ast.protocols.get(definition.index)
    }

    /// The scheme that the protocol whose name stands at a place declares.
    pub(crate) fn scheme(&self, declared: Span) -> Option<Arc<str>> {
        let mut protocols = self.modules.iter().flat_map(|module| &module.ast.protocols);
        protocols.find(|protocol| protocol.name.span == declared)?.scheme()
    }

    /// What an endpoint of a protocol is that a module names; unknown where there is no such protocol.
    pub(crate) fn endpoint(&self, module: usize, protocol: &Name) -> Type {
        self.protocol(module, &protocol.text).map_or(Type::Unknown, |declared| {
            let name = declared.name.text.clone();
            Type::Endpoint(types::Protocol { declared: declared.name.span, name })
        })
    }

    /// What a requirement of a component of a module takes: an endpoint, several, or perhaps none.
    pub(crate) fn required(&self, module: usize, requires: &Requires) -> Type {
        let endpoint = self.endpoint(module, &requires.protocol);
        let ends = if requires.list { Type::list(endpoint) } else { endpoint };
        if requires.optional { Type::option(ends) } else { ends }
    }

    /// The environment of a module by its position.
    pub(crate) fn environment(&self, module: usize, index: usize) -> Option<&Environment> {
        self.modules.get(module)?.ast.environments.get(index)
    }

    /// The environment that a name means in a module: its module and position.
    pub(crate) fn environment_named(&self, module: usize, name: &str) -> Option<(usize, usize)> {
        let definition = self.lookup(module, name).filter(|d| d.item == Item::Environment)?;
        Some((definition.module, definition.index))
    }

    /// What stands at a place of a source.
    pub(crate) fn text(&self, span: Span) -> &str {
        let text = self.texts.get(span.source.0 as usize);
        text.and_then(|text| text.get(span.start as usize..span.end as usize)).unwrap_or_default()
    }

    /// The host that a type speaks of.
    pub(crate) fn host(&self, host: HostRef) -> Option<&Host> {
        self.environment(host.module, host.environment)?.hosts.get(host.host)
    }

    /// The component that an instance is of.
    pub(crate) fn instance_component(&self, host: HostRef, run: usize) -> Option<(Definition, &Component)> {
        let run: &Run = self.host(host)?.runs.get(run)?;
        self.component(host.module, &run.component.text)
    }
}
