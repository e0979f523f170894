//! What the command line sets: `PATH=VALUE`, read into what a variant would say. The text is a source of its own, so that
//! messages point into it.

use std::collections::BTreeMap;

use crate::diag::Diagnostic;
use crate::resolve::{Item, With, World};
use crate::source::{SourceId, Sources, Span};
use crate::syntax;
use crate::syntax::ast::{
    Component, Doc, Environment, Expr, ExprKind, Field, Name, Param, Part, Pin, Setting, TypeExpr, Variant,
};

/// The name of the source, and of the variant.
pub(crate) const NAME: &str = "--with";
const FORM: &str = "`host.instance.parameter=value`, `host.instance.from=suite` or `package:name=version`";

/// One setting as it stands in the source.
struct Line<'a> {
    source: SourceId,
    text: &'a str,
    /// Where it begins.
    start: usize,
}

/// What a value is for, which says how a bare word is meant.
#[derive(Clone, Copy)]
enum Meant<'w> {
    Archive,
    Parameter(&'w TypeExpr),
    Other,
}

/// What a line sets.
enum Left {
    Path(Vec<Name>),
    Package(Name),
}

/// What is set, by environment.
type Made = BTreeMap<(usize, usize), Variant>;

/// Reads the settings and keeps them in the world, each for every environment of the entry that has its path.
pub(crate) fn settings(world: &mut World, with: &[String], sources: &mut Sources) -> Vec<Diagnostic> {
    if with.is_empty() {
        return Vec::new();
    }
    let source = sources.add(NAME, with.join("\n"));
    world.command_line = Some(source);
    let mut made = Made::new();
    let mut diagnostics = Vec::new();
    let mut start = 0;
    for text in with {
        let line = Line { source, text, start };
        start += text.len() + 1;
        if let Err(found) = line.read(world, &mut made) {
            diagnostics.extend(found);
        }
    }
    world.settings = made.into_iter().map(|(environment, variant)| With { environment, variant }).collect();
    diagnostics
}

impl<'a> Line<'a> {
    fn read(&self, world: &World, made: &mut Made) -> Result<(), Vec<Diagnostic>> {
        let Some((left, value)) = self.text.split_once('=') else {
            let message = "expected `=` and a value after what is set";
            return Err(vec![Diagnostic::error("E0107", self.span(self.text), message).help(FORM)]);
        };
        let environments = environments(world);
        match self.left(left)? {
            Left::Package(package) => {
                for at in environments {
                    let pin = self.pin(world, &package, value)?;
                    made.entry(at).or_insert_with(variant).packages.push(pin);
                }
            }
            Left::Path(path) => {
                for (at, meant) in places(world, &environments, &path) {
                    let value = self.value(world, value, meant)?;
                    made.entry(at)
                        .or_insert_with(variant)
                        .settings
                        .push(Setting { path: path.clone(), value });
                }
            }
        }
        Ok(())
    }

    fn left(&self, left: &'a str) -> Result<Left, Vec<Diagnostic>> {
        let left = left.trim();
        if let Some(package) = left.strip_prefix("package:") {
            return Ok(Left::Package(self.name(package.trim())));
        }
        let path: Vec<Name> = left.split('.').map(|part| self.name(part.trim())).collect();
        match path.iter().find(|name| !is_name(&name.text)) {
            None => Ok(Left::Path(path)),
            Some(name) => {
                let found = name.text.escape_debug();
                let (message, span) = match name.text.is_empty() {
                    true => ("expected a name on each side of a `.`".to_owned(), self.span(left)),
                    false => (format!("expected a name, found `{found}`"), name.span),
                };
                Err(vec![Diagnostic::error("E0107", span, message).help(FORM)])
            }
        }
    }

    /// `2.41-12` is a version, `trixie` where the package is from.
    fn pin(&self, world: &World, package: &Name, value: &'a str) -> Result<Pin, Vec<Diagnostic>> {
        let package = text(&package.text, package.span);
        let word = value.trim();
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return Ok(Pin { package, version: Some(text(word, self.span(word))), from: None });
        }
        if word.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Ok(Pin { package, version: None, from: Some(self.value(world, value, Meant::Archive)?) });
        }
        Ok(Pin { package, version: Some(self.value(world, value, Meant::Other)?), from: None })
    }

    fn value(&self, world: &World, value: &'a str, meant: Meant<'_>) -> Result<Expr, Vec<Diagnostic>> {
        let word = value.trim();
        let span = self.span(word);
        let path = word.starts_with('/') || matches!(word.split('/').next(), Some("." | ".."));
        match meant {
            Meant::Archive if is_word(world, word) => {
                let suites = expr(ExprKind::List(vec![text(word, span)]), span);
                Ok(make("apt", "suites", suites, span))
            }
            Meant::Parameter(ty) if path && !matches!(&*ty.name.text, "String" | "Path") => {
                Ok(make("local", "path", text(word, span), span))
            }
            Meant::Parameter(ty) if is_plain(word) && &*ty.name.text == "Version" => {
                let name = Name { text: "version".into(), span };
                Ok(expr(ExprKind::Call(name, vec![text(word, span)]), span))
            }
            Meant::Parameter(ty) if is_plain(word) && &*ty.name.text == "String" => Ok(text(word, span)),
            _ if path || is_word(world, word) => Ok(text(word, span)),
            _ if word.is_empty() => {
                let message = "expected a value after the `=`";
                Err(vec![Diagnostic::error("E0107", self.span(self.text), message).help(FORM)])
            }
            _ => syntax::parse_value(span.source, word, span.start as usize),
        }
    }

    fn name(&self, text: &'a str) -> Name {
        Name { text: text.into(), span: self.span(text) }
    }

    /// The place of a part of the text.
    fn span(&self, part: &'a str) -> Span {
        let before = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let start = self.start + before.min(self.text.len());
        let at = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { source: self.source, start: at(start), end: at(start + part.len()) }
    }
}

fn expr(kind: ExprKind, span: Span) -> Expr {
    Expr::new(kind, span)
}

fn text(text: &str, span: Span) -> Expr {
    expr(ExprKind::Text(vec![Part::Text(text.into())]), span)
}

/// `kind { key = value }`
fn make(kind: &str, key: &str, value: Expr, span: Span) -> Expr {
    let name = |text: &str| Name { text: text.into(), span };
    expr(ExprKind::Make(name(kind), vec![Field { key: name(key), value }]), span)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a text is a word that stands for itself: it names nothing of the entry.
fn is_word(world: &World, text: &str) -> bool {
    let first: &str =
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or_default();
    is_name(first)
        && !matches!(first, "true" | "false" | "none")
        && text.chars().all(of_word)
        && world.lookup(0, first).is_none()
}

/// Whether a text would be a word, but that it begins with a digit: a version, where one is wanted.
fn is_plain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(of_word)
}

fn of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_.+~-:/@%".contains(c)
}

/// The environments that the entry declares or uses.
fn environments(world: &World) -> Vec<(usize, usize)> {
    let names = world.modules.first().into_iter().flat_map(|m| m.names.values());
    let mut found: Vec<_> =
        names.filter(|d| d.item == Item::Environment).map(|d| (d.module, d.index)).collect();
    found.sort_unstable();
    found
}

fn variant() -> Variant {
    let name = |text: &str| Name { text: text.into(), span: Span::default() };
    Variant {
        doc: Doc::default(),
        name: name(NAME),
        environment: name(""),
        settings: Vec::new(),
        packages: Vec::new(),
        exceptions: Vec::new(),
    }
}

/// The environments that have a path, with what is there. Where none has it, the one that has the most of it: what is
/// wrong with the path is said of that.
fn places<'w>(
    world: &'w World,
    environments: &[(usize, usize)],
    path: &[Name],
) -> Vec<((usize, usize), Meant<'w>)> {
    let mut found = Vec::new();
    let mut nearest: Option<(usize, (usize, usize))> = None;
    for at in environments {
        let Some(environment) = world.environment(at.0, at.1) else { continue };
        match leads(world, at.0, environment, path) {
            Ok(meant) => found.push((*at, meant)),
            Err(length) => {
                if nearest.is_none_or(|(longest, _)| length > longest) {
                    nearest = Some((length, *at));
                }
            }
        }
    }
    if found.is_empty() {
        found.extend(nearest.map(|(_, at)| (at, Meant::Other)));
    }
    found
}

/// What a path leads to, or how much of it leads anywhere.
fn leads<'w>(
    world: &'w World,
    home: usize,
    environment: &'w Environment,
    path: &[Name],
) -> Result<Meant<'w>, usize> {
    let host = |name: &Name| environment.hosts.iter().find(|h| h.name.text == name.text);
    match path {
        [name] if &*name.text == "base" => Ok(Meant::Archive),
        [name] => parameter(&environment.params, name).ok_or(0),
        [first, name] => match (&*name.text, host(first)) {
            (_, None) => Err(0),
            ("base", _) => Ok(Meant::Archive),
            ("memory" | "cpus" | "disk" | "kind" | "kernel", _) => Ok(Meant::Other),
            _ => Err(1),
        },
        [first, instance, name] => {
            let host = host(first).ok_or(0_usize)?;
            let run = host.runs.iter().find(|run| run.name.text == instance.text).ok_or(1_usize)?;
            if &*name.text == "from" {
                return Ok(Meant::Archive);
            }
            let component: Option<&Component> = world.component(home, &run.component.text).map(|(_, c)| c);
            component.and_then(|c| parameter(&c.params, name)).ok_or(2)
        }
        _ => Err(0),
    }
}

fn parameter<'w>(params: &'w [Param], name: &Name) -> Option<Meant<'w>> {
    params.iter().find(|p| p.name.text == name.text).map(|p| Meant::Parameter(&p.ty))
}
