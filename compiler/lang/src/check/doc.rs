//! Names in doc comments: `{name}` and `{name.member}` speak of something that is there, or the description does not
//! compile. So a comment does not outlive what it is about. `\{` is a brace.

use super::component::Table;
use super::declared::is_type;
use super::expression::Typed;
use super::rule::Origin;
use super::scope::{Found, Scope};
use super::{Checker, HOST_OPTIONS};
use crate::diag::Diagnostic;
use crate::functions;
use crate::nearest::suggestion;
use crate::resolve::{Definition, Item};
use crate::source::Span;
use crate::syntax::ast::{Component, Doc, Environment, Host, Module, Name};
use crate::types::{ComponentRef, HostRef, Type};

/// Refused mentions have no type; what is there but has no members, or none that are known here, has an unknown one.
type Mentioned = Result<Typed, Box<Diagnostic>>;

impl<'w> Checker<'w> {
    /// Resolves what a doc comment mentions, in the scope of what it documents.
    pub(super) fn doc(&mut self, doc: &Doc, scope: &Scope<'_, 'w>) {
        for (line, span) in doc.text.split('\n').zip(&doc.lines) {
            for path in mentions(line, *span) {
                if self.full() {
                    return;
                }
                if let Err(diagnostic) = self.mentioned(&path, scope) {
                    self.report(*diagnostic);
                }
            }
        }
    }

    /// The doc comments of a file and of the items that have no names of their own inside.
    pub(super) fn module_docs(&mut self, module: &'w Module, scope: &Scope<'_, 'w>) {
        let types = module.types.iter().map(|x| &x.doc).chain(module.protocols.iter().map(|x| &x.doc));
        let values = module.lets.iter().map(|x| &x.doc).chain(module.archives.iter().map(|x| &x.doc));
        for doc in [&module.doc].into_iter().chain(types).chain(values) {
            self.doc(doc, scope);
        }
    }

    /// The doc comments of a component and its members.
    pub(super) fn member_docs(&mut self, c: &'w Component, scope: &Scope<'_, 'w>) {
        let values = c.params.iter().map(|x| &x.doc).chain(c.lets.iter().map(|x| &x.doc));
        let values = values.chain(c.secrets.iter().map(|x| &x.doc));
        let files = c.files.iter().map(|x| &x.doc).chain(c.trees.iter().map(|x| &x.doc));
        let paths = files.chain(c.links.iter().map(|x| &x.doc)).chain(c.states.iter().map(|x| &x.doc));
        let ends = c.provides.iter().map(|x| &x.doc).chain(c.requires.iter().map(|x| &x.doc));
        let processes = c.services.iter().map(|x| &x.doc).chain(c.jobs.iter().map(|x| &x.doc));
        let processes = processes.chain(c.checks.iter().map(|x| &x.doc));
        for doc in [&c.doc].into_iter().chain(values).chain(paths).chain(ends).chain(processes) {
            self.doc(doc, scope);
        }
    }

    /// The doc comments of an environment and what it declares, but for its hosts.
    pub(super) fn environment_docs(&mut self, e: &'w Environment, scope: &Scope<'_, 'w>) {
        let values = e.params.iter().map(|x| &x.doc).chain(e.lets.iter().map(|x| &x.doc));
        for doc in [&e.doc].into_iter().chain(values).chain(e.secrets.iter().map(|x| &x.doc)) {
            self.doc(doc, scope);
        }
    }

    /// The doc comments of a host and its instances.
    pub(super) fn host_docs(&mut self, h: &'w Host, scope: &Scope<'_, 'w>) {
        for doc in [&h.doc].into_iter().chain(h.runs.iter().map(|run| &run.doc)) {
            self.doc(doc, scope);
        }
    }

    /// A doc comment that is about an environment from outside, as that of a profile is: its names are known there, too.
    pub(super) fn doc_about(&mut self, doc: &Doc, environment: &Name, scope: &Scope<'_, 'w>) {
        // Most have no braces, and an environment may have thousands of names.
        if !doc.text.contains('{') {
            return;
        }
        let world = self.world;
        let found = world.environment_named(scope.home(), &environment.text);
        let found =
            found.and_then(|(module, index)| Some((module, index, world.environment(module, index)?)));
        match found {
            Some((module, index, e)) => {
                let names = self.environment_names(module, index, e);
                self.doc(doc, &scope.inside(names.entries));
            }
            None => self.doc(doc, scope),
        }
    }

    /// The names of an environment.
    pub(super) fn environment_names(
        &mut self,
        module: usize,
        environment: usize,
        e: &'w Environment,
    ) -> Table<'w> {
        let mut table = Table::new();
        table.params(module, Origin::EnvironmentCapacity, &e.params, &e.lets, self);
        table.secrets(&e.secrets, self);
        for (host, declared) in e.hosts.iter().enumerate() {
            let host = HostRef { module, environment, host };
            table.known(&declared.name, Typed::identity(Type::Host(host)), self);
        }
        table
    }

    /// Resolves a path, member by member as far as these are known.
    fn mentioned(&mut self, path: &[Name], scope: &Scope<'_, 'w>) -> Mentioned {
        let Some((first, members)) = path.split_first() else { return Ok(Typed::unknown()) };
        let mut at = self.first_mentioned(first, members, scope)?;
        let mut of = first.span;
        for name in members {
            at = self.member_mentioned(at, of, name)?;
            of = name.span;
        }
        Ok(at)
    }

    fn first_mentioned(&mut self, first: &Name, members: &[Name], scope: &Scope<'_, 'w>) -> Mentioned {
        Ok(match scope.lookup(&first.text, self.world) {
            Some(Found::Known(typed)) => typed,
            // Nobody asks for its type.
            Some(Found::Let(..)) if members.is_empty() => Typed::unknown(),
            Some(Found::Let(item, scope)) => self.let_type(item, scope),
            Some(Found::Definition(definition)) => self.item_mentioned(definition),
            None if self.of_the_language(scope.home(), &first.text) => Typed::unknown(),
            None => {
                let names = scope.all_names(self.world);
                return Err(Box::new(nothing(first, suggestion(&first.text, names.iter().map(|n| &**n)))));
            }
        })
    }

    /// Components and types have members; of an environment, its hosts may be told.
    fn item_mentioned(&mut self, definition: Definition) -> Typed {
        let world = self.world;
        let Some(module) = world.modules.get(definition.module) else { return Typed::unknown() };
        match definition.item {
            Item::Component => {
                let at = ComponentRef { module: definition.module, index: definition.index };
                Typed::identity(Type::Component(at, "".into()))
            }
            Item::Type => {
                let alias = module.ast.types.get(definition.index);
                let ty = alias.and_then(|alias| super::declared(world, definition.module, &alias.ty).ok());
                ty.map_or_else(Typed::unknown, Typed::identity)
            }
            Item::Let => {
                let scope = Scope::module(definition.module);
                let item = module.ast.lets.get(definition.index);
                item.map_or_else(Typed::unknown, |item| self.let_type(item, &scope))
            }
            _ => Typed::unknown(),
        }
    }

    fn member_mentioned(&mut self, of: Typed, span: Span, name: &Name) -> Mentioned {
        let is_host = matches!(of.ty, Type::Host(_) | Type::Replica(_));
        if is_host && HOST_OPTIONS.iter().any(|option| option.0 == &*name.text) {
            return Ok(Typed::unknown());
        }
        let ty = match of.ty {
            // Each replica, or what is there where something is.
            Type::Host(host) => Type::Replica(host),
            Type::Option(inner) => (*inner).clone(),
            ty => ty,
        };
        if self.needed_of(&ty).is_some_and(|c| needs(c, &name.text)) {
            return Ok(Typed::unknown());
        }
        let typed = self.member(Typed::identity(ty), span, name);
        // What is said of this place, said as of a comment.
        let here = |d: &Diagnostic| d.labels.first().is_some_and(|label| label.span == name.span);
        match self.diagnostics.iter().rposition(here) {
            Some(at) => Err(Box::new(nothing(name, self.diagnostics.remove(at).help))),
            None => Ok(typed),
        }
    }

    /// The component of an instance, or a component itself.
    fn needed_of(&self, ty: &Type) -> Option<&'w Component> {
        match ty {
            Type::Instance(host, run, _) => Some(self.world.instance_component(*host, *run)?.1),
            Type::Component(at, _) => self.world.component_at(*at),
            _ => None,
        }
    }

    /// A type, function or protocol that no module declares.
    fn of_the_language(&self, module: usize, name: &str) -> bool {
        is_type(name) || functions::named(name).is_some() || self.world.protocol(module, name).is_some()
    }
}

/// What an instance is given, and shows to nobody.
fn needs(c: &Component, name: &str) -> bool {
    let mut names = c.requires.iter().map(|r| &r.name).chain(c.secrets.iter().map(|s| &s.name));
    names.any(|needed| *needed.text == *name)
}

fn nothing(name: &Name, help: Option<String>) -> Diagnostic {
    let message = format!("the doc comment speaks of `{}`, which is not there", name.text);
    let help = help.unwrap_or_else(|| "what is no name is written without braces, or as `\\{`".to_owned());
    Diagnostic::error("E0212", name.span, message)
        .help(help)
        .note("a comment that names what is there cannot outlive it")
}

/// The paths between braces in a line of a doc comment.
fn mentions(line: &str, span: Span) -> Vec<Vec<Name>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = line.get(from..).and_then(|rest| rest.find('{')).map(|at| from + at) {
        from = open + 1;
        let escaped = open.checked_sub(1).is_some_and(|before| line.as_bytes().get(before) == Some(&b'\\'));
        let inside = line.get(from..).and_then(|rest| rest.split_once('}')).map(|(inside, _)| inside);
        if let Some(inside) = inside.filter(|inside| !escaped && inside.split('.').all(is_name)) {
            found.push(path(inside, from, span));
        }
    }
    found
}

fn path(inside: &str, from: usize, line: Span) -> Vec<Name> {
    let mut at = from;
    let name = |part: &str| {
        let byte = |at: usize| line.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        let span = Span { start: byte(at), end: byte(at + part.len()), ..line };
        at += part.len() + 1;
        Name { text: part.into(), span }
    };
    inside.split('.').map(name).collect()
}

fn is_name(part: &str) -> bool {
    let first = part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    first && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
