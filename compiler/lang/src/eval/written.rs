//! Values as the language writes them: what topologies show of parameters, and what stands for capacities in the
//! identity form. One text for each value.

use super::value::{ArchiveValue, MadeArchive, Value};
use crate::topology::{Build, Source, Tree};

/// What something of the environment is called; none where the value is to say it itself.
pub(super) type Names<'n> = &'n dyn Fn(&Value) -> Option<String>;

impl Value {
    /// As the language writes it.
    pub(super) fn written(&self) -> String {
        self.written_with(&|_| None)
    }

    /// As the language writes it, with hosts, instances, endpoints and archives by the names that the description gives them.
    pub(super) fn written_with(&self, names: Names<'_>) -> String {
        let mut out = String::new();
        self.write(names, &mut out);
        out
    }

    fn write(&self, names: Names<'_>, out: &mut String) {
        if let Some(name) = names(self) {
            return out.push_str(&name);
        }
        match self {
            Self::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Self::Number(kind, n) => out.push_str(&kind.show(*n)),
            Self::Float(x) => out.push_str(&float(*x)),
            Self::Text(text) => quote(text, out),
            Self::None => out.push_str("none"),
            Self::Version(version) => called("version", &version.to_string(), out),
            Self::Package(name, _) => called("package", name, out),
            Self::Tree(tree) => write_tree(tree, out),
            Self::Secret(name) => out.push_str(&format!("secret {name}")),
            Self::Symbol(expression) => out.push_str(expression),
            Self::Several(often, value) => {
                value.write(names, out);
                out.push(' ');
                out.push_str(often);
            }
            Self::List(items) => list(items.iter(), |item, out| item.write(names, out), out),
            Self::Record(fields) => {
                record(
                    fields.iter().map(|(name, value)| (&**name, value)),
                    |v, out| v.write(names, out),
                    out,
                );
            }
            Self::Endpoint(end) => {
                out.push_str(&format!("{}:{}.{}.{}", end.address, end.host, end.run, end.endpoint));
            }
            Self::Archive(ArchiveValue::Declared(d)) => {
                out.push_str(&format!("archive {}.{}", d.module, d.index));
            }
            Self::Archive(ArchiveValue::Made(made)) => write_archive(made, out),
            Self::Host(host) => out.push_str(&format!("host {host}")),
            Self::Replica(_, address) => out.push_str(&format!("host {address}")),
            Self::Instance(_, run, address) => out.push_str(&format!("instance {run} of {address}")),
        }
    }
}

/// A float has a point, which tells it from a whole number.
pub(super) fn float(x: f64) -> String {
    let text = x.to_string();
    if text.contains('.') { text } else { text + ".0" }
}

/// A string between its quotes, escaped so that it stands on one line and can be read.
pub(super) fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\\' | '"' | '{' | '}' => out.extend(['\\', c]),
            // What cannot be seen, or would stand on a letter before it.
            c if c != '\'' && c.escape_debug().len() > 1 => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn called(function: &str, text: &str, out: &mut String) {
    out.push_str(function);
    out.push('(');
    quote(text, out);
    out.push(')');
}

fn list<T>(items: impl Iterator<Item = T>, write: impl Fn(T, &mut String), out: &mut String) {
    out.push('[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write(item, out);
    }
    out.push(']');
}

fn record<'k, T>(
    fields: impl Iterator<Item = (&'k str, T)>,
    write: impl Fn(T, &mut String),
    out: &mut String,
) {
    let mut any = false;
    for (key, value) in fields {
        out.push_str(if any { ", " } else { "{ " });
        any = true;
        write_key(key, out);
        out.push_str(" = ");
        write(value, out);
    }
    out.push_str(if any { " }" } else { "{}" });
}

/// A key that is made of names needs no quotes.
fn write_key(key: &str, out: &mut String) {
    let is_name = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    if key.split(['-', '.']).all(is_name) { out.push_str(key) } else { quote(key, out) }
}

/// A field of something that is made, if it is not what it is when it is left out.
enum Part<'v> {
    Text(&'v str),
    Texts(&'v [String]),
    Tree(&'v Tree),
    Pairs(&'v [(String, String)]),
    Yes,
}

fn write_parts(kind: &str, parts: Vec<(&str, Option<Part<'_>>)>, out: &mut String) {
    let given = parts.into_iter().filter_map(|(name, part)| Some((name, part?)));
    out.push_str(kind);
    out.push(' ');
    record(given, write_part, out);
}

fn write_part(part: Part<'_>, out: &mut String) {
    match part {
        Part::Text(text) => quote(text, out),
        Part::Texts(texts) => list(texts.iter(), |text, out| quote(text, out), out),
        Part::Tree(tree) => write_tree(tree, out),
        Part::Pairs(pairs) => record(pairs.iter().map(|(k, v)| (&**k, v)), |v, out| quote(v, out), out),
        Part::Yes => out.push_str("true"),
    }
}

fn some_texts(texts: &[String]) -> Option<Part<'_>> {
    (!texts.is_empty()).then_some(Part::Texts(texts))
}

fn write_tree(tree: &Tree, out: &mut String) {
    match tree {
        Tree::Build(build) => write_build(build, out),
        Tree::Source(Source::Local { path, ignore }) => {
            write_parts("local", vec![("path", Some(Part::Text(path))), ("ignore", some_texts(ignore))], out);
        }
        Tree::Source(Source::Git { repository, revision }) => {
            let parts =
                vec![("repository", Some(Part::Text(repository))), ("revision", Some(Part::Text(revision)))];
            write_parts("git", parts, out);
        }
        Tree::Source(Source::Download { url, sha256, unpack }) => {
            let (url, sha256) = (("url", Some(Part::Text(url))), ("sha256", Some(Part::Text(sha256))));
            write_parts("download", vec![url, sha256, ("unpack", unpack.then_some(Part::Yes))], out);
        }
    }
}

/// The archive of a build is that of its host, and not written.
fn write_build(build: &Build, out: &mut String) {
    let parts = vec![
        ("from", build.from.as_ref().map(Part::Tree)),
        ("packages", some_texts(&build.packages)),
        ("run", Some(Part::Texts(&build.run))),
        ("environment", (!build.environment.is_empty()).then_some(Part::Pairs(&build.environment))),
        ("output", (!build.output.is_empty()).then_some(Part::Text(&build.output))),
    ];
    write_parts("build", parts, out);
}

fn write_archive(made: &MadeArchive, out: &mut String) {
    let parts = vec![
        ("suites", Some(Part::Texts(&made.suites))),
        ("components", made.components.as_deref().map(Part::Texts)),
        ("signed_by", made.signed_by.as_deref().map(Part::Text)),
        ("mirror", made.mirror.as_deref().map(Part::Text)),
    ];
    write_parts("apt", parts, out);
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    fn text(value: &Value) -> String {
        value.written()
    }

    #[test]
    fn strings_are_escaped_as_the_language_does() {
        let hard = "it's a\n\t\\\"{x}\u{7f}\u{200b}é";
        assert_eq!(text(&Value::text(hard)), r#""it's a\n\t\\\"\{x\}\u{7f}\u{200b}é""#);
    }

    #[test]
    fn keys_are_quoted_where_they_must_be() {
        let field = |name: &str| (name.into(), Value::Bool(true));
        let record = Value::Record(Rc::new(vec![field("b-c.d"), field("a b"), field("1"), field("")]));
        assert_eq!(text(&record), r#"{ b-c.d = true, "a b" = true, "1" = true, "" = true }"#);
        assert_eq!(text(&Value::Record(Rc::new(Vec::new()))), "{}");
    }

    #[test]
    fn floats_are_no_whole_numbers() {
        assert_eq!(
            [1.0, 0.5, 1e20].map(|x| text(&Value::Float(x))),
            ["1.0", "0.5", "100000000000000000000.0"]
        );
    }
}
