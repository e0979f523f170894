//! From an entry file to all modules of the program, with what each name of a module's top level stands for.

mod names;
mod world;

pub(crate) use names::defined_twice;
pub(crate) use world::{Computed, Definition, Item, Loaded, With, World};

use std::collections::BTreeMap;

use crate::diag::Diagnostic;
use crate::limits;
use crate::source::{SourceId, Sources, Span};
use crate::syntax::ast::Use;

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

/// The standard library, by the last part of its modules' paths.
const STANDARD: [(&str, &str); 7] = [
    ("cache", include_str!("../../../../stdlib/cache.pl")),
    ("data", include_str!("../../../../stdlib/data.pl")),
    ("doubles", include_str!("../../../../stdlib/doubles.pl")),
    (PROTOCOLS, include_str!("../../../../stdlib/protocols.pl")),
    ("storage", include_str!("../../../../stdlib/storage.pl")),
    ("web", include_str!("../../../../stdlib/web.pl")),
    ("wiki", include_str!("../../../../stdlib/wiki.pl")),
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
