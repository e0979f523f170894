//! `match`.

use super::super::ast::{Arm, Expr, ExprKind, Match, Pattern, PatternKind};
use super::super::parser::{Parsed, Parser};
use super::super::token::{Piece, TokenKind};
use super::expression::{expression, made};

const FORM: &str = "`match value { \"one\" | \"two\" => result, _ => result }`";

/// `match e { pattern => e … }`
pub(super) fn matching(p: &mut Parser) -> Parsed<Expr> {
    let start = p.bump().span;
    if p.is("{") {
        return p.form(FORM, |p| p.expected("what is looked at"));
    }
    let outer = std::mem::replace(&mut p.no_make, true);
    let subject = expression(p);
    p.no_make = outer;
    let subject = subject?;
    let mut arms = Vec::new();
    p.form(FORM, |p| p.opens())?;
    p.block("match", |p| {
        arms.push(arm(p)?);
        Ok(())
    })?;
    made(p, ExprKind::Match(Box::new(Match { subject, arms })), start)
}

fn arm(p: &mut Parser) -> Parsed<Arm> {
    let mut patterns = vec![p.form(FORM, pattern)?];
    while p.eat("|") {
        patterns.push(p.form(FORM, pattern)?);
    }
    p.form(FORM, |p| p.expect("=>"))?;
    Ok(Arm { patterns, body: expression(p)? })
}

fn pattern(p: &mut Parser) -> Parsed<Pattern> {
    let start = p.span();
    let negative = p.eat("-");
    let kind = match p.peek() {
        TokenKind::Int(n) => PatternKind::Int(if negative { -n } else { *n }),
        _ if negative => return p.expected("a number"),
        TokenKind::Text(pieces) => match &**pieces {
            [] => PatternKind::Text("".into()),
            [Piece::Text(text)] => PatternKind::Text(text.as_str().into()),
            _ => return p.expected("a string without interpolation"),
        },
        TokenKind::Name(word) => match &**word {
            "true" => PatternKind::Bool(true),
            "false" => PatternKind::Bool(false),
            "none" => PatternKind::None,
            "_" => PatternKind::Any(None),
            _ => {
                let name = p.new_name("a pattern")?;
                return Ok(Pattern { span: name.span, kind: PatternKind::Any(Some(name)) });
            }
        },
        _ => {
            return p.expected("a pattern: a string, a whole number, `true`, `false`, `none`, a name or `_`");
        }
    };
    p.bump();
    Ok(Pattern { kind, span: p.since(start) })
}
