//! `environment` with its hosts, and `profile`.

use super::super::ast::{Environment, Expose, Host, Name, Profile, Run, Setting};
use super::super::parser::{Parsed, Parser};
use super::super::token::TokenKind;
use super::expression::expression;
use super::{field, fields, let_item, types, unexpected_word};

/// `environment x { … }`
pub(super) fn environment(p: &mut Parser, doc: String) -> Parsed<Environment> {
    p.bump();
    let name = p.form("`environment name { base = archive … }`", |p| {
        let name = p.new_name("the environment's name")?;
        p.opens()?;
        Ok(name)
    })?;
    let mut e =
        Environment { doc, name, base: Vec::new(), params: Vec::new(), lets: Vec::new(), hosts: Vec::new() };
    p.block("environment", |p| environment_member(p, &mut e))?;
    Ok(e)
}

fn environment_member(p: &mut Parser, e: &mut Environment) -> Parsed<()> {
    const WORDS: [&str; 5] = ["base", "param", "capacity", "let", "host"];
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
        "let" => e.lets.push(let_item(p, doc)?),
        "host" => e.hosts.push(host(p, doc)?),
        _ => return unexpected_word(p, "a member of the environment", &WORDS),
    }
    Ok(())
}

fn host(p: &mut Parser, doc: String) -> Parsed<Host> {
    p.bump();
    let (name, replicas) = p.form("`host name { … }`, or `host name * replicas { … }`", |p| {
        let name = p.new_name("the host's name")?;
        let replicas = if p.eat("*") { Some(expression(p)?) } else { None };
        p.opens()?;
        Ok((name, replicas))
    })?;
    let mut h = Host { doc, name, replicas, settings: Vec::new(), runs: Vec::new(), exposes: Vec::new() };
    p.block("host", |p| host_member(p, &mut h))?;
    Ok(h)
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
                "`run`, `expose`, `memory`, `cpus` or `disk`",
                &["run", "expose", "memory", "cpus", "disk"],
            );
        }
    }
    Ok(())
}

fn run(p: &mut Parser, doc: String) -> Parsed<Run> {
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

/// `profile x of e extends y { … }`
pub(super) fn profile(p: &mut Parser, doc: String) -> Parsed<Profile> {
    p.bump();
    let form = "`profile name of environment { … }`, or `profile name of environment extends other { … }`";
    let (name, environment, extends) = p.form(form, |p| {
        let name = p.new_name("the profile's name")?;
        p.expect_word("of")?;
        let environment = p.name("an environment")?;
        let extends = if p.eat_word("extends") { Some(p.name("a profile")?) } else { None };
        p.opens()?;
        Ok((name, environment, extends))
    })?;
    let mut profile =
        Profile { doc, name, environment, extends, settings: Vec::new(), every_host: Vec::new() };
    p.block("profile", |p| profile_member(p, &mut profile))?;
    Ok(profile)
}

fn profile_member(p: &mut Parser, profile: &mut Profile) -> Parsed<()> {
    p.doc();
    if p.is_word("every") && matches!(p.peek_at(1), TokenKind::Name(_)) {
        p.bump();
        p.expect_word("host")?;
        profile.every_host.extend(fields(p, "`every host`")?);
        return Ok(());
    }
    let form =
        "`capacity = value`, `host.memory = value`, `host.instance.capacity = value` or `every host { … }`";
    let path = p.form(form, |p| {
        let path = path(p)?;
        p.expect("=")?;
        Ok(path)
    })?;
    profile.settings.push(Setting { path, value: expression(p)? });
    Ok(())
}

fn path(p: &mut Parser) -> Parsed<Vec<Name>> {
    let mut path = vec![p.name("what the profile sets")?];
    while p.eat(".") {
        path.push(p.name("the next part of the path")?);
    }
    Ok(path)
}
