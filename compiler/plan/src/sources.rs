//! What a topology is made of besides packages: its sources, and what they turned out to hold.
//!
//! Lowering reads nothing. Whoever calls it has read the sources of the project and of its repositories before, and
//! says here which tree each of them is.

mod portable;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path},
};

use plc_lang::topology::{Build, Source, Topology, Tree};
use plc_store::TreeDigest;

pub(crate) use portable::portable;

/// The trees of the sources that must be read before lowering: those of the project and of repositories. A download
/// is known by its hash already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources(BTreeMap<Source, TreeDigest>);

impl Sources {
    /// Says what a source holds.
    pub fn insert(&mut self, source: Source, tree: TreeDigest) {
        self.0.insert(source, tree);
    }

    /// What a source holds; none when nobody has said.
    pub fn tree(&self, source: &Source) -> Option<TreeDigest> {
        self.0.get(source).copied()
    }
}

/// All sources of a topology, each once.
pub fn sources_of(topology: &Topology) -> BTreeSet<&Source> {
    trees(topology).filter_map(source_of).collect()
}

/// All builds of a topology, each once, those that others work on included.
pub fn builds_of(topology: &Topology) -> BTreeSet<&Build> {
    trees(topology).flat_map(builds_below).collect()
}

fn trees(topology: &Topology) -> impl Iterator<Item = &Tree> {
    let instances = topology.hosts.iter().flat_map(|host| &host.instances);
    instances.flat_map(|instance| &instance.trees).map(|mount| &mount.tree)
}

/// What a tree begins with, before any commands.
fn source_of(tree: &Tree) -> Option<&Source> {
    let mut tree = tree;
    loop {
        match tree {
            Tree::Source(source) => return Some(source),
            Tree::Build(build) => tree = build.from.as_ref()?,
        }
    }
}

fn builds_below(tree: &Tree) -> Vec<&Build> {
    let mut builds = Vec::new();
    let mut next = Some(tree);
    while let Some(Tree::Build(build)) = next {
        builds.push(&**build);
        next = build.from.as_ref();
    }
    builds
}

/// Whether a local source's path, as it is written, stays below the project's directory.
pub fn is_inside(path: &str) -> bool {
    let mut depth = 0_usize;
    for part in Path::new(path).components() {
        match part {
            Component::CurDir => {}
            Component::Normal(_) => depth += 1,
            Component::ParentDir if depth > 0 => depth -= 1,
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return false,
        }
    }
    true
}

/// What a person calls a source. A path that leads out of the project is one of this machine's, and is not told.
pub fn name_of(source: &Source) -> String {
    match source {
        Source::Local { path, .. } if is_inside(path) => path.clone(),
        Source::Local { .. } => "files of this machine".into(),
        Source::Git { repository, revision } => format!("{repository} {revision}"),
        Source::Download { url, .. } => file_name(url).to_owned(),
    }
}

/// The name of the file that a URL leads to; `download` where it has none that a file can have.
pub fn file_name(url: &str) -> &str {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    match path.rsplit_once('/') {
        Some((_, name)) if !matches!(name, "" | "." | "..") && name.len() <= 255 => name,
        _ => "download",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_inside_until_it_climbs_out() {
        for inside in ["./src", "src", ".", "a/../b", "a/b/../..", ""] {
            assert!(is_inside(inside), "{inside}");
        }
        for outside in ["/src", "..", "a/../..", "./../src", "a/../../a"] {
            assert!(!is_inside(outside), "{outside}");
        }
    }

    #[test]
    fn a_download_is_called_what_its_url_ends_in() {
        for (url, name) in [
            ("https://example.org/a/wiki-1.0.tar.gz", "wiki-1.0.tar.gz"),
            ("https://example.org/a/wiki.zip?version=1/2#part", "wiki.zip"),
            ("https://example.org/", "download"),
            ("https://example.org", "download"),
            ("https://example.org/a/..", "download"),
            ("file:///srv/one", "one"),
        ] {
            assert_eq!(file_name(url), name, "{url}");
        }
    }
}
