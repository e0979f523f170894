//! From a checked program and one profile to a [`Topology`].
//!
//! Every name is a slot that is computed when first asked for: parameters may refer to endpoints of hosts declared
//! later, and a circle is found where it closes. `environment` lays out the slots, `expression` computes, `host`,
//! `instance` and `render` collect what the topology holds.

mod archive;
mod assertion;
mod bind;
mod builtin;
mod comprehension;
mod environment;
mod exception;
mod explain;
mod expression;
mod fault;
mod host;
mod instance;
mod language;
mod make;
mod member;
mod operator;
mod profile;
mod render;
mod scope;
mod subject;
mod test;
mod unique;
mod validate;
mod value;
mod written;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::diag::Diagnostic;
use crate::limits;
use crate::program::Selection;
use crate::resolve::{Definition, World};
use crate::source::Span;
use crate::syntax::ast::{Component, Environment, Profile, Variant};
use crate::topology::{Test, Topology};
pub(crate) use assertion::of_modules as module_assertions;
pub(crate) use explain::explain;
use fault::Fault;
use scope::{Names, Scope, Slot, Thunk};

/// What is evaluated: an environment, under a profile or as it stands.
#[derive(Clone)]
pub(crate) struct Asked<'w> {
    /// Module of the environment.
    pub(crate) home: usize,
    /// Its position there.
    pub(crate) index: usize,
    pub(crate) environment: &'w Environment,
    /// A profile of the entry.
    pub(crate) profile: Option<&'w Profile>,
    /// Variants of the entry, in the order in which they are asked for.
    pub(crate) variants: Vec<&'w Variant>,
}

impl Asked<'_> {
    /// How a profile of the entry is asked for.
    pub(crate) fn selection(&self) -> Option<Selection> {
        let variants = self.variants.iter().map(|variant| variant.name.text.to_string()).collect();
        Some(Selection { profile: self.profile?.name.text.to_string(), variants })
    }
}

/// What was evaluated.
#[derive(Debug)]
pub(crate) struct Evaluated {
    pub(crate) topology: Topology,
    /// Its tests, where they are asked for.
    pub(crate) tests: Vec<Test>,
    /// Whether nothing was left out for want of a lock: with one, it is the same.
    pub(crate) whole: bool,
}

/// One evaluation.
struct Evaluator<'w> {
    world: &'w World,
    environment: &'w Environment,
    /// Module of the environment.
    home: usize,
    settings: profile::Settings<'w>,
    exceptions: exception::Exceptions<'w>,
    archives: archive::Archives,
    /// The archive of the hosts that say no other.
    base: Option<Rc<Slot<'w>>>,
    modules: Vec<Rc<Scope<'w>>>,
    module_lets: BTreeMap<(usize, usize), Rc<Slot<'w>>>,
    scope: Rc<Scope<'w>>,
    hosts: Vec<HostSlots<'w>>,
    diagnostics: Vec<Diagnostic>,
    spent: Spent,
    depth: usize,
    /// How many elements of lists that capacities reach have names here, in the identity form.
    bound: usize,
    /// The name of the instance that is being made.
    instance: Option<Span>,
    /// What the lock says of packages' versions, where there is one.
    versions: Option<&'w dyn Versions>,
    /// Whether something was left out that depends on the lock.
    unlocked: bool,
    /// What failed where capacities say whether it is asked for at all, in the identity form.
    untold: Vec<Diagnostic>,
    /// Whether capacities stand as the expressions that they come from.
    identity: bool,
}

/// The versions of packages, by a lock.
pub trait Versions {
    /// The version of a package on a host; none where the lock has no such package there.
    fn version(&self, host: &str, package: &str) -> Option<String>;
}

/// How much of the limits has been used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spent {
    steps: u64,
    bytes: u64,
    exhausted: bool,
}

impl Spent {
    /// Whether nothing more is computed, because too much has been.
    pub(crate) fn exhausted(self) -> bool {
        self.exhausted
    }
}

/// A host's scope and instances.
struct HostSlots<'w> {
    scope: Rc<Scope<'w>>,
    /// The archive that it is made of, where that is its own.
    base: Option<Rc<Slot<'w>>>,
    replicas: Option<Slot<'w>>,
    instances: Vec<InstanceSlots<'w>>,
}

/// An instance's scope: its parameters, and the ports of its endpoints.
struct InstanceSlots<'w> {
    component: &'w Component,
    definition: Definition,
    scope: Rc<Scope<'w>>,
    /// The archive that its packages come from, where somebody says one.
    from: Option<Rc<Slot<'w>>>,
    ports: Vec<Rc<Slot<'w>>>,
}

/// How an environment is evaluated.
#[derive(Clone, Copy, Default)]
pub(crate) struct Mode<'a> {
    /// What the lock says of packages' versions; without it, what depends on them is left out.
    pub(crate) versions: Option<&'a dyn Versions>,
    /// Capacities stand as the expressions that they come from, and a host for all its replicas.
    pub(crate) identity: bool,
    /// As if nothing were declared to differ.
    pub(crate) plain: bool,
    /// With the tests of the environment.
    pub(crate) tests: bool,
}

/// Evaluates what is asked.
pub(crate) fn evaluate<'w>(
    world: &'w World,
    asked: &Asked<'w>,
    mode: Mode<'w>,
    spent: &mut Spent,
) -> Result<Evaluated, Vec<Diagnostic>> {
    let mut evaluator = Evaluator::new(world, asked, mode, *spent);
    evaluator.lay_out();
    let topology = evaluator.topology(asked);
    let tests = if mode.tests { evaluator.tests() } else { Vec::new() };
    *spent = evaluator.spent;
    if !evaluator.diagnostics.is_empty() {
        return Err(evaluator.diagnostics);
    }
    Ok(Evaluated { topology, tests, whole: !evaluator.unlocked })
}

impl<'w> Evaluator<'w> {
    fn new(world: &'w World, asked: &Asked<'w>, mode: Mode<'w>, spent: Spent) -> Self {
        let module = |m| Rc::new(Scope { names: Names::Module(m), parent: None });
        let (exceptions, diagnostics) =
            if mode.plain { Default::default() } else { exception::Exceptions::of(world, asked) };
        Self {
            world,
            environment: asked.environment,
            home: asked.home,
            settings: profile::Settings::of(world, asked, &exceptions),
            exceptions,
            archives: archive::Archives::default(),
            base: None,
            modules: (0..world.modules.len()).map(module).collect(),
            module_lets: BTreeMap::new(),
            scope: module(asked.home),
            hosts: Vec::new(),
            diagnostics,
            spent: Spent { bytes: 0, ..spent },
            depth: 0,
            bound: 0,
            instance: None,
            versions: mode.versions,
            unlocked: false,
            untold: Vec::new(),
            identity: mode.identity,
        }
    }

    fn report(&mut self, mut diagnostic: Diagnostic) {
        if let Some(instance) = self.instance
            // What is wrong in a component of another file is so for what is passed to it here.
            && diagnostic.labels.iter().all(|label| label.span.source != instance.source)
        {
            diagnostic = diagnostic.and(instance, "for this instance");
        }
        if self.diagnostics.len() < limits::ERRORS && !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// The value, or nothing once the fault is reported.
    fn keep<T>(&mut self, result: Result<T, Fault>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Fault::New(diagnostic)) => {
                self.report(*diagnostic);
                None
            }
            Err(Fault::Known) => {
                // What failed where it may not have been asked for is asked for here.
                let untold = std::mem::take(&mut self.untold);
                if !self.unlocked {
                    untold.into_iter().for_each(|diagnostic| self.report(diagnostic));
                }
                None
            }
        }
    }

    fn module(&self, module: usize) -> Rc<Scope<'w>> {
        self.modules.get(module).unwrap_or(&self.scope).clone()
    }

    fn module_let(&mut self, definition: Definition) -> Option<Rc<Slot<'w>>> {
        let key = (definition.module, definition.index);
        if !self.module_lets.contains_key(&key) {
            let item = self.world.modules.get(definition.module)?.ast.lets.get(definition.index)?;
            let slot = let_slot(self.world, definition.module, item);
            self.module_lets.insert(key, Rc::new(slot));
        }
        self.module_lets.get(&key).cloned()
    }
}

/// A `let` of a module, held to the type that it writes.
fn let_slot<'w>(world: &World, module: usize, item: &'w crate::syntax::ast::Let) -> Slot<'w> {
    let slot = Slot::new(&item.name.text, Thunk::Here(&item.value));
    let declared = |ty| crate::check::declared(world, module, ty).ok();
    match item.ty.as_ref().and_then(|ty| Some((declared(ty)?, ty.span))) {
        Some((ty, span)) => slot.bound(ty, span),
        None => slot,
    }
}
