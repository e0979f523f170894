//! The top-level names of each module: its own items, and what it uses of others.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Definition, Item, World};
use crate::diag::Diagnostic;
use crate::limits;
use crate::nearest::suggestion;
use crate::source::Span;
use crate::syntax::ast::{Module, Name};

/// Fills in the names of all modules.
pub(super) fn define(world: &mut World, edges: &[Vec<(usize, Span)>], diagnostics: &mut Vec<Diagnostic>) {
    for (index, module) in world.modules.iter_mut().enumerate() {
        module.names = own(index, &module.ast, diagnostics);
    }
    let own: Vec<BTreeMap<Arc<str>, Definition>> = world.modules.iter().map(|m| m.names.clone()).collect();
    for (index, module) in world.modules.iter_mut().enumerate() {
        let used: BTreeMap<Span, usize> =
            edges.get(index).into_iter().flatten().map(|(used, span)| (*span, *used)).collect();
        for item in &module.ast.uses {
            // A module that could not be read has been reported.
            let Some(target) = used.get(&item.span).and_then(|used| own.get(*used)) else { continue };
            let path = item.path.iter().map(|n| &*n.text).collect::<Vec<_>>().join(".");
            for name in &item.names {
                import(&mut module.names, target, name, &path, diagnostics);
            }
        }
    }
}

fn own(module: usize, ast: &Module, diagnostics: &mut Vec<Diagnostic>) -> BTreeMap<Arc<str>, Definition> {
    let mut names = BTreeMap::new();
    let mut all = |item: Item, list: &mut dyn Iterator<Item = &Name>| {
        for (index, name) in list.enumerate() {
            if let Some(diagnostic) = of_the_language(item, name) {
                report(diagnostic, diagnostics);
            }
            insert(&mut names, name, Definition { item, module, index, span: name.span }, diagnostics);
        }
    };
    all(Item::Let, &mut ast.lets.iter().map(|x| &x.name));
    all(Item::Type, &mut ast.types.iter().map(|x| &x.name));
    all(Item::Function, &mut ast.functions.iter().map(|x| &x.name));
    all(Item::Protocol, &mut ast.protocols.iter().map(|x| &x.name));
    all(Item::Archive, &mut ast.archives.iter().map(|x| &x.name));
    all(Item::Component, &mut ast.components.iter().map(|x| &x.name));
    all(Item::Environment, &mut ast.environments.iter().map(|x| &x.name));
    all(Item::Profile, &mut ast.profiles.iter().map(|x| &x.name));
    all(Item::Variant, &mut ast.variants.iter().map(|x| &x.name));
    names
}

/// A name that would never be looked up, because the language has it already.
fn of_the_language(item: Item, name: &Name) -> Option<Diagnostic> {
    let taken = match item {
        Item::Type => crate::check::is_type(&name.text),
        Item::Function => crate::functions::named(&name.text).is_some(),
        _ => false,
    };
    let message = format!("`{}` is {} of the language", name.text, item.describe());
    taken.then(|| Diagnostic::error("E0202", name.span, message).help("give it another name"))
}

fn insert(
    names: &mut BTreeMap<Arc<str>, Definition>,
    name: &Name,
    definition: Definition,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if let Some(first) = names.get(&name.text) {
        report(defined_twice(name, first.span), diagnostics);
    } else {
        names.insert(name.text.clone(), definition);
    }
}

/// Reports what the first of many say.
fn report(diagnostic: Diagnostic, diagnostics: &mut Vec<Diagnostic>) {
    if diagnostics.len() < limits::ERRORS {
        diagnostics.push(diagnostic);
    }
}

/// Two things of one name.
pub(crate) fn defined_twice(name: &Name, first: Span) -> Diagnostic {
    Diagnostic::error("E0202", name.span, format!("`{}` is defined twice", name.text))
        .here("again here")
        .and(first, "first here")
        .help("give one of them another name")
}

fn import(
    names: &mut BTreeMap<Arc<str>, Definition>,
    target: &BTreeMap<Arc<str>, Definition>,
    name: &Name,
    path: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(definition) = target.get(&name.text) else {
        let mut diagnostic =
            Diagnostic::error("E0206", name.span, format!("module `{path}` defines no `{}`", name.text));
        diagnostic.help = suggestion(&name.text, target.keys().map(|k| &**k));
        return report(diagnostic, diagnostics);
    };
    match names.get(&name.text) {
        // Used again: harmless.
        Some(known) if known.module == definition.module => {}
        Some(known) => report(defined_twice(name, known.span), diagnostics),
        None => {
            names.insert(name.text.clone(), *definition);
        }
    }
}
