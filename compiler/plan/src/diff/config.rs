//! Files that the description writes, line by line.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use super::{Derivations, DiffError, fetch};
use crate::derivation::{Builder, Derivation, Owner, Role, TreeContent, TreeFile};

/// How a file differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileChange {
    /// Absolute path.
    pub path: String,
    /// What is not a line: `added`, `removed`, `mode 0644 → 0600`, `owner root:root → www-data:www-data`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Changed lines with a little of what is around them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hunks: Vec<Hunk>,
}

/// Lines that changed together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hunk {
    /// Number of the first line in the first file, counted from 1.
    pub from: usize,
    /// Number of the first line in the second file, counted from 1.
    pub to: usize,
    /// The lines in order.
    pub lines: Vec<Line>,
}

/// One line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// `+`, `-` or a space.
    pub tag: char,
    /// The line without its end.
    pub text: String,
}

/// Files by path, with their owners.
#[derive(Debug, Default)]
pub(super) struct Files {
    files: BTreeMap<String, TreeFile>,
    owners: BTreeMap<String, Owner>,
}

impl Files {
    fn owner(&self, path: &str) -> String {
        self.owners
            .get(path)
            .map_or_else(|| "root:root".into(), |owner| format!("{}:{}", owner.user, owner.group))
    }
}

/// The files that the overlays of a root file system, and of those that it is based on, write.
pub(super) fn below(from: &dyn Derivations, root: &Derivation) -> Result<Files, DiffError> {
    let mut found = Files::default();
    let mut at = Some(root.clone());
    while let Some(derivation) = at {
        match &derivation.builder {
            Builder::Tree(tree) => add(&mut found, &tree.files),
            Builder::Rootfs(arguments) => {
                for owner in &arguments.owners {
                    found.owners.entry(owner.path.clone()).or_insert_with(|| owner.clone());
                }
            }
            _ => {}
        }
        for overlay in derivation.inputs_as(Role::Overlay) {
            if let Builder::Tree(tree) = &fetch(from, &derivation.name, &overlay)?.builder {
                add(&mut found, &tree.files);
            }
        }
        at = match derivation.inputs_as(Role::Base).chain(derivation.inputs_as(Role::Root)).next() {
            Some(base) => Some(fetch(from, &derivation.name, &base)?),
            None => None,
        };
    }
    Ok(found)
}

fn add(found: &mut Files, files: &[TreeFile]) {
    for file in files {
        // What is nearer to the host hides what is below it.
        found.files.entry(file.path.clone()).or_insert_with(|| file.clone());
    }
}

/// What differs between two sets of files, sorted by path.
pub(super) fn changes(a: &Files, b: &Files) -> Vec<FileChange> {
    let paths: BTreeSet<&String> = a.files.keys().chain(b.files.keys()).collect();
    paths.into_iter().filter_map(|path| change(a, b, path)).collect()
}

fn change(a: &Files, b: &Files, path: &str) -> Option<FileChange> {
    let (one, other) = (a.files.get(path), b.files.get(path));
    let mut notes = Vec::new();
    match (one, other) {
        (None, Some(_)) => notes.push("added".to_owned()),
        (Some(_), None) => notes.push("removed".to_owned()),
        (Some(one), Some(other)) => {
            if one.mode != other.mode {
                notes.push(format!("mode {:04o} → {:04o}", one.mode, other.mode));
            }
            let (before, after) = (a.owner(path), b.owner(path));
            if before != after {
                notes.push(format!("owner {before} → {after}"));
            }
            if kind(one) != kind(other) {
                notes.push(format!("{} → {}", kind(one), kind(other)));
            }
        }
        (None, None) => {}
    }
    let hunks = hunks(one.map_or("", text), other.map_or("", text));
    (!notes.is_empty() || !hunks.is_empty()).then(|| FileChange { path: path.to_owned(), notes, hunks })
}

fn kind(file: &TreeFile) -> &'static str {
    match file.content {
        TreeContent::Text(_) => "file",
        TreeContent::Link(_) => "link",
        TreeContent::Directory => "directory",
    }
}

/// A link's target is compared as its one line.
fn text(file: &TreeFile) -> &str {
    match &file.content {
        TreeContent::Text(text) | TreeContent::Link(text) => text,
        TreeContent::Directory => "",
    }
}

fn hunks(a: &str, b: &str) -> Vec<Hunk> {
    let diff = TextDiff::from_lines(a, b);
    let groups = diff.grouped_ops(1);
    groups
        .iter()
        .filter_map(|group| {
            let first = group.first()?;
            let lines = group
                .iter()
                .flat_map(|op| diff.iter_changes(op))
                .map(|change| Line {
                    tag: match change.tag() {
                        ChangeTag::Equal => ' ',
                        ChangeTag::Delete => '-',
                        ChangeTag::Insert => '+',
                    },
                    text: change.value().trim_end_matches('\n').to_owned(),
                })
                .collect();
            Some(Hunk { from: first.old_range().start + 1, to: first.new_range().start + 1, lines })
        })
        .collect()
}
