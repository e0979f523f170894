//! Values as the language writes them, for people to read and to write back.

use super::Evaluator;
use super::value::{ArchiveValue, MadeArchive, Value};
use crate::topology::{Build, Source, Tree};

impl Evaluator<'_> {
    /// A value as it would be written in a description.
    pub(super) fn language(&self, value: &Value) -> String {
        match value {
            Value::Text(text) => quoted(text),
            Value::Version(version) => format!("version({})", quoted(&version.to_string())),
            Value::Tree(tree) => written_tree(tree),
            Value::Archive(ArchiveValue::Made(made)) => made_archive(made),
            Value::List(items) => {
                let mut written: Vec<String> = items.iter().map(|item| self.language(item)).collect();
                // All replicas have one name.
                if items.iter().all(|item| matches!(item, Value::Endpoint(_) | Value::Replica(..))) {
                    written.dedup();
                }
                list(written.into_iter())
            }
            Value::Record(fields) => {
                let fields =
                    fields.iter().map(|(name, value)| format!("{} = {}", key(name), self.language(value)));
                record("", fields)
            }
            value => self.shown(value),
        }
    }
}

/// A string with the escapes that the language has.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\\' | '"' | '{' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A key of a record: in quotes where it is no name.
fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    if plain { name.to_owned() } else { quoted(name) }
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

fn texts(items: &[String]) -> String {
    list(items.iter().map(|item| quoted(item)))
}

fn record(kind: &str, fields: impl Iterator<Item = String>) -> String {
    format!("{kind}{{ {} }}", fields.collect::<Vec<_>>().join(", "))
}

fn made_archive(made: &MadeArchive) -> String {
    let suites = Some(format!("suites = {}", texts(&made.suites)));
    let components = made.components.as_ref().map(|c| format!("components = {}", texts(c)));
    let signed_by = made.signed_by.as_ref().map(|s| format!("signed_by = {}", quoted(s)));
    let mirror = made.mirror.as_ref().map(|m| format!("mirror = {}", quoted(m)));
    record("apt ", [suites, components, signed_by, mirror].into_iter().flatten())
}

fn written_tree(tree: &Tree) -> String {
    match tree {
        Tree::Source(source) => written_source(source),
        Tree::Build(build) => written_build(build),
    }
}

fn written_source(source: &Source) -> String {
    match source {
        Source::Local { path, ignore } => {
            let ignore = (!ignore.is_empty()).then(|| format!("ignore = {}", texts(ignore)));
            record("local ", [format!("path = {}", quoted(path))].into_iter().chain(ignore))
        }
        Source::Git { repository, revision } => {
            let fields = [("repository", repository), ("revision", revision)];
            record("git ", fields.into_iter().map(|(name, text)| format!("{name} = {}", quoted(text))))
        }
        Source::Download { url, sha256, unpack } => {
            let unpack = unpack.then(|| "unpack = true".to_owned());
            let fields = [format!("url = {}", quoted(url)), format!("sha256 = {}", quoted(sha256))];
            record("download ", fields.into_iter().chain(unpack))
        }
    }
}

fn written_build(build: &Build) -> String {
    let from = build.from.as_ref().map(|from| format!("from = {}", written_tree(from)));
    let packages = (!build.packages.is_empty()).then(|| format!("packages = {}", texts(&build.packages)));
    let run = Some(format!("run = {}", texts(&build.run)));
    let environment = (!build.environment.is_empty()).then(|| {
        let fields =
            build.environment.iter().map(|(name, value)| format!("{} = {}", key(name), quoted(value)));
        format!("environment = {}", record("", fields))
    });
    let output = (!build.output.is_empty()).then(|| format!("output = {}", quoted(&build.output)));
    record("build ", [from, packages, run, environment, output].into_iter().flatten())
}
