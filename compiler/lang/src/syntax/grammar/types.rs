//! Types and declarations that carry one.

use super::super::ast::{Name, Param, RangeExpr, TypeExpr};
use super::super::parser::{Parsed, Parser};
use super::expression::{expression, literal};

/// `Name`, `Name<T>`, `Name(1..=5)` or `{ a: T }`
pub(super) fn type_expr(p: &mut Parser) -> Parsed<TypeExpr> {
    p.nested(|p| {
        let start = p.span();
        if p.is("{") {
            let mut fields = Vec::new();
            p.block("record type", |p| {
                let name = p.name("a field's name")?;
                p.expect(":")?;
                fields.push((name, type_expr(p)?));
                Ok(())
            })?;
            let span = p.since(start);
            let name = Name { text: "".into(), span };
            return Ok(TypeExpr { name, arguments: Vec::new(), range: None, fields, span });
        }
        let name =
            p.form("a type as `String`, `Int(1..)`, `List<String>` or `{ a: Int }`", |p| p.name("a type"))?;
        let arguments = arguments(p)?;
        let range = if p.eat("(") { Some(range(p)?) } else { None };
        Ok(TypeExpr { name, arguments, range, fields: Vec::new(), span: p.since(start) })
    })
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
pub(super) fn param(p: &mut Parser, doc: String, capacity: bool) -> Parsed<Param> {
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
