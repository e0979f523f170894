//! The grammar: one function for each construct of `spec/language.md`, in the same order.

mod component;
mod environment;
mod expression;
mod function;
mod matching;
mod profile;
mod test;
mod types;

use super::ast::{Archive, Assert, Doc, Expr, Field, Let, Module, Name, Protocol, Secret, TypeAlias, Use};
use super::parser::{Parsed, Parser};
use super::token::{Piece, TokenKind};
use crate::diag::Diagnostic;
use crate::limits;
pub(crate) use expression::MAKES;
use expression::{expression, operand};

/// A whole file.
pub(super) fn module(p: &mut Parser) -> Module {
    let mut module = Module::default();
    if matches!(p.peek(), TokenKind::ModuleDoc(_)) {
        module.doc = p.module_doc();
    }
    let before = p.position();
    if edition(p).is_err() {
        recover_item(p, before);
    }
    let mut items = 0;
    while !p.at_end() {
        items += 1;
        if items > limits::ITEMS {
            p.too_many_items();
            break;
        }
        p.begins();
        let before = p.position();
        if item(p, &mut module).is_err() {
            recover_item(p, before);
        }
    }
    module
}

/// A value that stands alone.
pub(super) fn value(p: &mut Parser) -> Parsed<Expr> {
    let value = expression(p)?;
    if p.at_end() { Ok(value) } else { p.expected("the end of the value") }
}

fn item(p: &mut Parser, module: &mut Module) -> Parsed<()> {
    let doc = p.doc();
    let TokenKind::Name(word) = p.peek() else { return unexpected_item(p) };
    match &**word {
        "use" => module.uses.push(use_item(p)?),
        "let" => module.lets.push(let_item(p, doc)?),
        "type" => module.types.push(type_alias(p, doc)?),
        "fn" => module.functions.push(function::function(p, doc)?),
        "protocol" => module.protocols.push(protocol(p, doc)?),
        "assert" => module.asserts.push(assertion(p)?),
        "archive" => module.archives.push(archive(p, doc)?),
        "component" => module.components.push(component::component(p, doc)?),
        "environment" => module.environments.push(environment::environment(p, doc)?),
        "profile" => module.profiles.push(profile::profile(p, doc)?),
        "variant" => module.variants.push(profile::variant(p, doc)?),
        "test" => module.tests.push(test::test(p, doc)?),
        _ => return unexpected_item(p),
    }
    Ok(())
}

const ITEMS: [&str; 12] = [
    "use",
    "let",
    "type",
    "fn",
    "protocol",
    "assert",
    "archive",
    "component",
    "environment",
    "profile",
    "variant",
    "test",
];

fn unexpected_item(p: &mut Parser) -> Parsed<()> {
    if matches!(p.peek(), TokenKind::Symbol("}" | ")" | "]")) {
        return p.form("one bracket less: everything before is closed already", |p| {
            p.expected("an item of the top level")
        });
    }
    if ["?", "(", "[", "%"].iter().any(|sign| p.is(sign)) {
        return p.expected_end("an item of the top level");
    }
    if p.is(";") || p.is(",") {
        return p.form("each item of the top level on lines of its own, with nothing between them", |p| {
            p.expected("an item of the top level")
        });
    }
    unexpected_word(p, "an item of the top level, as `use`, `let`, `component` or `profile`", &ITEMS)
}

/// Reports a word that begins no member here, with the one that was likely meant.
fn unexpected_word<T>(p: &mut Parser, expected: &str, words: &[&str]) -> Parsed<T> {
    let TokenKind::Name(word) = p.peek() else { return p.expected(expected) };
    let message = format!("expected {expected}, found `{word}`");
    let mut diagnostic = Diagnostic::error("E0107", p.span(), message);
    let near = synonym(word).filter(|near| words.contains(near));
    if let Some(near) = near.or_else(|| crate::nearest::nearest(word, words.iter().copied())) {
        diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
    } else if let Some(help) = elsewhere(word) {
        diagnostic = diagnostic.help(help);
    } else if !expected.contains(words.first().copied().unwrap_or_default()) {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        diagnostic = diagnostic.help(format!("there is {}", words.join(", ")));
    }
    p.report(diagnostic);
    Err(super::parser::Failed)
}

/// What another language calls what stands here under another name.
fn synonym(word: &str) -> Option<&'static str> {
    Some(match word {
        "import" | "include" | "require" | "from" => "use",
        "const" | "var" | "val" | "set" => "let",
        "function" | "func" | "def" | "fun" => "fn",
        "enum" | "struct" | "typedef" | "record" => "type",
        "scenario" | "overlay" => "variant",
        "mock" | "stub" | "fake" => "double",
        "password" | "credential" => "secret",
        "repository" | "repo" | "source" => "archive",
        "class" | "module" | "role" | "resource" => "component",
        "topology" | "cluster" | "deployment" | "system" => "environment",
        "machine" | "server" | "node" | "vm" => "host",
        "install" | "packages" | "apt" => "package",
        "config" | "template" => "file",
        "symlink" => "link",
        "port" | "listen" | "exports" => "provides",
        "depends" | "needs" => "requires",
        "directory" | "volume" | "data" => "state",
        "daemon" | "process" | "command" => "service",
        "spec" | "it" => "test",
        "hook" | "task" | "oneshot" | "migration" => "job",
        "verify" => "check",
        "ram" => "memory",
        "cpu" | "cores" => "cpus",
        "storage" => "disk",
        "xml" => "text",
        "yml" => "yaml",
        _ => return None,
    })
}

/// Where the word belongs that does not belong here.
fn elsewhere(word: &str) -> Option<&'static str> {
    Some(match word {
        "package" | "file" | "tree" | "service" | "job" | "check" | "state" | "provides" | "requires"
        | "cliff" => "this belongs into a `component`, which a host then runs",
        "link" => {
            "this belongs into a `component`, as a symbolic link, or into the `environment`, between two hosts"
        }
        "param" | "capacity" | "base" => "this belongs into the `environment` or a `component`",
        "run" | "expose" => "this belongs into a `host`",
        "host" => "this belongs into an `environment`",
        "secret" => "this belongs into the `environment`, and into the `component` that takes it",
        "double" | "absent" | "deviate" => "this belongs into a `profile` or a `variant`",
        "fn" => "functions stand at the top of a file, outside of all blocks, and are given what they use",
        "component" | "environment" | "profile" | "variant" | "archive" | "use" | "type" | "protocol"
        | "test" => "this stands at the top of a file, outside of all blocks",
        "edition" => "`edition = 1` stands before everything else in a file",
        "http" | "script" | "fault" | "heal" => "this is a step of a `test`",
        _ => return None,
    })
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
    const FORM: &str = "`use a.b { X, Y }`: the module's path, and what of it is used";
    p.bump();
    let start = p.span();
    let path = p.form(FORM, |p| {
        let mut path = vec![p.name("a module's path, as in `std.web`")?];
        while p.eat(".") {
            path.push(p.name("the next part of the module's path")?);
        }
        p.opens()?;
        Ok(path)
    })?;
    let span = p.since(start);
    let mut names = Vec::new();
    p.block("list of names", |p| {
        names.push(p.form(FORM, |p| p.name("a name to use"))?);
        Ok(())
    })?;
    Ok(Use { path, names, span })
}

/// `edition = 1`, which may stand before everything else.
fn edition(p: &mut Parser) -> Parsed<()> {
    if !p.is_word("edition") {
        return Ok(());
    }
    p.begins();
    let start = p.bump().span;
    p.form("`edition = 1`", |p| p.expect("="))?;
    match p.peek() {
        TokenKind::Int(1) => {
            p.bump();
        }
        TokenKind::Int(n) => {
            let message = format!("edition {n} of the language is not known");
            p.bump();
            let span = p.since(start);
            p.report(Diagnostic::error("E0110", span, message).help("this plc knows `edition = 1`"));
        }
        _ => return p.expected("the edition's number"),
    }
    Ok(())
}

fn type_alias(p: &mut Parser, doc: Doc) -> Parsed<TypeAlias> {
    p.bump();
    let name = p.form("`type Name = Int(1..)`, or `type Name = \"one\" | \"other\"`", |p| {
        let name = p.new_name("the type's name")?;
        p.expect("=")?;
        Ok(name)
    })?;
    Ok(TypeAlias { doc, name, ty: types::type_expr(p)? })
}

fn protocol(p: &mut Parser, doc: Doc) -> Parsed<Protocol> {
    p.bump();
    let name = p.form("`protocol Name`, or `protocol Name { scheme = \"http\" }`", |p| {
        p.new_name("the protocol's name")
    })?;
    Ok(Protocol { doc, name, fields: optional_fields(p, "protocol")? })
}

/// `assert e "message"`, and `cliff e "message"`
fn assertion(p: &mut Parser) -> Parsed<Assert> {
    let word = p.peek().describe();
    let word = word.trim_matches('`');
    let form = format!("`{word} condition \"what it means\"`");
    p.bump();
    let condition = expression(p)?;
    let message = p.form(&form, |p| match p.peek() {
        TokenKind::Text(_) => expression(p),
        _ if p.first_on_line() => p.ended("a string"),
        _ => p.expected("a string"),
    })?;
    Ok(Assert { condition, message })
}

fn secret(p: &mut Parser, doc: Doc) -> Parsed<Secret> {
    p.bump();
    let name = p.form("`secret name`", |p| p.new_name("the secret's name"))?;
    Ok(Secret { doc, name, optional: false })
}

fn let_item(p: &mut Parser, doc: Doc) -> Parsed<Let> {
    p.bump();
    let (name, ty) = p.form("`let name = value`", |p| {
        let name = p.new_name("a name")?;
        let ty = if p.eat(":") { Some(types::type_expr(p)?) } else { None };
        p.expect("=")?;
        Ok((name, ty))
    })?;
    Ok(Let { doc, name, ty, value: expression(p)? })
}

fn archive(p: &mut Parser, doc: Doc) -> Parsed<Archive> {
    p.bump();
    let (name, kind) =
        p.form("`archive name = apt { suites = […], components = […], signed_by = \"…\" }`", |p| {
            let name = p.new_name("the archive's name")?;
            p.expect("=")?;
            let kind = p.name("`apt`")?;
            p.opens()?;
            Ok((name, kind))
        })?;
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
    fields.shrink_to_fit();
    Ok(fields)
}

fn optional_fields(p: &mut Parser, what: &str) -> Parsed<Vec<Field>> {
    if p.is("{") && !p.first_on_line() { fields(p, what) } else { Ok(Vec::new()) }
}

fn field(p: &mut Parser) -> Parsed<Field> {
    let key = p.form("`key = value`", |p| {
        let key = key(p)?;
        p.expect("=")?;
        Ok(key)
    })?;
    Ok(Field { key, value: expression(p)? })
}

/// A key is a name, also with `-` and `.` inside, or a string. On a line of its own, `or` and `and` go on with the
/// expression of the line before, so they are none.
fn key(p: &mut Parser) -> Parsed<Name> {
    let start = p.span();
    if let TokenKind::Text(_) = p.peek() {
        return text_name(p, "a key without interpolation");
    }
    if let Some(word) = ["and", "or"].into_iter().find(|word| p.is_word(word)) {
        return p.form(&format!("`\"{word}\" = value`, in quotes"), |p| p.expected("a key"));
    }
    let mut text = p.name("a key")?.text.to_string();
    while p.adjacent() && (p.is("-") || p.is(".")) {
        text.push(if p.is("-") { '-' } else { '.' });
        p.bump();
        text.push_str(&p.form("a key without blanks, or as a string: `\"key\" = value`", key_part)?);
    }
    Ok(Name { text: text.into(), span: p.since(start) })
}

/// A name that is written as a string, which is next.
fn text_name(p: &mut Parser, what: &str) -> Parsed<Name> {
    let span = p.span();
    let text = match p.peek() {
        TokenKind::Text(pieces) => match &**pieces {
            [] => String::new(),
            [Piece::Text(text)] => text.clone(),
            _ => return p.expected(what),
        },
        _ => return p.expected(what),
    };
    p.bump();
    Ok(Name { text: text.into(), span })
}

/// What follows the `-` or `.` of a key, and touches it.
fn key_part(p: &mut Parser) -> Parsed<String> {
    const REST: &str = "the rest of the key";
    if !p.adjacent() {
        return if p.first_on_line() { p.ended(REST) } else { p.expected(REST) };
    }
    let part = match p.peek() {
        TokenKind::Name(part) => part.to_string(),
        TokenKind::Int(part) => part.to_string(),
        _ => return p.expected(REST),
    };
    let span = p.span();
    // `007` or `1_000` would be another key than the one that stands here.
    if part.len() != (span.end - span.start) as usize {
        return p.refused("a number inside a key is written in plain digits");
    }
    p.bump();
    Ok(part)
}
