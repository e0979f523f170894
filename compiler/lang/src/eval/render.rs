//! Values to the text of files. What a format cannot hold is refused, so that no value can add lines of its own.

use super::fault::{Fault, Outcome};
use super::validate;
use super::value::Value;
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Format};
use crate::types::Kind;

/// A file's text, and for each line where it comes from.
#[derive(Default)]
pub(super) struct Rendered {
    pub(super) text: String,
    pub(super) lines: Vec<Span>,
}

impl Rendered {
    fn line(&mut self, line: &str, span: Span) {
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
        Format::Json | Format::Yaml | Format::Toml | Format::Php | Format::Secret => {
            let json = json(value).ok_or_else(|| Fault::internal(expr.span))?;
            let text = serde_json::to_string_pretty(&json).map_err(|_| Fault::internal(expr.span))?;
            for line in text.lines() {
                out.line(line, expr.span);
            }
        }
        Format::Text => {
            let Value::Text(text) = value else { return Err(Fault::internal(expr.span)) };
            if text.contains('\0') {
                return Err(Fault::new(validate::not_one_line(expr.span)));
            }
            out.lines = vec![expr.span; text.lines().count()];
            out.text = text.to_string();
        }
    }
    Ok(out)
}

fn lines(value: &Value, expr: Option<&Expr>, span: Span, out: &mut Rendered) -> Outcome<()> {
    match value {
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

/// The expression that a record's field was written as.
fn written<'e>(expr: &'e Expr, name: &str) -> Option<&'e Expr> {
    match &expr.kind {
        ExprKind::Record(fields) => fields.iter().find(|f| *f.key.text == *name).map(|f| &f.value),
        _ => None,
    }
}

/// Settings before the first section, then sections, in the order in which they are written.
fn ini(value: &Value, expr: &Expr, out: &mut Rendered) -> Outcome<()> {
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
    if let Value::List(items) = value {
        return items.iter().try_for_each(|item| setting(name, item, span, out));
    }
    ini_name(name, "=", span)?;
    let text = value.show().ok_or_else(|| Fault::internal(span))?;
    if !validate::one_line(&text) {
        return Err(Fault::new(validate::not_one_line(span)));
    }
    out.line(format!("{name} = {text}").trim_end(), span);
    Ok(())
}

fn ini_name(name: &str, without: &str, span: Span) -> Outcome<()> {
    let begins = name.starts_with(['[', ';', '#']) || name.trim() != name || name.is_empty();
    if begins || name.contains(|c| without.contains(c)) || !validate::one_line(name) {
        let message = format!("`{}` cannot be a name in an ini file", name.escape_debug());
        return Err(Fault::new(Diagnostic::error("E0505", span, message)));
    }
    Ok(())
}

fn json(value: &Value) -> Option<serde_json::Value> {
    Some(match value {
        Value::Bool(b) => (*b).into(),
        Value::Number(Kind::Int | Kind::Size, n) => (*n).into(),
        Value::Number(..) => value.show()?.into(),
        Value::Float(x) => (*x).into(),
        Value::Text(text) => (&**text).into(),
        Value::List(items) => items.iter().map(json).collect::<Option<Vec<_>>>()?.into(),
        Value::Record(fields) => {
            let fields = fields.iter().map(|(name, value)| Some((name.to_string(), json(value)?)));
            serde_json::Value::Object(fields.collect::<Option<serde_json::Map<_, _>>>()?)
        }
        _ => return None,
    })
}
