//! `environment`: the hosts together, as a small tree that people and `up` read.
//!
//! ```text
//! environment.json      the evaluated topology
//! HOST/rootfs.json      the tree digest of its root file system
//! HOST/packages         a line for each package: name, version, architecture
//! HOST/manifest         a line for each entry of the root file system
//! ```

use std::fmt::Write as _;

use plc_plan::derivation::EnvironmentArguments;
use plc_store::{Entry, Kind, Meta, Output, Realisation, Store, Tree, TreeDigest, TreePath};
use serde::Serialize;

use super::{JobError, package::installed};

/// `HOST/rootfs.json`.
#[derive(Serialize)]
struct Rootfs {
    tree: TreeDigest,
}

/// Writes the tree.
pub(super) fn run(
    arguments: &EnvironmentArguments,
    roots: &[&Realisation],
    store: &Store,
) -> Result<Output, JobError> {
    let mut files = vec![("environment.json".to_owned(), pretty(&arguments.topology))];
    for (host, root) in arguments.hosts.iter().zip(roots) {
        let Output::Tree(digest) = root.output else { continue };
        let tree = store.read_tree(&digest)?;
        // Not the layers: how a tree was come by is no part of its content.
        let rootfs = Rootfs { tree: digest };
        files.push((format!("{host}/manifest"), manifest(&tree)));
        files.push((format!("{host}/packages"), packages(&tree, store)?));
        files.push((format!("{host}/rootfs.json"), serde_json::to_string_pretty(&rootfs)? + "\n"));
    }
    let mut entries = vec![directory(TreePath::root())];
    for host in &arguments.hosts {
        entries.push(directory(path(host)?));
    }
    for (name, text) in files {
        let kind = Kind::File { blob: store.put_blob(text.as_bytes())?, size: text.len() as u64 };
        entries.push(Entry { path: path(&name)?, meta: meta(0o644), kind });
    }
    Ok(Output::Tree(store.put_tree(&Tree::new(entries)?)?))
}

fn path(name: &str) -> Result<TreePath, JobError> {
    TreePath::new(name.as_bytes()).map_err(|why| JobError::Path { path: name.to_owned(), why })
}

fn meta(mode: u16) -> Meta {
    Meta { mode, uid: 0, gid: 0, mtime: 0, xattrs: Vec::new() }
}

fn directory(path: TreePath) -> Entry {
    Entry { path, meta: meta(0o755), kind: Kind::Directory }
}

/// The topology is compact in the derivation, and laid out for people here.
fn pretty(topology: &str) -> String {
    serde_json::from_str::<serde_json::Value>(topology)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .map_or_else(|_| topology.to_owned(), |text| text + "\n")
}

fn packages(tree: &Tree, store: &Store) -> Result<String, JobError> {
    let mut text = String::new();
    for package in installed(tree, store)? {
        let _ = writeln!(text, "{} {} {}", package.name, package.version, package.architecture);
    }
    Ok(text)
}

/// A line for each entry: kind, mode, owner, size or nothing, path, and what it points to.
pub fn manifest(tree: &Tree) -> String {
    let mut text = String::new();
    for Entry { path, meta, kind } in tree.entries() {
        let (letter, detail) = match kind {
            Kind::Directory => ('d', String::new()),
            Kind::File { blob, size } => ('-', format!(" {size} {}", blob.short())),
            Kind::Symlink(target) => ('l', format!(" -> {}", String::from_utf8_lossy(target))),
            Kind::Hardlink(target) => ('h', format!(" = /{target}")),
            Kind::Fifo => ('p', String::new()),
            Kind::CharDevice { major, minor } => ('c', format!(" {major}:{minor}")),
            Kind::BlockDevice { major, minor } => ('b', format!(" {major}:{minor}")),
        };
        let _ = writeln!(text, "{letter} {:04o} {}:{} /{path}{detail}", meta.mode, meta.uid, meta.gid);
    }
    text
}
