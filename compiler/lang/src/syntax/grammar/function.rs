//! `fn`.

use super::super::ast::{Doc, Function};
use super::super::parser::{Parsed, Parser};
use super::expression::expression;
use super::types::type_expr;

/// `fn x(a: T, b: U) -> V = e`
pub(super) fn function(p: &mut Parser, doc: Doc) -> Parsed<Function> {
    const FORM: &str = "`fn name(parameter: Type) -> Type = value`";
    p.bump();
    let name = p.form(FORM, |p| {
        let name = p.new_name("the function's name")?;
        p.expect("(")?;
        Ok(name)
    })?;
    let mut params = Vec::new();
    while !p.eat(")") {
        let param = p.form(FORM, |p| {
            let name = p.new_name("a parameter's name")?;
            p.expect(":")?;
            Ok(name)
        })?;
        params.push((param, type_expr(p)?));
        if !p.is(")") && !p.eat(",") {
            return p.form(FORM, |p| p.expected("`,` or `)`"));
        }
    }
    p.form(FORM, |p| p.expect("->"))?;
    let result = type_expr(p)?;
    p.form(FORM, |p| p.expect("="))?;
    Ok(Function { doc, name, params, result, body: expression(p)? })
}
