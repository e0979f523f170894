//! What one tree adds to another, as an OCI layer: an uncompressed tar. After the OCI image specification, `layer.md`.
//!
//! It holds each entry that is new or otherwise than below, with the directories on the way to it, so that their times
//! stay what they are; and for what is gone, an empty file whose name is `.wh.` and the name. All names of a file are in
//! one layer, since not every program finds the file of a name in a lower one.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use plc_store::{Entry, Kind, Store, Tree, TreePath};

use super::{ImageError, tar};

/// What the names begin with that say what is gone.
const GONE: &[u8] = b".wh.";

/// Writes what a tree adds to the one below it, or all of it. The same trees, the same bytes.
pub(super) fn write(
    tree: &Tree,
    below: Option<&Tree>,
    store: &Store,
    mut to: impl Write,
) -> Result<(), ImageError> {
    if let Some(entry) = tree.entries().iter().find(|entry| entry.path.name().starts_with(GONE)) {
        return Err(ImageError::Mark(entry.path.clone()));
    }
    let Difference { written, gone } = Difference::of(tree, below)?;
    // First what is gone, so that it cannot be taken for something of this layer.
    for path in gone {
        tar::write_mark(path, &mut to)?;
    }
    for (entry, _) in tree.entries().iter().zip(written).filter(|(_, written)| *written) {
        tar::write_entry(entry, store, b"", &mut to)?;
    }
    tar::end(&mut to)
}

/// What differs between a tree and the one below it.
struct Difference {
    /// For each entry of the tree, whether the layer has it.
    written: Vec<bool>,
    /// The names that say what is gone.
    gone: BTreeSet<TreePath>,
}

impl Difference {
    fn of(tree: &Tree, below: Option<&Tree>) -> Result<Self, ImageError> {
        let entries = tree.entries();
        let is_new = |entry: &Entry| below.and_then(|below| below.get(&entry.path)) != Some(entry);
        let mut written: Vec<bool> = entries.iter().map(is_new).collect();
        with_all_names(entries, &mut written);
        let mut gone = BTreeSet::new();
        let mut touched: BTreeSet<TreePath> = BTreeSet::new();
        for (entry, _) in entries.iter().zip(&written).filter(|(_, written)| **written) {
            touched.extend(entry.path.parent());
        }
        for entry in below.map_or(&[][..], Tree::entries).iter().filter(|e| tree.get(&e.path).is_none()) {
            let Some(parent) = entry.path.parent() else { continue };
            // What was in a directory that is gone, or is something else now, is gone with it.
            if !matches!(tree.get(&parent), Some(Entry { kind: Kind::Directory, .. })) {
                continue;
            }
            let name = [GONE, entry.path.name()].concat();
            let mark = if parent.is_root() { name } else { [parent.as_bytes(), b"/", &name].concat() };
            gone.insert(TreePath::new(&mark).map_err(|_| ImageError::LongName(entry.path.clone()))?);
            touched.insert(parent);
        }
        with_parents(entries, touched, &mut written);
        Ok(Self { written, gone })
    }
}

/// Where one name of a file is written, all are.
fn with_all_names(entries: &[Entry], written: &mut [bool]) {
    let position = |path: &TreePath| entries.binary_search_by(|entry| entry.path.cmp(path)).ok();
    let mut names: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        if let Kind::Hardlink(target) = &entry.kind
            && let Some(file) = position(target)
        {
            names.entry(file).or_default().push(at);
        }
    }
    for (file, links) in names {
        let all = || links.iter().copied().chain([file]);
        let any = all().any(|at| written.get(at).copied().unwrap_or_default());
        for at in all() {
            if let Some(written) = written.get_mut(at) {
                *written |= any;
            }
        }
    }
}

/// Marks directories, and those that they are in.
fn with_parents(entries: &[Entry], touched: BTreeSet<TreePath>, written: &mut [bool]) {
    let mut seen: BTreeSet<TreePath> = BTreeSet::new();
    for path in touched {
        let mut next = Some(path);
        while let Some(path) = next.filter(|path| !seen.contains(path)) {
            let at = entries.binary_search_by(|entry| entry.path.cmp(&path)).ok();
            if let Some(written) = at.and_then(|at| written.get_mut(at)) {
                *written = true;
            }
            next = path.parent();
            seen.insert(path);
        }
    }
}
