//! The grammar: one function for each construct of `spec/language.md`, in the same order.

mod component;
mod environment;
mod expression;
mod types;

use super::ast::{Archive, Field, Let, Module, Name, Use};
use super::parser::{Parsed, Parser};
use super::token::{Piece, TokenKind};
use crate::diag::Diagnostic;
use expression::expression;

/// A whole file.
pub(super) fn module(p: &mut Parser) -> Module {
    let mut module = Module::default();
    let mut doc = Vec::new();
    while let TokenKind::ModuleDoc(line) = p.peek() {
        doc.push(line.to_string());
        p.bump();
    }
    module.doc = doc.join("\n");
    while !p.at_end() {
        let before = p.position();
        if item(p, &mut module).is_err() {
            recover_item(p, before);
        }
    }
    module
}

fn item(p: &mut Parser, module: &mut Module) -> Parsed<()> {
    let doc = p.doc();
    let TokenKind::Name(word) = p.peek() else { return unexpected_item(p) };
    match &**word {
        "use" => module.uses.push(use_item(p)?),
        "let" => module.lets.push(let_item(p, doc)?),
        "archive" => module.archives.push(archive(p, doc)?),
        "component" => module.components.push(component::component(p, doc)?),
        "environment" => module.environments.push(environment::environment(p, doc)?),
        "profile" => module.profiles.push(environment::profile(p, doc)?),
        _ => return unexpected_item(p),
    }
    Ok(())
}

const ITEMS: [&str; 6] = ["use", "let", "archive", "component", "environment", "profile"];

fn unexpected_item(p: &mut Parser) -> Parsed<()> {
    unexpected_word(p, "`use`, `let`, `archive`, `component`, `environment` or `profile`", &ITEMS)
}

/// Reports a word that begins no member here, with the one that was likely meant.
fn unexpected_word<T>(p: &mut Parser, expected: &str, words: &[&str]) -> Parsed<T> {
    let TokenKind::Name(word) = p.peek() else { return p.expected(expected) };
    let message = format!("expected {expected}, found `{word}`");
    let mut diagnostic = Diagnostic::error("E0107", p.span(), message);
    if let Some(near) = crate::nearest::nearest(word, words.iter().copied()) {
        diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
    }
    p.report(diagnostic);
    Err(super::parser::Failed)
}

/// After a mistake at the top level, the next item begins with its keyword or its doc comment at a line's beginning.
fn recover_item(p: &mut Parser, before: usize) {
    if p.position() == before {
        p.bump();
    }
    while !p.at_end() {
        let begins = match p.peek() {
            TokenKind::Name(word) => ITEMS.contains(&&**word),
            _ => false,
        };
        if p.first_on_line() && begins {
            return;
        }
        p.bump();
    }
}

fn use_item(p: &mut Parser) -> Parsed<Use> {
    p.bump();
    let start = p.span();
    let mut path = vec![p.name("a module's path, as in `std.web`")?];
    while p.eat(".") {
        path.push(p.name("the next part of the module's path")?);
    }
    let span = p.since(start);
    let mut names = Vec::new();
    p.block("list of names", |p| {
        names.push(p.name("a name to use")?);
        Ok(())
    })?;
    Ok(Use { path, names, span })
}

fn let_item(p: &mut Parser, doc: String) -> Parsed<Let> {
    p.bump();
    let name = p.name("a name")?;
    let ty = if p.eat(":") { Some(types::type_expr(p)?) } else { None };
    p.expect("=")?;
    Ok(Let { doc, name, ty, value: expression(p)? })
}

fn archive(p: &mut Parser, doc: String) -> Parsed<Archive> {
    p.bump();
    let name = p.name("the archive's name")?;
    p.expect("=")?;
    let kind = p.name("`apt`")?;
    Ok(Archive { doc, name, kind, fields: fields(p, "archive")? })
}

/// `{ key = value … }`
fn fields(p: &mut Parser, what: &str) -> Parsed<Vec<Field>> {
    let mut fields = Vec::new();
    p.block(what, |p| {
        // A comment on a field is for the reader of the description.
        p.doc();
        fields.push(field(p)?);
        Ok(())
    })?;
    Ok(fields)
}

fn optional_fields(p: &mut Parser, what: &str) -> Parsed<Vec<Field>> {
    if p.is("{") && !p.first_on_line() { fields(p, what) } else { Ok(Vec::new()) }
}

fn field(p: &mut Parser) -> Parsed<Field> {
    let key = key(p)?;
    p.expect("=")?;
    Ok(Field { key, value: expression(p)? })
}

/// A key is a name, also with `-` and `.` inside, or a string.
fn key(p: &mut Parser) -> Parsed<Name> {
    let start = p.span();
    if let TokenKind::Text(pieces) = p.peek() {
        let text = match &**pieces {
            [] => String::new(),
            [Piece::Text(text)] => text.clone(),
            _ => return p.expected("a key without interpolation"),
        };
        p.bump();
        return Ok(Name { text: text.into(), span: start });
    }
    let mut text = p.name("a key")?.text.to_string();
    while p.adjacent() && (p.is("-") || p.is(".")) {
        text.push(if p.is("-") { '-' } else { '.' });
        p.bump();
        let part = match p.peek() {
            TokenKind::Name(part) => part.to_string(),
            TokenKind::Int(part) => part.to_string(),
            _ => return p.expected("the rest of the key"),
        };
        p.bump();
        text.push_str(&part);
    }
    Ok(Name { text: text.into(), span: p.since(start) })
}
