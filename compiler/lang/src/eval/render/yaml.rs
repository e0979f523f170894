//! `yaml`: block style, keys in the order of their names.
//!
//! Readers of YAML 1.1 are many, and take `no`, `1_000`, `12:30` and `2027-06-30` for a flag, a number, another number
//! and a day. So a string stands without quotes only where no reader can take it for anything else.

use serde_json::{Map, Value as Json};

use super::super::fault::{Fault, Outcome};
use super::super::value::Value;
use super::super::written::float;
use super::{Rendered, json, written};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind};

/// YAML that readers of 1.1 and 1.2 read alike.
pub(super) fn yaml(value: &Value, expr: &Expr, out: &mut Rendered) -> Outcome<()> {
    let json = json(value).ok_or_else(|| Fault::internal(expr.span))?;
    let at = At { expr: Some(expr), span: expr.span, indent: 0 };
    Writer { out }.node(&json, String::new(), false, at)
}

/// Where a node stands: in the description, and in the text.
#[derive(Clone, Copy)]
struct At<'e> {
    /// The expression that it was written as, if it was written out.
    expr: Option<&'e Expr>,
    span: Span,
    /// Of its lines after the first.
    indent: usize,
}

impl<'e> At<'e> {
    fn part(self, expr: Option<&'e Expr>, indent: usize) -> Self {
        Self { expr, span: expr.map_or(self.span, |e| e.span), indent }
    }

    fn field(self, name: &str, indent: usize) -> Self {
        self.part(self.expr.and_then(|expr| written(expr, name)), indent)
    }

    fn item(self, index: usize, indent: usize) -> Self {
        let item = self.expr.and_then(|expr| match &expr.kind {
            ExprKind::List(items) => items.get(index),
            _ => None,
        });
        self.part(item, indent)
    }
}

struct Writer<'o> {
    out: &'o mut Rendered,
}

impl Writer<'_> {
    /// Writes a node after `lead`, which is the beginning of its first line. After a key, what has parts begins on the next
    /// line.
    fn node(&mut self, json: &Json, lead: String, after_key: bool, at: At<'_>) -> Outcome<()> {
        match json {
            Json::Object(fields) if !fields.is_empty() => {
                let (lead, indent) = self.opened(lead, after_key, at, at.indent + 2 * usize::from(after_key));
                self.mapping(fields, lead, At { indent, ..at })
            }
            Json::Array(items) if !items.is_empty() => {
                // The dash of an item is indentation enough below a key.
                let (lead, indent) = self.opened(lead, after_key, at, at.indent);
                self.sequence(items, lead, At { indent, ..at })
            }
            Json::String(text) if is_block(text) => {
                self.block(text, &lead, at);
                Ok(())
            }
            scalar => {
                let text = scalar_text(scalar);
                let blank = if lead.is_empty() || lead.ends_with(' ') { "" } else { " " };
                self.out.line(&format!("{lead}{blank}{text}"), at.span);
                Ok(())
            }
        }
    }

    /// Ends the line of a key, if there is one; gives how the first line of what is in it begins, and its indentation.
    fn opened(&mut self, lead: String, after_key: bool, at: At<'_>, indent: usize) -> (String, usize) {
        if !after_key {
            return (lead, indent);
        }
        self.out.line(&lead, at.span);
        (" ".repeat(indent), indent)
    }

    fn mapping(&mut self, fields: &Map<String, Json>, mut lead: String, at: At<'_>) -> Outcome<()> {
        for (name, value) in fields {
            let at = at.field(name, at.indent);
            if name.len() > KEY_BYTES {
                let message = format!("a key of YAML has at most {KEY_BYTES} bytes");
                return Err(Fault::new(Diagnostic::error("E0505", at.span, message)));
            }
            let key = if is_plain(name) { name.clone() } else { quoted(name) };
            self.node(value, format!("{lead}{key}:"), true, at)?;
            lead = " ".repeat(at.indent);
        }
        Ok(())
    }

    fn sequence(&mut self, items: &[Json], mut lead: String, at: At<'_>) -> Outcome<()> {
        for (index, item) in items.iter().enumerate() {
            let inner = at.item(index, at.indent + 2);
            self.node(item, format!("{lead}- "), false, inner)?;
            lead = " ".repeat(at.indent);
        }
        Ok(())
    }

    /// Several lines as they are, each indented.
    fn block(&mut self, text: &str, lead: &str, at: At<'_>) {
        let chomp = if text.ends_with('\n') { "|" } else { "|-" };
        let blank = if lead.is_empty() || lead.ends_with(' ') { "" } else { " " };
        self.out.line(&format!("{lead}{blank}{chomp}"), at.span);
        // At the top level and in a list, the text is indented by as much as there is.
        let indent = if lead.ends_with(' ') { at.indent } else { at.indent + 2 };
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            let indent = if line.is_empty() { 0 } else { indent };
            self.out.line(&format!("{}{line}", " ".repeat(indent)), at.span);
        }
    }
}

/// What YAML allows of a key on a line, with room for its escapes.
const KEY_BYTES: usize = 128;

fn scalar_text(json: &Json) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(truth) => truth.to_string(),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (None, Some(x)) => float(x),
            _ => number.to_string(),
        },
        Json::String(text) if is_plain(text) => text.clone(),
        Json::String(text) => quoted(text),
        Json::Array(_) => "[]".to_owned(),
        Json::Object(_) => "{}".to_owned(),
    }
}

/// Whether no reader takes it for anything but this string: it begins with a letter, `/` or `_`, so that it is no number
/// and no day; it is no word for a flag or for nothing; and no sign in it means something.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '/' || c == '_');
    let signs = |c: char| c.is_alphanumeric() || " _-./+@%=;()~$^".contains(c);
    let colon =
        |at: usize| text.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| signs(c) && c != ' '));
    begins
        && !text.ends_with(' ')
        && text.char_indices().all(|(at, c)| signs(c) || (c == ':' && colon(at)))
        && !WORDS.contains(&&*text.to_lowercase())
}

/// Whether it is better read on lines of its own, and can stand there.
fn is_block(text: &str) -> bool {
    let shown = |c: char| c == '\n' || c == '\t' || !is_escaped(c);
    let body = text.strip_suffix('\n').unwrap_or(text);
    text.contains('\n')
        && !body.ends_with('\n')
        && !body.starts_with(['\n', ' ', '\t'])
        && !body.is_empty()
        && text.chars().all(shown)
}

/// Between single quotes, or between double ones where something must be escaped.
fn quoted(text: &str) -> String {
    if !text.chars().any(is_escaped) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if is_escaped(c) && u32::from(c) > 0xFFFF => out.push_str(&format!("\\U{:08x}", u32::from(c))),
            c if is_escaped(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// What cannot be seen, or ends a line for some reader.
fn is_escaped(c: char) -> bool {
    !matches!(c, '\'' | '"' | '\\') && c.escape_debug().len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &Json) -> String {
        let mut out = Rendered::default();
        let at = At { expr: None, span: Span::default(), indent: 0 };
        assert!(Writer { out: &mut out }.node(json, String::new(), false, at).is_ok());
        out.text
    }

    /// Another implementation reads what was meant, wherever it stands.
    #[test]
    fn strings_are_read_as_they_were() {
        let hard = [
            "",
            " ",
            "a",
            " a",
            "a ",
            "a b",
            "a:",
            "a: b",
            "a:b",
            ":a",
            "a #b",
            "a#b",
            "#",
            "- a",
            "-",
            "?",
            "? a",
            "[a]",
            "{a}",
            "a, b",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "'",
            "\"",
            "it's",
            "\"a\"",
            "\\",
            "a\\nb",
            "%a",
            "@a",
            "`",
            "~",
            "null",
            "Null",
            "yes",
            "NO",
            "on",
            "Off",
            "y",
            "N",
            "true",
            "False",
            "1",
            "-1",
            "+1",
            "1.5",
            ".5",
            "1e3",
            "0x1f",
            "0o17",
            "0755",
            "1_000",
            "12:30:45",
            "2027-06-30",
            ".inf",
            ".nan",
            "=",
            "<<",
            "---",
            "...",
            "a\nb",
            "a\nb\n",
            "\na",
            " a\nb",
            "a\n\nb",
            "a\n",
            "\n",
            "\n\n",
            "a\n\n",
            "a \nb",
            "\ta",
            "a\tb",
            "a\n\tb",
            "a\r\nb",
            "\r",
            "\u{1}",
            "\u{7f}",
            "\u{85}",
            "a\u{2028}b",
            "\u{feff}",
            "ä",
            "🦀",
            "\u{200b}",
            "e\u{301}",
            "a\n# b",
            "a\n- b: c\n---\n",
            "/srv",
            "http://a:80/b#c",
            "a:b:c",
            "%",
            "100%",
            "a;b",
            "$a",
        ];
        for text_in in hard {
            let word = Json::String(text_in.to_owned());
            let nested = serde_json::json!({
                "a": text_in, "b": [text_in, [text_in, [text_in]], { "c": text_in, "d": [text_in] }],
                text_in: { text_in: text_in }, "z": { "y": { "x": text_in, "w": [] }, "v": {} },
            });
            for json in [word, nested] {
                let text = text(&json);
                let read: Json = serde_yaml_ng::from_str(&text).expect(&text);
                assert_eq!(read, json, "{text}");
            }
        }
    }

    #[test]
    fn what_readers_of_1_1_take_for_something_else_is_quoted() {
        for text in ["yes", "No", "ON", "1_000", "12:30", "2027-06-30", "0b11", "=", "<<", "+1", ".5", "1e3"]
        {
            assert!(!is_plain(text), "{text}");
        }
        for text in ["yes please", "/srv/a-b_c.d", "http://a:80/b", "nobody", "a = b"] {
            assert!(is_plain(text), "{text}");
        }
    }
}
