//! Static checking: every expression has a type and a label before anything is evaluated.
//!
//! `scope` says what a name means, `expression`, `member` and `operator` infer, `sink` holds a value against the place
//! where it goes, by the rules of labels that `rule` lists, `component`, `environment`, `profile`, `variant` and `test` walk the declarations, `setting` and `exception` what
//! these set and have otherwise.

mod archive;
mod call;
mod component;
mod comprehension;
mod content;
mod declared;
mod doc;
mod environment;
mod exception;
mod expression;
mod held;
mod label;
mod make;
mod matching;
mod member;
mod operator;
mod place;
mod profile;
mod rule;
mod scope;
mod setting;
mod sink;
mod test;
mod unused;
mod variant;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::Date;
use crate::diag::Diagnostic;
use crate::limits;
use crate::resolve::World;
use crate::source::Span;
use crate::syntax::ast::{Let, Name};
use crate::types::Type;

pub(crate) use declared::{declared, is_type};
pub(crate) use exception::{place_of, plain_text};
pub(crate) use expression::too_deep;
pub(crate) use held::{is_shaped, range_error, shape_error, told_apart};
pub(crate) use label::Level;
pub(crate) use operator::{product_kind, quotient_kind};
pub(crate) use place::{Path, Place, Places, covers, written};
pub(crate) use profile::profile_named;
pub use rule::Rule;
use sink::{ARCHIVE, CHECK, JOB, MOUNT, OWNER, PACKAGE, PROTOCOL, SERVICE};
pub(crate) use sink::{HOST, HOST_OPTIONS, RUNNING};
pub(crate) use test::how_much;
pub(crate) use unused::unused;

/// What has been found about a program so far.
pub(crate) struct Checker<'w> {
    world: &'w World,
    diagnostics: Vec<Diagnostic>,
    /// The types of `let`s, by the place of their names; `None` while one is being inferred.
    lets: BTreeMap<Span, Option<expression::Typed>>,
    /// The `let`s being inferred, for the message about a circle.
    path: Vec<Span>,
    depth: usize,
    /// Positions by name of what is looked for often, by the place of what declares it.
    tables: BTreeMap<(Span, Members), Positions>,
    /// The day on which it is checked.
    today: Option<Date>,
    /// Hosts and instances, by module and environment.
    places: BTreeMap<(usize, usize), Rc<Places<'w>>>,
    /// The declared differences of profiles, by the places of their names.
    keys: BTreeMap<Span, exception::Keys<'w>>,
    doubles: exception::Doubles<'w>,
    /// The rule that does not hold: of all, always, but where the rules are tested.
    without: Option<Rule>,
}

/// Where each name stands among its like.
type Positions = BTreeMap<Arc<str>, usize>;

/// Which members of a construct.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Members {
    Hosts,
    Runs,
    Params,
    Provides,
}

/// Checks all modules of a program, as of a day: what was to end before it is refused.
pub(crate) fn check(world: &World, today: Option<Date>) -> Vec<Diagnostic> {
    checked(world, today, None).diagnostics
}

/// The same without one of the rules of labels.
pub(crate) fn check_without(world: &World, rule: Option<Rule>) -> Vec<Diagnostic> {
    checked(world, None, rule).diagnostics
}

/// The type of a `let` of a program without mistakes, and whether it is capacity.
pub(crate) fn inferred(world: &World, item: &Let) -> Option<(Type, bool)> {
    let typed = checked(world, None, None).lets.remove(&item.name.span)??;
    Some((typed.ty, typed.label.level == Level::Capacity))
}

fn checked(world: &World, today: Option<Date>, without: Option<Rule>) -> Checker<'_> {
    let mut checker = Checker {
        world,
        diagnostics: Vec::new(),
        lets: BTreeMap::new(),
        path: Vec::new(),
        depth: 0,
        tables: BTreeMap::new(),
        today,
        places: BTreeMap::new(),
        keys: BTreeMap::new(),
        doubles: BTreeMap::new(),
        without,
    };
    checker.find_doubles();
    for (index, module) in world.modules.iter().enumerate() {
        let scope = scope::Scope::module(index);
        checker.module_docs(&module.ast, &scope);
        for item in &module.ast.types {
            checker.type_alias(index, item);
        }
        for item in &module.ast.protocols {
            checker.protocol_declared(item, &scope);
        }
        for item in &module.ast.functions {
            checker.function_type(index, item);
        }
        for item in &module.ast.lets {
            checker.let_type(item, &scope);
        }
        for item in &module.ast.asserts {
            checker.assertion(item, &scope);
        }
        for archive in &module.ast.archives {
            checker.archive(archive, &scope);
        }
        for component in &module.ast.components {
            checker.component(component, &scope);
        }
        for (environment, item) in module.ast.environments.iter().enumerate() {
            checker.environment(index, environment, item, &scope);
        }
    }
    // After all environments: a value of theirs is inferred among their names, not among those of a profile.
    for (index, module) in world.modules.iter().enumerate() {
        let scope = scope::Scope::module(index);
        for item in &module.ast.profiles {
            checker.profile(index, item, &scope);
        }
        for item in &module.ast.variants {
            checker.variant(index, item, &scope);
        }
    }
    let mut tests = test::Known::new();
    for (index, module) in world.modules.iter().enumerate() {
        let scope = scope::Scope::module(index);
        for item in &module.ast.tests {
            checker.test(index, item, &mut tests, &scope);
        }
    }
    let entry = scope::Scope::module(0);
    for with in &world.settings {
        checker.with(with, &entry);
    }
    checker
}

impl Checker<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        // A `let` is inferred once, but what it says may be looked at from several places.
        if !self.full() && !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// The position of a name among the members of a construct, the first where it stands twice.
    fn position<'n>(
        &mut self,
        of: Span,
        members: Members,
        name: &str,
        all: impl Iterator<Item = &'n Name>,
    ) -> Option<usize> {
        let table = self.tables.entry((of, members)).or_insert_with(|| {
            let mut table = Positions::new();
            for (index, name) in all.enumerate() {
                table.entry(name.text.clone()).or_insert(index);
            }
            table
        });
        table.get(name).copied()
    }

    /// Enough has been said: nothing more is looked for, so that hostile input costs no more than honest mistakes.
    fn full(&self) -> bool {
        self.diagnostics.len() >= limits::ERRORS
    }
}
