//! Types and declarations that carry one.

use super::super::ast::{Doc, Name, Param, RangeExpr, TypeExpr};
use super::super::parser::{Parsed, Parser};
use super::super::token::{Piece, TokenKind};
use super::expression::{expression, literal};
use crate::source::Span;

/// `Name`, `Name<T>`, `Name(1..=5)`, `{ a: T }` or `"a" | "b"`, with a `?` after it for what may be `none`.
pub(super) fn type_expr(p: &mut Parser) -> Parsed<TypeExpr> {
    p.nested(|p| {
        let mut ty = match p.peek() {
            TokenKind::Symbol("{") => record(p)?,
            TokenKind::Text(_) => choices(p)?,
            _ => named(p)?,
        };
        let start = ty.span;
        ty.optional = p.eat("?");
        if p.is("??") || (ty.optional && p.is("?")) {
            return p.form("one `?`: it may be `none`, or not", |p| p.refused("a type has one `?`"));
        }
        ty.span = p.since(start);
        Ok(ty)
    })
}

fn empty(span: Span) -> TypeExpr {
    TypeExpr {
        name: Name { text: "".into(), span },
        arguments: Vec::new(),
        range: None,
        fields: Vec::new(),
        choices: Vec::new(),
        optional: false,
        span,
    }
}

fn record(p: &mut Parser) -> Parsed<TypeExpr> {
    let mut ty = empty(p.span());
    p.block("record type", |p| {
        p.doc();
        let name = p.form("`{ name: Type }`", |p| {
            let name = p.name("a field's name")?;
            p.expect(":")?;
            Ok(name)
        })?;
        ty.fields.push((name, type_expr(p)?));
        Ok(())
    })?;
    Ok(ty)
}

fn choices(p: &mut Parser) -> Parsed<TypeExpr> {
    let mut ty = empty(p.span());
    loop {
        let span = p.span();
        let text = match p.peek() {
            TokenKind::Text(pieces) => match &**pieces {
                [Piece::Text(text)] => text.as_str().into(),
                [] => {
                    return p.form("`\"one\" | \"other\"?` for what may be left out", |p| {
                        p.refused("a choice has letters")
                    });
                }
                _ => return p.expected("a string without interpolation"),
            },
            _ => {
                return p.form("`\"one\" | \"other\"`", |p| {
                    if p.first_on_line() { p.ended("a string") } else { p.expected("a string") }
                });
            }
        };
        p.bump();
        ty.choices.push(Name { text, span });
        if !p.eat("|") {
            return Ok(ty);
        }
    }
}

fn named(p: &mut Parser) -> Parsed<TypeExpr> {
    let mut ty = empty(p.span());
    ty.name =
        p.form("a type as `String`, `Int(1..)`, `List<String>` or `{ a: Int }`", |p| p.name("a type"))?;
    ty.arguments = arguments(p)?;
    const RANGE: &str = "a range as `Int(1..)`, `Int(1..=5)` or `Int(..10)`";
    ty.range = if p.eat("(") { Some(p.form(RANGE, range)?) } else { None };
    if p.is("|") {
        return p.form("a choice of strings: `\"one\" | \"other\"`", |p| p.refused("a value has one type"));
    }
    Ok(ty)
}

fn arguments(p: &mut Parser) -> Parsed<Vec<TypeExpr>> {
    let mut arguments = Vec::new();
    if p.eat("<") {
        arguments.push(type_expr(p)?);
        while p.eat(",") {
            arguments.push(type_expr(p)?);
        }
        p.expect(">")?;
    }
    Ok(arguments)
}

fn range(p: &mut Parser) -> Parsed<RangeExpr> {
    let low = if p.is("..") || p.is("..=") { None } else { Some(literal(p)?) };
    let inclusive = p.is("..=");
    if !p.eat("..") && !p.eat("..=") {
        return p.expected("`..` or `..=`");
    }
    let high = if p.is(")") { None } else { Some(literal(p)?) };
    p.expect(")")?;
    Ok(RangeExpr { low, high, inclusive })
}

/// `param x: T = e` and `capacity x: T = e`
pub(super) fn param(p: &mut Parser, doc: Doc, capacity: bool) -> Parsed<Param> {
    p.bump();
    let form = if capacity { "`capacity name: Type = default`" } else { "`param name: Type = default`" };
    let name = p.form(form, |p| {
        let name = p.new_name("the parameter's name")?;
        p.expect(":")?;
        Ok(name)
    })?;
    let ty = type_expr(p)?;
    let default = if p.eat("=") { Some(expression(p)?) } else { None };
    Ok(Param { doc, capacity, name, ty, default })
}
