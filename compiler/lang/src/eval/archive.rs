//! Archives that an environment draws from: each once, under one name.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Evaluator;
use super::fault::{Fault, Outcome};
use super::scope::{Scope, Slot};
use super::value::{ArchiveValue, MadeArchive, Value};
use crate::diag::Diagnostic;
use crate::limits;
use crate::resolve::Definition;
use crate::source::Span;
use crate::syntax::ast::{self, Expr};
use crate::topology::Archive;

/// The archives of a topology, in the order in which they were first asked for.
#[derive(Default)]
pub(super) struct Archives {
    list: Vec<Archive>,
    /// Their names, by what makes one the same as another.
    names: BTreeMap<Content, String>,
    taken: BTreeSet<String>,
    /// Declared archives that have been evaluated; none where that failed.
    declared: BTreeMap<(usize, usize), Option<Rc<Archive>>>,
}

/// Suites, components, keyring and mirror.
type Content = (Vec<String>, Vec<String>, String, Option<String>);

fn content(archive: &Archive) -> Content {
    (archive.suites.clone(), archive.components.clone(), archive.signed_by.clone(), archive.mirror.clone())
}

/// What looking for an archive copies.
fn weight(archive: &Archive) -> usize {
    let texts = archive.suites.iter().chain(&archive.components);
    texts.map(|text| text.len() + limits::COPY_BYTES).sum::<usize>() + limits::COPY_BYTES
}

impl Archives {
    pub(super) fn take(&mut self) -> Vec<Archive> {
        std::mem::take(&mut self.list)
    }

    /// The name under which the topology has an archive, where it has it.
    fn known(&self, archive: &Archive) -> Option<String> {
        self.names.get(&content(archive)).cloned()
    }

    fn add(&mut self, mut archive: Archive, name: String) -> String {
        archive.name.clone_from(&name);
        self.names.insert(content(&archive), name.clone());
        self.taken.insert(name.clone());
        self.list.push(archive);
        name
    }
}

impl<'w> Evaluator<'w> {
    /// The name in the topology of the archive that a slot comes to.
    pub(super) fn archive_of(&mut self, slot: &Rc<Slot<'w>>, asked: Span) -> Option<String> {
        let scope = self.scope.clone();
        let value = self.force(slot, &scope, asked);
        let value = self.keep(value)?;
        self.listed(&value, asked)
    }

    /// The name of an archive in the topology, which lists it from now on.
    pub(super) fn listed(&mut self, value: &Value, asked: Span) -> Option<String> {
        let Value::Archive(value) = value else { return None };
        let archive = match value {
            ArchiveValue::Declared(definition) => self.declared_archive(*definition)?,
            ArchiveValue::Made(made) => {
                let result = self.completed(made);
                Rc::new(self.keep(result)?)
            }
        };
        let result = self.spend(asked, 1, weight(&archive));
        self.keep(result)?;
        if let Some(known) = self.archives.known(&archive) {
            return Some(known);
        }
        let name = self.free_name(&archive);
        Some(self.archives.add((*archive).clone(), name))
    }

    /// A name that no other archive has, of this topology or of the same name at the top level.
    fn free_name(&mut self, archive: &Archive) -> String {
        let mut name = archive.name.clone();
        let mut number = 1;
        while self.archives.taken.contains(&name) || self.is_of_another(&name, archive) {
            number += 1;
            name = format!("{}-{number}", archive.name);
        }
        name
    }

    fn is_of_another(&mut self, name: &str, archive: &Archive) -> bool {
        let all: usize = self.world.modules.iter().map(|m| m.ast.archives.len()).sum();
        let result = self.look(all, archive.span);
        if self.keep(result).is_none() {
            return false;
        }
        let named = |m: &crate::resolve::Loaded| m.ast.archives.iter().position(|a| &*a.name.text == name);
        let modules = self.world.modules.iter().enumerate();
        let found: Vec<(usize, usize)> = modules.filter_map(|(m, l)| Some((m, named(l)?))).collect();
        // A declared archive has its name whether or not others have it, too.
        let own = |at: &(usize, usize)| {
            let declared = self.world.modules.get(at.0).and_then(|m| m.ast.archives.get(at.1));
            declared.is_some_and(|d| d.name.span == archive.span)
        };
        if found.iter().any(own) {
            return false;
        }
        found.into_iter().any(|at| {
            let declared = self.declared_at(at);
            declared.is_none_or(|declared| content(&declared) != content(archive))
        })
    }

    /// A declared archive, evaluated once.
    fn declared_archive(&mut self, definition: Definition) -> Option<Rc<Archive>> {
        self.declared_at((definition.module, definition.index))
    }

    fn declared_at(&mut self, at: (usize, usize)) -> Option<Rc<Archive>> {
        if let Some(known) = self.archives.declared.get(&at) {
            return known.clone();
        }
        let archive = self.world.modules.get(at.0).and_then(|m| m.ast.archives.get(at.1))?;
        let scope = self.module(at.0);
        let result = self.archive(archive, &scope);
        let made = self.keep(result).map(Rc::new);
        self.archives.declared.insert(at, made.clone());
        made
    }

    /// An archive that an expression makes: what it leaves out is as in the environment's base.
    fn completed(&mut self, made: &MadeArchive) -> Outcome<Archive> {
        let whole = made.components.is_some() && made.signed_by.is_some();
        let base = if whole { None } else { Some(self.declared_base(made.span)?) };
        let of_base = |field: fn(&Archive) -> Vec<String>| base.as_deref().map(field).unwrap_or_default();
        let (signed_by, mirror) = match (&made.signed_by, &base) {
            (Some(signed_by), _) => (signed_by.clone(), None),
            // Who signs it says where it is: the mirror goes with the keyring.
            (None, base) => {
                base.as_ref().map(|b| (b.signed_by.clone(), b.mirror.clone())).unwrap_or_default()
            }
        };
        suited(Archive {
            name: made.suites.join("+"),
            suites: made.suites.clone(),
            components: made.components.clone().unwrap_or_else(|| of_base(|base| base.components.clone())),
            signed_by,
            mirror: made.mirror.clone().or(mirror),
            span: made.span,
        })
    }

    /// The base as the environment declares it, whatever is set.
    fn declared_base(&mut self, asked: Span) -> Outcome<Rc<Archive>> {
        let Some(base) = self.environment.base.first() else { return Err(Fault::internal(asked)) };
        let scope = self.scope.clone();
        match self.eval(base, &scope)? {
            Value::Archive(ArchiveValue::Declared(definition)) => {
                self.declared_archive(definition).ok_or(Fault::Known)
            }
            Value::Archive(ArchiveValue::Made(made))
                if made.components.is_some() && made.signed_by.is_some() =>
            {
                Ok(Rc::new(self.completed(&made)?))
            }
            Value::Archive(ArchiveValue::Made(made)) => {
                let message =
                    "an archive that is the environment's `base` needs `components` and `signed_by`";
                let diagnostic = Diagnostic::error("E0303", made.span, message);
                Err(Fault::new(diagnostic.help("elsewhere, what is left out is as in the `base`")))
            }
            _ => Err(Fault::internal(asked)),
        }
    }

    /// A declared archive of its fields.
    fn archive(&mut self, declared: &'w ast::Archive, scope: &Rc<Scope<'w>>) -> Outcome<Archive> {
        let internal = || Fault::internal(declared.name.span);
        let field = |name: &str| declared.fields.iter().find(|f| &*f.key.text == name).map(|f| &f.value);
        suited(Archive {
            name: declared.name.text.to_string(),
            suites: self.texts(field("suites").ok_or_else(internal)?, scope)?,
            components: self.texts(field("components").ok_or_else(internal)?, scope)?,
            signed_by: self.string(field("signed_by").ok_or_else(internal)?, scope)?,
            mirror: field("mirror").map(|expr| self.string(expr, scope)).transpose()?,
            span: declared.name.span,
        })
    }

    /// A string.
    pub(super) fn string(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<String> {
        let value = self.eval(expr, scope)?;
        self.plain(&value, expr.span)
    }

    /// A list of strings.
    pub(super) fn texts(&mut self, expr: &'w Expr, scope: &Rc<Scope<'w>>) -> Outcome<Vec<String>> {
        let Value::List(items) = self.eval(expr, scope)? else { return Err(Fault::internal(expr.span)) };
        items.iter().map(|item| self.plain(item, expr.span)).collect()
    }

    /// A string of one line: names, paths, arguments. Lists of them may be shared by many: each copy is charged.
    pub(super) fn plain(&mut self, value: &Value, span: Span) -> Outcome<String> {
        let Value::Text(text) = value else { return Err(Fault::internal(span)) };
        self.spend(span, 0, limits::COPY_BYTES + text.len())?;
        if super::validate::one_line(text) {
            Ok(text.to_string())
        } else {
            Err(Fault::new(super::validate::not_one_line(span)))
        }
    }
}

/// Refuses an archive of nothing.
fn suited(archive: Archive) -> Outcome<Archive> {
    if archive.suites.is_empty() {
        let message = "an archive needs at least one suite";
        return Err(Fault::new(Diagnostic::error("E0303", archive.span, message)));
    }
    Ok(archive)
}
