//! `environment` with its hosts.

use super::super::ast::{Doc, Environment, Expose, Expr, Host, Run, Way};
use super::super::parser::{Parsed, Parser};
use super::super::token::TokenKind;
use super::expression::expression;
use super::{assertion, field, fields, let_item, secret, types, unexpected_word};

/// `environment x { … }`
pub(super) fn environment(p: &mut Parser, doc: Doc) -> Parsed<Environment> {
    p.bump();
    let name = p.form("`environment name { base = archive … }`", |p| {
        let name = p.new_name("the environment's name")?;
        p.opens()?;
        Ok(name)
    })?;
    let mut e = Environment {
        doc,
        name,
        base: Vec::new(),
        params: Vec::new(),
        secrets: Vec::new(),
        lets: Vec::new(),
        hosts: Vec::new(),
        links: Vec::new(),
        asserts: Vec::new(),
    };
    p.block("environment", |p| environment_member(p, &mut e))?;
    Ok(e)
}

fn environment_member(p: &mut Parser, e: &mut Environment) -> Parsed<()> {
    const WORDS: [&str; 8] = ["base", "param", "capacity", "secret", "let", "host", "link", "assert"];
    let doc = p.doc();
    let TokenKind::Name(word) = p.peek() else { return p.expected("a member of the environment") };
    match &**word {
        "base" => {
            p.bump();
            p.expect("=")?;
            e.base.push(expression(p)?);
        }
        "param" => e.params.push(types::param(p, doc, false)?),
        "capacity" => e.params.push(types::param(p, doc, true)?),
        "secret" => e.secrets.push(secret(p, doc)?),
        "assert" => e.asserts.push(assertion(p)?),
        "let" => e.lets.push(let_item(p, doc)?),
        "host" => e.hosts.push(host(p, doc)?),
        "link" => e.links.push(link(p)?),
        _ => return unexpected_word(p, "a member of the environment", &WORDS),
    }
    Ok(())
}

fn host(p: &mut Parser, doc: Doc) -> Parsed<Host> {
    p.bump();
    let (name, replicas) = p.form("`host name { … }`, or `host name * replicas { … }`", |p| {
        let name = p.new_name("the host's name")?;
        let replicas = if p.eat("*") { Some(replicas(p)?) } else { None };
        p.opens()?;
        Ok((name, replicas))
    })?;
    let mut h = Host { doc, name, replicas, settings: Vec::new(), runs: Vec::new(), exposes: Vec::new() };
    p.block("host", |p| host_member(p, &mut h))?;
    h.settings.shrink_to_fit();
    h.runs.shrink_to_fit();
    h.exposes.shrink_to_fit();
    Ok(h)
}

fn link(p: &mut Parser) -> Parsed<Way> {
    let start = p.span();
    p.bump();
    let (one, other) = p.form("`link host other { latency = 20ms }`", |p| {
        let hosts = (p.name("a host")?, p.name("another host")?);
        p.opens()?;
        Ok(hosts)
    })?;
    let settings = fields(p, "link")?;
    Ok(Way { one, other, settings, span: p.since(start) })
}

fn replicas(p: &mut Parser) -> Parsed<Expr> {
    p.no_make = true;
    let replicas = expression(p);
    p.no_make = false;
    replicas
}

fn host_member(p: &mut Parser, h: &mut Host) -> Parsed<()> {
    let doc = p.doc();
    let assigned = matches!(p.peek_at(1), TokenKind::Symbol("="));
    match p.peek() {
        TokenKind::Name(word) if &**word == "run" => h.runs.push(run(p, doc)?),
        TokenKind::Name(word) if &**word == "expose" => h.exposes.push(expose(p)?),
        TokenKind::Name(_) if assigned => h.settings.push(field(p)?),
        _ => {
            return unexpected_word(
                p,
                "`run`, `expose`, `memory`, `cpus`, `disk`, `kind`, `kernel` or `base`",
                &["run", "expose", "memory", "cpus", "disk", "kind", "kernel", "base"],
            );
        }
    }
    Ok(())
}

fn run(p: &mut Parser, doc: Doc) -> Parsed<Run> {
    p.bump();
    let (name, component) = p.form("`run name = Component { parameter = value … }`", |p| {
        let name = p.new_name("the instance's name")?;
        p.expect("=")?;
        let component = p.name("a component")?;
        if p.is("(") { p.expected("`{`") } else { Ok((name, component)) }
    })?;
    let arguments = if p.is("{") { fields(p, "component's parameters")? } else { Vec::new() };
    Ok(Run { doc, name, component, arguments })
}

fn expose(p: &mut Parser) -> Parsed<Expose> {
    p.bump();
    p.form("`expose instance.endpoint`", |p| {
        let instance = p.name("an instance")?;
        p.expect(".")?;
        Ok(Expose { instance, endpoint: p.name("an endpoint")? })
    })
}
