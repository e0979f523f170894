//! Names that nothing uses, as warnings: of a program without mistakes only, since a mistake may hide a use.
//!
//! Judged is by words: a name is used where its word stands again, in its component or after a `.`. So nothing is warned
//! about that is used, and not all is that is not.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::limits;
use crate::resolve::{Item, World};
use crate::source::SourceId;
use crate::syntax::ast::{Component, Module, Name};
use crate::syntax::{Word, words};

/// The modules of the standard library.
const STANDARD: &str = "std.";

/// The words of a file.
#[derive(Default)]
struct Words {
    /// Where each stands, but for after a `.`, in order.
    places: BTreeMap<Arc<str>, Vec<u32>>,
    /// Those that stand after a `.`.
    members: BTreeSet<Arc<str>>,
}

/// Warns of unused names: of what any file of the project uses of others, and of what an entry declares for itself. A file
/// without environments and profiles is there for others to use.
pub(crate) fn unused(world: &World) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (index, module) in world.modules.iter().enumerate().filter(|(_, m)| !m.path.starts_with(STANDARD)) {
        let ast = &module.ast;
        let is_entry = index == 0 && !(ast.environments.is_empty() && ast.profiles.is_empty());
        let Some(source) = source(ast).filter(|_| is_entry || !ast.uses.is_empty()) else { continue };
        let words = Words::of(world, source, ast);
        // An archive that is merely declared is asked for versions, too.
        let is_archive =
            |name: &Name| world.lookup(index, &name.text).is_some_and(|d| d.item == Item::Archive);
        let names = ast.uses.iter().flat_map(|item| &item.names);
        for name in names.filter(|name| !words.has(name) && !is_archive(name)) {
            found.push(warning(name).help("leave it out of the `use`"));
        }
        if is_entry {
            words.of_entry(ast, &mut found);
        }
    }
    found.truncate(limits::ERRORS);
    found
}

/// The source of a module that has names.
fn source(ast: &Module) -> Option<SourceId> {
    let used = ast.uses.iter().map(|item| item.span);
    Some(used.chain(names(ast).iter().map(|name| name.span)).next()?.source)
}

/// The names of all items, in the order in which they stand.
fn names(ast: &Module) -> Vec<&Name> {
    let mut names: Vec<&Name> = ast.lets.iter().map(|x| &x.name).collect();
    names.extend(ast.types.iter().map(|x| &x.name));
    names.extend(ast.functions.iter().map(|x| &x.name));
    names.extend(ast.protocols.iter().map(|x| &x.name));
    names.extend(ast.archives.iter().map(|x| &x.name));
    names.extend(ast.components.iter().map(|x| &x.name));
    names.extend(ast.environments.iter().map(|x| &x.name));
    names.extend(ast.profiles.iter().map(|x| &x.name));
    names.extend(ast.variants.iter().map(|x| &x.name));
    names.extend(ast.tests.iter().map(|x| &x.name));
    names.sort_by_key(|name| name.span);
    names
}

impl Words {
    /// Of a module, and of what the command line sets, which uses the names of the entry.
    fn of(world: &World, source: SourceId, ast: &Module) -> Self {
        let mut declared: BTreeSet<u32> = names(ast).iter().map(|name| name.span.start).collect();
        declared.extend(ast.uses.iter().flat_map(|item| &item.names).map(|name| name.span.start));
        let secrets = ast.components.iter().flat_map(|c| &c.secrets);
        let secrets = secrets.chain(ast.environments.iter().flat_map(|e| &e.secrets));
        declared.extend(secrets.map(|secret| secret.name.span.start));
        let text = |source: SourceId| world.texts.get(source.0 as usize).map_or("", |text| text);
        let mut made = Self::default();
        for word in words(source, text(source)).into_iter().filter(|word| !declared.contains(&word.start)) {
            made.add(word);
        }
        if let Some(source) = world.command_line {
            for word in words(source, text(source)) {
                // In no component.
                made.add(Word { start: u32::MAX, ..word });
            }
        }
        made
    }

    fn add(&mut self, word: Word) {
        if word.member {
            self.members.insert(word.text);
        } else {
            self.places.entry(word.text).or_default().push(word.start);
        }
    }

    /// Whether a name of the file stands anywhere but after a `.`.
    fn has(&self, name: &Name) -> bool {
        name.text.starts_with('_') || self.places.contains_key(&name.text)
    }

    /// Whether a name stands after a `.`, as that of something which others see.
    fn is_seen(&self, name: &Name) -> bool {
        self.members.contains(&name.text)
    }

    /// Whether a name stands between two places.
    fn is_inside(&self, name: &Name, inside: &Range<u32>) -> bool {
        let Some(places) = self.places.get(&name.text) else { return false };
        let first = places.partition_point(|place| *place < inside.start);
        places.get(first).is_some_and(|place| inside.contains(place))
    }

    fn of_entry(&self, ast: &Module, found: &mut Vec<Diagnostic>) {
        let own = ast.lets.iter().map(|x| &x.name).chain(ast.types.iter().map(|x| &x.name));
        for name in own.chain(ast.functions.iter().map(|x| &x.name)).filter(|name| !self.has(name)) {
            found.push(removable(name));
        }
        let items = names(ast);
        for component in &ast.components {
            let next = items.partition_point(|name| name.span <= component.name.span);
            let end = items.get(next).map_or(u32::MAX, |name| name.span.start);
            self.of_component(component, end, found);
        }
        for environment in &ast.environments {
            let used = |name: &Name| self.has(name) || self.is_seen(name);
            let params = environment.params.iter().map(|param| &param.name);
            found.extend(params.filter(|name| !used(name)).map(without_effect));
            let lets = environment.lets.iter().map(|item| &item.name);
            let lets = lets.chain(environment.secrets.iter().map(|secret| &secret.name));
            found.extend(lets.filter(|name| !used(name)).map(removable));
        }
    }

    /// A component that ends before a place: its names are used inside it, or seen from outside as members.
    fn of_component(&self, component: &Component, end: u32, found: &mut Vec<Diagnostic>) {
        let inside = component.name.span.start..end;
        let used =
            |name: &Name| name.text.starts_with('_') || self.is_seen(name) || self.is_inside(name, &inside);
        let params = component.params.iter().map(|param| &param.name);
        found.extend(params.filter(|name| !used(name)).map(without_effect));
        let lets = component.lets.iter().map(|item| &item.name);
        let lets = lets.chain(component.secrets.iter().map(|secret| &secret.name));
        found.extend(lets.filter(|name| !used(name)).map(removable));
    }
}

fn warning(name: &Name) -> Diagnostic {
    Diagnostic::warning("W0213", name.span, format!("nothing uses `{}`", name.text))
}

fn removable(name: &Name) -> Diagnostic {
    warning(name).help("remove it, or begin its name with `_`")
}

fn without_effect(name: &Name) -> Diagnostic {
    warning(name).help("what is set of it has no effect: use it, remove it, or begin its name with `_`")
}
