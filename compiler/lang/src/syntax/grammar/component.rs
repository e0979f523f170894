//! `component` and what stands in one.

use super::super::ast::{
    Check, Component, Doc, File, Format, Job, Link, Package, Provides, Requires, Secret, Service, State,
    TreeMember,
};
use super::super::parser::{Parsed, Parser};
use super::super::token::TokenKind;
use super::expression::{expression, operand};
use super::{assertion, fields, let_item, optional_fields, secret, types, unexpected_word};

const MEMBERS: [&str; 16] = [
    "param", "capacity", "secret", "let", "package", "file", "tree", "link", "provides", "requires", "state",
    "service", "job", "check", "assert", "cliff",
];

/// `component X { … }`
pub(super) fn component(p: &mut Parser, doc: Doc) -> Parsed<Component> {
    p.bump();
    let name = p.form("`component Name { … }`", |p| {
        let name = p.new_name("the component's name")?;
        p.opens()?;
        Ok(name)
    })?;
    let mut c = Component {
        doc,
        name,
        params: Vec::new(),
        secrets: Vec::new(),
        lets: Vec::new(),
        packages: Vec::new(),
        files: Vec::new(),
        trees: Vec::new(),
        links: Vec::new(),
        provides: Vec::new(),
        requires: Vec::new(),
        states: Vec::new(),
        services: Vec::new(),
        jobs: Vec::new(),
        checks: Vec::new(),
        asserts: Vec::new(),
        cliffs: Vec::new(),
    };
    p.block("component", |p| member(p, &mut c))?;
    Ok(c)
}

fn member(p: &mut Parser, c: &mut Component) -> Parsed<()> {
    let doc = p.doc();
    let TokenKind::Name(word) = p.peek() else { return p.expected("a member of the component") };
    match &**word {
        "param" => c.params.push(types::param(p, doc, false)?),
        "capacity" => c.params.push(types::param(p, doc, true)?),
        "secret" => {
            let secret = secret(p, doc)?;
            c.secrets.push(Secret { optional: p.eat("?"), ..secret });
        }
        "let" => c.lets.push(let_item(p, doc)?),
        "package" => {
            p.bump();
            let names = expression(p)?;
            c.packages.push(Package { names, options: optional_fields(p, "package's options")? });
        }
        "file" => c.files.push(file(p, doc)?),
        "tree" => c.trees.push(tree(p, doc)?),
        "link" => c.links.push(link(p, doc)?),
        "provides" => c.provides.push(provides(p, doc)?),
        "requires" => c.requires.push(requires(p, doc)?),
        "state" => c.states.push(state(p, doc)?),
        "service" => c.services.push(service(p, doc)?),
        "job" => c.jobs.push(job(p, doc)?),
        "check" => c.checks.push(check(p, doc)?),
        "assert" => c.asserts.push(assertion(p)?),
        "cliff" => c.cliffs.push(assertion(p)?),
        _ => return unexpected_word(p, "a member of the component", &MEMBERS),
    }
    Ok(())
}

fn file(p: &mut Parser, doc: Doc) -> Parsed<File> {
    const FORM: &str = "`file \"/path\" = ini { … }`, or `json { … }`, `lines [ … ]`, `text \"…\"`";
    const FORMATS: &str = "a format, as `ini`, `json`, `yaml`, `lines` or `text`";
    p.bump();
    let path = p.form(FORM, |p| {
        let path = operand(p)?;
        p.expect("=")?;
        if matches!(p.peek(), TokenKind::Name(_)) { Ok(path) } else { p.expected(FORMATS) }
    })?;
    let TokenKind::Name(word) = p.peek() else { return p.expected(FORMATS) };
    let Some((_, format)) = Format::WORDS.iter().find(|(known, _)| **known == **word) else {
        return unexpected_word(p, FORMATS, &Format::WORDS.map(|(word, _)| word));
    };
    p.bump();
    let content = operand(p)?;
    Ok(File { doc, path, format: *format, content, options: optional_fields(p, "file's options")? })
}

fn tree(p: &mut Parser, doc: Doc) -> Parsed<TreeMember> {
    p.bump();
    let path = p.form("`tree \"/path\" = source`", |p| {
        let path = operand(p)?;
        p.expect("=")?;
        Ok(path)
    })?;
    let value = operand(p)?;
    Ok(TreeMember { doc, path, value, options: optional_fields(p, "tree's options")? })
}

fn link(p: &mut Parser, doc: Doc) -> Parsed<Link> {
    p.bump();
    let path = p.form("`link \"/path\" = \"target\"`", |p| {
        let path = operand(p)?;
        p.expect("=")?;
        Ok(path)
    })?;
    Ok(Link { doc, path, target: operand(p)? })
}

fn provides(p: &mut Parser, doc: Doc) -> Parsed<Provides> {
    p.bump();
    let (name, protocol) = p.form("`provides name: Protocol on port`", |p| {
        let name = p.new_name("the endpoint's name")?;
        p.expect(":")?;
        let protocol = p.name("a protocol, as in `Http`")?;
        p.expect_word("on")?;
        Ok((name, protocol))
    })?;
    Ok(Provides { doc, name, protocol, port: expression(p)? })
}

fn requires(p: &mut Parser, doc: Doc) -> Parsed<Requires> {
    p.bump();
    let form = "`requires name: Protocol`, `requires name: List<Protocol>` or `requires name: Protocol?`";
    p.form(form, |p| required(p, doc))
}

fn required(p: &mut Parser, doc: Doc) -> Parsed<Requires> {
    let name = p.new_name("the requirement's name")?;
    p.expect(":")?;
    let list = p.is_word("List") && matches!(p.peek_at(1), TokenKind::Symbol("<"));
    if list {
        p.bump();
        p.bump();
    }
    let protocol = p.name("a protocol, as in `MySql`")?;
    if list {
        p.expect(">")?;
    }
    let optional = p.eat("?");
    Ok(Requires { doc, name, list, optional, protocol })
}

fn state(p: &mut Parser, doc: Doc) -> Parsed<State> {
    p.bump();
    let path = operand(p)?;
    Ok(State { doc, path, options: optional_fields(p, "state's options")? })
}

fn service(p: &mut Parser, doc: Doc) -> Parsed<Service> {
    p.bump();
    let name = p.form("`service name { exec = [\"/usr/sbin/program\"] }`", |p| {
        let name = p.new_name("the service's name")?;
        p.opens()?;
        Ok(name)
    })?;
    Ok(Service { doc, name, fields: fields(p, "service")? })
}

fn job(p: &mut Parser, doc: Doc) -> Parsed<Job> {
    p.bump();
    let name = p.form("`job name { exec = [\"/usr/bin/program\"] }`", |p| {
        let name = p.new_name("the job's name")?;
        p.opens()?;
        Ok(name)
    })?;
    Ok(Job { doc, name, fields: fields(p, "job")? })
}

fn check(p: &mut Parser, doc: Doc) -> Parsed<Check> {
    p.bump();
    let exec = operand(p)?;
    Ok(Check { doc, exec, options: optional_fields(p, "check's options")? })
}
