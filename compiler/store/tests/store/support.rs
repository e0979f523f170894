//! What several of the tests need.

use std::path::Path;

use plc_store::{
    BlobDigest, DerivationHash, Entry, Kind, Meta, Output, Realisation, ResolvedHash, Store, Tree,
    TreeDigest, TreePath, encode,
};
use tempfile::TempDir;

/// A directory that is gone with the test: in memory where the machine has such a place, since a sync of a busy disk
/// waits for everybody's writes.
pub(crate) fn scratch() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

pub(crate) fn path(text: &str) -> TreePath {
    TreePath::new(text.as_bytes()).unwrap()
}

pub(crate) fn meta(mode: u16) -> Meta {
    Meta { mode, uid: 0, gid: 0, mtime: 0, xattrs: Vec::new() }
}

pub(crate) fn entry(at: &str, kind: Kind) -> Entry {
    let mode = if kind == Kind::Directory { 0o755 } else { 0o644 };
    Entry { path: path(at), meta: meta(mode), kind }
}

pub(crate) fn file(at: &str, content: &[u8]) -> Entry {
    let blob = BlobDigest::from_bytes(*blake3::hash(content).as_bytes());
    entry(at, Kind::File { blob, size: content.len() as u64 })
}

/// A tree of one file, with its blob put.
pub(crate) fn put_tree(store: &Store, content: &[u8]) -> plc_store::Result<TreeDigest> {
    store.put_blob(content)?;
    store.put_tree(&Tree::new(vec![entry("", Kind::Directory), file("file", content)]).unwrap())
}

pub(crate) fn derivation(text: &str) -> (DerivationHash, Vec<u8>) {
    let bytes = text.as_bytes().to_vec();
    (DerivationHash::from_bytes(encode::hash("plc 1 derivation", &bytes)), bytes)
}

pub(crate) fn resolved(text: &str) -> ResolvedHash {
    ResolvedHash::from_bytes(encode::hash("plc 1 resolved", text.as_bytes()))
}

pub(crate) fn realisation(text: &str, tree: TreeDigest) -> Realisation {
    Realisation {
        resolved: resolved(text),
        derivation: derivation(text).0,
        output: Output::Tree(tree),
        layers: Vec::new(),
    }
}

/// Where an object is once it is committed.
pub(crate) fn file_of(root: &Path, shelf: &str, hex: &str) -> std::path::PathBuf {
    root.join(shelf).join(&hex[..2]).join(&hex[2..])
}

/// Every file below a directory, sorted.
pub(crate) fn files(below: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = walkdir::WalkDir::new(below)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| !entry.file_type().is_dir())
        .map(walkdir::DirEntry::into_path)
        .collect();
    files.sort();
    files
}

/// Fails with all that is wrong with the store, if anything is.
pub(crate) fn assert_good(store: &Store) {
    let report = store.verify().unwrap();
    assert!(report.problems.is_empty(), "{:#?}", report.problems);
}
