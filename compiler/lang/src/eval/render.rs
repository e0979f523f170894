//! Values to the text of files. What a format cannot hold is refused, so that no value can add lines of its own.

mod data;
mod yaml;

use super::fault::{Fault, Outcome};
use super::validate;
use super::value::Value;
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Format, Part};
use crate::types::Kind;

/// A file's text, and for each line where it comes from.
#[derive(Default)]
pub(super) struct Rendered {
    pub(super) text: String,
    pub(super) lines: Vec<Span>,
}

impl Rendered {
    pub(super) fn line(&mut self, line: &str, span: Span) {
        self.text.push_str(line);
        self.text.push('\n');
        self.lines.push(span);
    }
}

/// Writes a value in a format. The expression that it came from gives the places of lines.
pub(super) fn render(format: Format, value: &Value, expr: &Expr) -> Outcome<Rendered> {
    let mut out = Rendered::default();
    match format {
        Format::Ini => ini(value, expr, &mut out)?,
        Format::Lines => lines(value, Some(expr), expr.span, &mut out)?,
        Format::Json => json_text(value, expr, &mut out)?,
        Format::Yaml => yaml::yaml(value, expr, &mut out)?,
        Format::Toml => data::toml(value, expr, &mut out)?,
        Format::Php => data::php(value, expr, &mut out)?,
        // The running host writes it.
        Format::Secret => return Err(Fault::internal(expr.span)),
        Format::Text => {
            let Some(text) = value.show() else { return Err(Fault::internal(expr.span)) };
            if text.contains('\0') {
                return Err(Fault::new(validate::not_one_line(expr.span)));
            }
            out.lines = text_lines(&text, expr);
            out.text = text;
        }
    }
    Ok(out)
}

/// Where each line of a text comes from: the first interpolation that it has, else the whole.
fn text_lines(text: &str, expr: &Expr) -> Vec<Span> {
    let count = text.lines().count();
    let mut spans = vec![expr.span; count];
    let ExprKind::Text(parts) = &expr.kind else { return spans };
    // Only where interpolations add no lines of their own do the written lines tell which line they are on.
    let breaks = |part: &Part| match part {
        Part::Text(text) => text.matches('\n').count(),
        Part::Expr(_) => 0,
    };
    let written: usize = parts.iter().map(breaks).sum();
    if written != text.matches('\n').count() {
        return spans;
    }
    let mut line = 0;
    for part in parts {
        if let (Part::Expr(inner), Some(span)) = (part, spans.get_mut(line))
            && *span == expr.span
        {
            *span = inner.span;
        }
        line += breaks(part);
    }
    spans
}

fn lines(value: &Value, expr: Option<&Expr>, span: Span, out: &mut Rendered) -> Outcome<()> {
    match value {
        Value::None => Ok(()),
        Value::Symbol(_) | Value::Several(..) => {
            out.line(&value.show().unwrap_or_default(), span);
            Ok(())
        }
        Value::Text(line) if validate::one_line(line) => {
            out.line(line, span);
            Ok(())
        }
        Value::Text(_) => Err(Fault::new(validate::not_one_line(span))),
        Value::List(items) => {
            let written = match expr.map(|e| &e.kind) {
                Some(ExprKind::List(written)) => written.as_slice(),
                _ => &[],
            };
            for (index, item) in items.iter().enumerate() {
                let expr = written.get(index);
                lines(item, expr, expr.map_or(span, |e| e.span), out)?;
            }
            Ok(())
        }
        _ => Err(Fault::internal(span)),
    }
}

/// The content of a file that capacities reach as a whole, in the identity form.
fn whole(value: &Value) -> Option<String> {
    if value.is_symbol() { value.show() } else { None }
}

/// The expression that a record's field was written as.
pub(super) fn written<'e>(expr: &'e Expr, name: &str) -> Option<&'e Expr> {
    match &expr.kind {
        ExprKind::Record(fields) => fields.iter().find(|f| *f.key.text == *name).map(|f| &f.value),
        _ => None,
    }
}

/// Settings before the first section, then sections, in the order in which they are written.
fn ini(value: &Value, expr: &Expr, out: &mut Rendered) -> Outcome<()> {
    if let Some(symbol) = whole(value) {
        out.line(&symbol, expr.span);
        return Ok(());
    }
    let Value::Record(fields) = value else { return Err(Fault::internal(expr.span)) };
    for (name, value) in fields.iter().filter(|(_, v)| !matches!(v, Value::Record(_))) {
        setting(name, value, written(expr, name).map_or(expr.span, |e| e.span), out)?;
    }
    for (name, value) in fields.iter() {
        let Value::Record(settings) = value else { continue };
        let section = written(expr, name).unwrap_or(expr);
        ini_name(name, "=]", section.span)?;
        if !out.text.is_empty() {
            out.line("", section.span);
        }
        out.line(&format!("[{name}]"), section.span);
        for (name, value) in settings.iter() {
            setting(name, value, written(section, name).map_or(section.span, |e| e.span), out)?;
        }
    }
    Ok(())
}

/// `name = value`, once for each element of a list.
fn setting(name: &str, value: &Value, span: Span, out: &mut Rendered) -> Outcome<()> {
    if matches!(value, Value::None) {
        return Ok(());
    }
    if let Value::List(items) = value {
        return items.iter().try_for_each(|item| setting(name, item, span, out));
    }
    ini_name(name, "=", span)?;
    let text = value.shown().ok_or_else(|| Fault::internal(span))?;
    if !validate::one_line(&text) {
        return Err(Fault::new(validate::not_one_line(span)));
    }
    let parts = [name, " =", if text.is_empty() { "" } else { " " }];
    parts.iter().for_each(|part| out.text.push_str(part));
    out.line(&text, span);
    Ok(())
}

fn ini_name(name: &str, without: &str, span: Span) -> Outcome<()> {
    let begins = name.starts_with(['[', ';', '#']) || name.trim() != name || name.is_empty();
    if begins || name.contains(|c| without.contains(c)) || !validate::one_line(name) {
        let message = format!("`{}` cannot be a name in an ini file", name.escape_debug());
        let help = "without `=` and, as a section, `]`; without blanks at its ends; not beginning with `[`, `;` or `#`";
        return Err(Fault::new(Diagnostic::error("E0505", span, message).help(help)));
    }
    Ok(())
}

/// One line for each entry, in the order of their names.
fn json_text(value: &Value, expr: &Expr, out: &mut Rendered) -> Outcome<()> {
    let json = json(value).ok_or_else(|| Fault::internal(expr.span))?;
    let text = serde_json::to_string_pretty(&json).map_err(|_| Fault::internal(expr.span))?;
    let mut spans = Vec::new();
    json_lines(&json, Some(expr), expr.span, &mut spans);
    for (index, line) in text.lines().enumerate() {
        out.line(line, spans.get(index).copied().unwrap_or(expr.span));
    }
    Ok(())
}

/// Where each line of a value comes from, as it is printed with indentation.
fn json_lines(json: &serde_json::Value, expr: Option<&Expr>, span: Span, spans: &mut Vec<Span>) {
    let span = expr.map_or(span, |e| e.span);
    spans.push(span);
    match json {
        serde_json::Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                json_lines(value, expr.and_then(|e| written(e, name)), span, spans);
            }
            spans.push(span);
        }
        serde_json::Value::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                let item = expr.and_then(|e| match &e.kind {
                    ExprKind::List(items) => items.get(index),
                    _ => None,
                });
                json_lines(value, item, span, spans);
            }
            spans.push(span);
        }
        _ => {}
    }
}

/// A value as data: what is `none` is left out.
pub(super) fn json(value: &Value) -> Option<serde_json::Value> {
    Some(match value {
        Value::Bool(b) => (*b).into(),
        Value::Number(Kind::Int | Kind::Size | Kind::Rate, n) => (*n).into(),
        Value::Number(..) | Value::Version(_) | Value::Symbol(_) | Value::Several(..) => value.show()?.into(),
        Value::Float(x) => (*x).into(),
        Value::Text(text) => (&**text).into(),
        Value::None => serde_json::Value::Null,
        Value::List(items) => {
            let items = items.iter().filter(|item| !matches!(item, Value::None));
            items.map(json).collect::<Option<Vec<_>>>()?.into()
        }
        Value::Record(fields) => {
            let fields = fields.iter().filter(|(_, value)| !matches!(value, Value::None));
            let fields = fields.map(|(name, value)| Some((name.to_string(), json(value)?)));
            serde_json::Value::Object(fields.collect::<Option<serde_json::Map<_, _>>>()?)
        }
        _ => return None,
    })
}
