//! From an entry file to all modules of the program, with what each name of a module's top level stands for.

mod names;

pub(crate) use names::defined_twice;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::diag::Diagnostic;
use crate::limits;
use crate::source::{SourceId, Sources, Span};
use crate::syntax::ast::{
    Component, Environment, Function, Host, Module, Name, Protocol, Requires, Run, TypeAlias, Use, Variant,
};
use crate::types::{ComponentRef, Type};

/// Why a project file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileError {
    /// There is no such file.
    NotFound,
    /// It is not UTF-8 text.
    NotUtf8,
    /// It is larger than a source file may be (8 MiB).
    TooLarge,
    /// Anything else, in words.
    Other(String),
}

/// The outside, as one small trait: reads project files. The standard library is embedded and never asked for.
pub trait Files {
    /// The text of a file by its path relative to the project: `/` between parts, never `..`.
    ///
    /// # Errors
    /// Why there is no such text.
    fn read(&self, path: &str) -> Result<String, FileError>;
}

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

    /// What an endpoint of a protocol is that a module names; unknown where there is no such protocol.
    pub(crate) fn endpoint(&self, module: usize, protocol: &Name) -> Type {
        self.protocol(module, &protocol.text).map_or(Type::Unknown, |declared| {
            let name = declared.name.text.clone();
            Type::Endpoint(crate::types::Protocol { declared: declared.name.span, name })
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
    pub(crate) fn host(&self, host: crate::types::HostRef) -> Option<&Host> {
        self.environment(host.module, host.environment)?.hosts.get(host.host)
    }

    /// The component that an instance is of.
    pub(crate) fn instance_component(
        &self,
        host: crate::types::HostRef,
        run: usize,
    ) -> Option<(Definition, &Component)> {
        let run: &Run = self.host(host)?.runs.get(run)?;
        self.component(host.module, &run.component.text)
    }
}

/// The standard library, by the last part of its modules' paths.
const STANDARD: [(&str, &str); 4] = [
    ("data", include_str!("../../../../stdlib/data.pl")),
    ("doubles", include_str!("../../../../stdlib/doubles.pl")),
    (PROTOCOLS, include_str!("../../../../stdlib/protocols.pl")),
    ("web", include_str!("../../../../stdlib/web.pl")),
];

/// The module of the protocols that need no `use`.
const PROTOCOLS: &str = "protocols";

/// Where a module's text is.
fn file_of(path: &[&str]) -> String {
    format!("{}.pl", path.join("/"))
}

struct Loader<'a> {
    files: &'a dyn Files,
    sources: &'a mut Sources,
    world: World,
    /// Module by file.
    known: BTreeMap<String, usize>,
    diagnostics: Vec<Diagnostic>,
    /// For each module, the modules that it uses and where.
    edges: Vec<Vec<(usize, Span)>>,
}

/// Loads the entry and everything that it uses, and resolves what each top-level name means.
pub(crate) fn load(entry: &str, files: &dyn Files, sources: &mut Sources) -> (World, Vec<Diagnostic>) {
    let mut loader = Loader {
        files,
        sources,
        world: World::default(),
        known: BTreeMap::new(),
        diagnostics: Vec::new(),
        edges: Vec::new(),
    };
    let path = entry.strip_suffix(".pl").unwrap_or(entry).replace('/', ".");
    loader.module(entry, path, None);
    let mut next = 0;
    while next < loader.world.modules.len() {
        loader.uses(next);
        next += 1;
    }
    loader.world.protocols = loader.module(&file_of(&["std", PROTOCOLS]), format!("std.{PROTOCOLS}"), None);
    let Loader { mut world, mut diagnostics, edges, .. } = loader;
    diagnostics.extend(cycles(&world, &edges));
    names::define(&mut world, &edges, &mut diagnostics);
    (world, diagnostics)
}

impl Loader<'_> {
    /// Reads and parses a file, once.
    fn module(&mut self, file: &str, path: String, used_at: Option<Span>) -> Option<usize> {
        if let Some(known) = self.known.get(file) {
            return Some(*known);
        }
        let id = match self.read(file) {
            Ok(text) => self.sources.add(file, text),
            Err(error) => {
                // The entry has no place that asks for it but its own beginning.
                let span = used_at.unwrap_or_else(|| empty(self.sources.add(file, "")));
                self.diagnostics.push(unreadable(file, &error, span));
                return None;
            }
        };
        let text = self.sources.get(id).map(|s| s.text.clone()).unwrap_or_default();
        let (ast, diagnostics) = crate::syntax::parse(id, &text);
        self.diagnostics.extend(diagnostics);
        let index = self.world.modules.len();
        self.world.modules.push(Loaded { path, ast, names: BTreeMap::new() });
        self.edges.push(Vec::new());
        self.known.insert(file.to_owned(), index);
        Some(index)
    }

    fn read(&self, file: &str) -> Result<String, FileError> {
        match file.strip_prefix("std/") {
            Some(name) => STANDARD
                .iter()
                .find(|(known, _)| name.strip_suffix(".pl") == Some(*known))
                .map(|(_, text)| (*text).to_owned())
                .ok_or(FileError::NotFound),
            None => self.files.read(file),
        }
    }

    fn uses(&mut self, module: usize) {
        let Some(loaded) = self.world.modules.get(module) else { return };
        let wanted: Vec<(String, String, Span)> = loaded.ast.uses.iter().map(wanted).collect();
        for (file, path, span) in wanted {
            // Files that are not there are not asked for without end.
            if self.diagnostics.len() >= limits::ERRORS {
                return;
            }
            if self.world.modules.len() >= limits::MODULES {
                let message = format!("a program has at most {} modules", limits::MODULES);
                self.diagnostics.push(Diagnostic::error("E0101", span, message));
                return;
            }
            let used = self.module(&file, path, Some(span));
            if let (Some(used), Some(edges)) = (used, self.edges.get_mut(module)) {
                edges.push((used, span));
            }
        }
    }
}

fn wanted(item: &Use) -> (String, String, Span) {
    let parts: Vec<&str> = item.path.iter().map(|name| &*name.text).collect();
    (file_of(&parts), parts.join("."), item.span)
}

fn empty(source: SourceId) -> Span {
    Span { source, start: 0, end: 0 }
}

fn unreadable(file: &str, error: &FileError, span: Span) -> Diagnostic {
    let message = match error {
        FileError::NotFound => format!("there is no file `{file}`"),
        FileError::NotUtf8 => format!("`{file}` is not UTF-8 text"),
        FileError::TooLarge => return Diagnostic::error("E0101", span, format!("`{file}` is too large")),
        FileError::Other(why) => format!("`{file}` cannot be read: {why}"),
    };
    let diagnostic = Diagnostic::error("E0203", span, message);
    match file.strip_prefix("std/") {
        Some(_) => {
            let modules = STANDARD.map(|(name, _)| format!("`std.{name}`")).join(", ");
            diagnostic.help(format!("the standard library has {modules}"))
        }
        None if *error == FileError::NotFound => {
            diagnostic.help("`use a.b` reads `a/b.pl` of the project, `use std.web` the standard library")
        }
        None => diagnostic,
    }
}

/// Each edge that closes a circle of modules, once, with the whole chain.
fn cycles(world: &World, edges: &[Vec<(usize, Span)>]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut done = vec![false; edges.len()];
    let mut path: Vec<(usize, usize)> = vec![(0, 0)];
    while let Some((module, next)) = path.last_mut() {
        let Some(&(used, span)) = edges.get(*module).and_then(|e| e.get(*next)) else {
            if let Some(done) = done.get_mut(*module) {
                *done = true;
            }
            path.pop();
            continue;
        };
        *next += 1;
        if let Some(from) = path.iter().position(|(m, _)| *m == used) {
            if found.len() >= limits::ERRORS {
                break;
            }
            found.push(cycle(world, path.get(from..).unwrap_or_default(), used, span));
        } else if done.get(used) == Some(&false) {
            path.push((used, 0));
        }
    }
    found
}

fn cycle(world: &World, chain: &[(usize, usize)], closes: usize, span: Span) -> Diagnostic {
    let name = |module: usize| world.modules.get(module).map_or("", |m| &*m.path);
    let chain: Vec<String> =
        chain.iter().map(|(m, _)| *m).chain([closes]).map(|m| format!("`{}`", name(m))).collect();
    Diagnostic::error("E0205", span, format!("modules use one another in a circle: {}", chain.join(" → ")))
        .here("this `use` closes the circle")
        .help("move what both need into a module of its own")
}
