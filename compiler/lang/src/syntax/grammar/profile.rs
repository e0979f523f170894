//! `profile` and `variant`: what they set, and what they have otherwise for a reason.

use super::super::ast::{Difference, Doc, Exception, Name, Pin, Profile, Setting, Until, Variant};
use super::super::parser::{Parsed, Parser};
use super::super::token::TokenKind;
use super::expression::expression;
use super::{fields, operand};

/// `profile x of e extends y { … }`
pub(super) fn profile(p: &mut Parser, doc: Doc) -> Parsed<Profile> {
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
    let mut profile = Profile {
        doc,
        name,
        environment,
        extends,
        settings: Vec::new(),
        every_host: Vec::new(),
        exceptions: Vec::new(),
    };
    p.block("profile", |p| profile_member(p, &mut profile))?;
    Ok(profile)
}

fn profile_member(p: &mut Parser, profile: &mut Profile) -> Parsed<()> {
    let doc = p.doc();
    if let Some(word) = exception_begins(p) {
        profile.exceptions.push(exception(p, doc, word)?);
        return Ok(());
    }
    if p.is_word("every") && matches!(p.peek_at(1), TokenKind::Name(_)) {
        p.bump();
        p.expect_word("host")?;
        profile.every_host.extend(fields(p, "`every host`")?);
        return Ok(());
    }
    let form =
        "`capacity = value`, `host.memory = value`, `host.instance.capacity = value` or `every host { … }`";
    profile.settings.push(setting(p, form)?);
    Ok(())
}

/// `variant x of e { … }`
pub(super) fn variant(p: &mut Parser, doc: Doc) -> Parsed<Variant> {
    p.bump();
    let (name, environment) = p.form("`variant name of environment { … }`", |p| {
        let name = p.new_name("the variant's name")?;
        p.expect_word("of")?;
        let environment = p.name("an environment")?;
        p.opens()?;
        Ok((name, environment))
    })?;
    let mut variant = Variant {
        doc,
        name,
        environment,
        settings: Vec::new(),
        packages: Vec::new(),
        exceptions: Vec::new(),
    };
    p.block("variant", |p| variant_member(p, &mut variant))?;
    Ok(variant)
}

fn variant_member(p: &mut Parser, variant: &mut Variant) -> Parsed<()> {
    let doc = p.doc();
    if let Some(word) = exception_begins(p) {
        variant.exceptions.push(exception(p, doc, word)?);
    } else if p.is_word("package") && matches!(p.peek_at(1), TokenKind::Text(_)) {
        variant.packages.push(pin(p)?);
    } else {
        let form = "`host.instance.parameter = value`, `host.instance.from = archive` or `package \"name\" = \"version\"`";
        variant.settings.push(setting(p, form)?);
    }
    Ok(())
}

fn pin(p: &mut Parser) -> Parsed<Pin> {
    const FORM: &str = "`package \"name\" = \"version\"`, or `package \"name\" from archive`";
    p.bump();
    let package = operand(p)?;
    if p.eat_word("from") {
        return Ok(Pin { package, version: None, from: Some(expression(p)?) });
    }
    p.form(FORM, |p| p.expect("="))?;
    let version = expression(p)?;
    let from = if p.eat_word("from") { Some(expression(p)?) } else { None };
    Ok(Pin { package, version: Some(version), from })
}

fn setting(p: &mut Parser, form: &str) -> Parsed<Setting> {
    let path = p.form(form, |p| {
        let path = path(p)?;
        p.expect("=")?;
        Ok(path)
    })?;
    Ok(Setting { path, value: expression(p)? })
}

fn path(p: &mut Parser) -> Parsed<Vec<Name>> {
    let mut path = vec![p.name("what is set")?];
    while p.eat(".") {
        path.push(p.name("the next part of the path")?);
    }
    Ok(path)
}

/// The words that declared differences begin with.
#[derive(Clone, Copy)]
enum Word {
    Double,
    Absent,
    Deviate,
}

/// A host may be named as these words are: then a `.` or a `=` follows.
fn exception_begins(p: &Parser) -> Option<Word> {
    if !matches!(p.peek_at(1), TokenKind::Name(_)) {
        return None;
    }
    match p.peek() {
        TokenKind::Name(word) if &**word == "double" => Some(Word::Double),
        TokenKind::Name(word) if &**word == "absent" => Some(Word::Absent),
        TokenKind::Name(word) if &**word == "deviate" => Some(Word::Deviate),
        _ => None,
    }
}

fn exception(p: &mut Parser, doc: Doc, word: Word) -> Parsed<Exception> {
    let form = match word {
        Word::Double => "`double host.instance with Component { … } because \"reason\" until 2027-06-30`",
        Word::Absent => "`absent host.instance because \"reason\" until 2027-06-30`",
        Word::Deviate => "`deviate host.instance.parameter = value because \"reason\" until 2027-06-30`",
    };
    let start = p.bump().span;
    let path = p.form(form, path)?;
    let difference = match word {
        Word::Absent => Difference::Absent,
        Word::Deviate => {
            p.form(form, |p| p.expect("="))?;
            Difference::Deviate(expression(p)?)
        }
        Word::Double => {
            let component = p.form(form, |p| {
                p.expect_word("with")?;
                p.name("a component")
            })?;
            let arguments = if p.is("{") { fields(p, "component's parameters")? } else { Vec::new() };
            Difference::Double { component, arguments }
        }
    };
    let because = p.form(form, |p| {
        p.expect_word("because")?;
        if matches!(p.peek(), TokenKind::Text(_)) { operand(p) } else { p.expected("the reason, a string") }
    })?;
    let until = if p.eat_word("until") { Some(p.form(form, until)?) } else { None };
    Ok(Exception { doc, path, difference, because, until, span: p.since(start) })
}

fn until(p: &mut Parser) -> Parsed<Until> {
    let TokenKind::Date(date) = p.peek() else { return p.expected("a day, as `2027-06-30`") };
    let date = *date;
    Ok(Until { date, span: p.bump().span })
}
