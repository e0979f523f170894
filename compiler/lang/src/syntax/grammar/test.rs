//! `test` with its steps.

use super::super::ast::{Doc, Expr, FAULTS, Fault, Name, Step, StepKind, Test};
use super::super::parser::{Parsed, Parser};
use super::super::token::TokenKind;
use super::expression::operand;
use super::{optional_fields, text_name, unexpected_word};

/// `test "x" of e { … }`
pub(super) fn test(p: &mut Parser, doc: Doc) -> Parsed<Test> {
    p.bump();
    let (name, environment) = p.form("`test \"what it shows\" of environment { … }`", |p| {
        let name = match p.peek() {
            TokenKind::Text(_) => text_name(p, "a test's name without interpolation")?,
            _ => return p.expected("what the test shows, as a string"),
        };
        p.expect_word("of")?;
        let environment = p.name("the environment that it is of")?;
        p.opens()?;
        Ok((name, environment))
    })?;
    let mut t = Test { doc, name, environment, steps: Vec::new() };
    p.block("test", |p| {
        // A comment on a step is for the reader of the description.
        p.doc();
        t.steps.push(step(p)?);
        Ok(())
    })?;
    t.steps.shrink_to_fit();
    Ok(t)
}

fn step(p: &mut Parser) -> Parsed<Step> {
    let start = p.span();
    let TokenKind::Name(word) = p.peek() else { return p.expected("a step of the test") };
    let (kind, options) = match &**word {
        "http" => {
            p.bump();
            let endpoint = p.form("`http host.instance.endpoint { path = \"/\" }`", subject)?;
            (StepKind::Http(endpoint), optional_fields(p, "request")?)
        }
        "script" => {
            p.bump();
            let path = p.form("`script \"tests/file.sh\" { name = value }`", subject)?;
            (StepKind::Script(path), optional_fields(p, "script's variables")?)
        }
        "exec" => {
            p.bump();
            let (host, command) = p.form("`exec host [\"/usr/bin/program\"]`", host_and_command)?;
            (StepKind::Exec { host, command }, optional_fields(p, "command's options")?)
        }
        "fault" => {
            p.bump();
            let fault = p.form("`fault delay host other 100ms`", fault)?;
            (StepKind::Fault(fault), optional_fields(p, "fault's options")?)
        }
        "heal" => {
            p.bump();
            (StepKind::Heal, Vec::new())
        }
        _ => {
            return unexpected_word(p, "a step of the test", &["http", "script", "exec", "fault", "heal"]);
        }
    };
    Ok(Step { kind, options, span: p.since(start) })
}

/// What the step is about, before the `{` of its options.
fn subject(p: &mut Parser) -> Parsed<Expr> {
    p.no_make = true;
    let subject = operand(p);
    p.no_make = false;
    subject
}

fn fault(p: &mut Parser) -> Parsed<Fault> {
    let TokenKind::Name(word) = p.peek() else { return p.expected("what goes wrong") };
    let Some((_, count, says_how_much)) = FAULTS.into_iter().find(|(kind, ..)| *kind == &**word) else {
        return unexpected_word(p, "what goes wrong", &FAULTS.map(|(kind, ..)| kind));
    };
    let kind = p.name("what goes wrong")?;
    let mut hosts = Vec::new();
    for _ in 0..count {
        hosts.push(p.name("a host")?);
    }
    let value = says_how_much.then(|| subject(p)).transpose()?;
    Ok(Fault { kind, hosts, value })
}

fn host_and_command(p: &mut Parser) -> Parsed<(Name, Expr)> {
    Ok((p.name("a host")?, subject(p)?))
}
