//! `toml` and `php`.

use super::super::fault::{Fault, Outcome};
use super::super::validate;
use super::super::value::Value;
use super::{Rendered, json, whole, written};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::Expr;

/// TOML 1.0, keys in the order of their names.
pub(super) fn toml(value: &Value, expr: &Expr, out: &mut Rendered) -> Outcome<()> {
    if let Some(symbol) = whole(value) {
        out.line(&symbol, expr.span);
        return Ok(());
    }
    let json = json(value).ok_or_else(|| Fault::internal(expr.span))?;
    let text = toml::to_string(&json).map_err(|error| refused(expr.span, "TOML", &error.to_string()))?;
    let mut table = Some(expr);
    for line in text.lines() {
        let header = line.strip_prefix('[').map(|rest| rest.trim_matches(['[', ']']));
        if let Some(header) = header {
            table = header.split('.').try_fold(expr, |expr, name| written(expr, name.trim_matches('"')));
        }
        let key = line.split('=').next().unwrap_or(line).trim().trim_matches('"');
        let setting = table.and_then(|table| written(table, key));
        out.line(line, setting.or(table).map_or(expr.span, |e| e.span));
    }
    Ok(())
}

/// A PHP file that sets a variable for each field, in the order in which they are written.
pub(super) fn php(value: &Value, expr: &Expr, out: &mut Rendered) -> Outcome<()> {
    let Value::Record(fields) = value else {
        let symbol = whole(value).ok_or_else(|| Fault::internal(expr.span))?;
        out.line(&symbol, expr.span);
        return Ok(());
    };
    out.line("<?php", expr.span);
    for (name, value) in fields.iter().filter(|(_, value)| !matches!(value, Value::None)) {
        let span = written(expr, name).map_or(expr.span, |e| e.span);
        if !is_variable(name) {
            let message = format!("`{}` cannot be a variable of PHP", name.escape_debug());
            let help = "letters, digits and `_`, not beginning with a digit; neither `this` nor `GLOBALS`";
            return Err(Fault::new(Diagnostic::error("E0505", span, message).help(help)));
        }
        let mut text = format!("${name} = ");
        php_value(value, 0, &mut text).ok_or_else(|| Fault::internal(span))?;
        text.push(';');
        if text.contains(['\0', '\r']) {
            return Err(Fault::new(validate::not_one_line(span)));
        }
        for line in text.split('\n') {
            out.line(line, span);
        }
    }
    Ok(())
}

/// A name that PHP takes for a variable that can be set, ASCII only.
fn is_variable(name: &str) -> bool {
    !matches!(name, "this" | "GLOBALS")
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn php_value(value: &Value, indent: usize, out: &mut String) -> Option<()> {
    match value {
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Number(crate::types::Kind::Int | crate::types::Kind::Size | crate::types::Kind::Rate, n) => {
            out.push_str(&n.to_string());
        }
        Value::Float(x) => out.push_str(&format!("{x:?}")),
        Value::None => out.push_str("null"),
        Value::List(items) => {
            php_array(items.iter().filter(|v| !matches!(v, Value::None)).map(|v| (None, v)), indent, out)?;
        }
        Value::Record(fields) => {
            let fields = fields.iter().filter(|(_, v)| !matches!(v, Value::None));
            php_array(fields.map(|(name, v)| (Some(&**name), v)), indent, out)?;
        }
        value => php_string(&value.show()?, out),
    }
    Some(())
}

fn php_array<'v>(
    items: impl Iterator<Item = (Option<&'v str>, &'v Value)>,
    indent: usize,
    out: &mut String,
) -> Option<()> {
    out.push('[');
    let mut any = false;
    for (key, value) in items {
        any = true;
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", indent + 1));
        if let Some(key) = key {
            php_string(key, out);
            out.push_str(" => ");
        }
        php_value(value, indent + 1, out)?;
        out.push(',');
    }
    if any {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", indent));
    }
    out.push(']');
    Some(())
}

/// In single quotes nothing but the quote and the backslash means anything.
fn php_string(text: &str, out: &mut String) {
    out.push('\'');
    for c in text.chars() {
        if matches!(c, '\'' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('\'');
}

fn refused(span: Span, format: &str, why: &str) -> Fault {
    let why: String = why.chars().take(200).collect();
    Fault::new(Diagnostic::error("E0505", span, format!("this cannot be written as {format}: {why}")))
}
