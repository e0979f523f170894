//! The form in which files come from outside: nobody's in particular, of no time, and with no more of a mode than
//! whether they can be run. So a source is the same tree wherever it was copied to.

use plc_store::{Entry, Kind, Meta, Tree, TreePath, tree::BadTree};

/// An entry that belongs to root and has no time.
pub(super) fn entry(path: TreePath, kind: Kind, executable: bool) -> Entry {
    let mode = match kind {
        Kind::Symlink(_) => 0o777,
        Kind::Directory => 0o755,
        _ if executable => 0o755,
        _ => 0o644,
    };
    Entry { path, meta: Meta { mode, uid: 0, gid: 0, mtime: 0, xattrs: Vec::new() }, kind }
}

/// The tree of entries that all have their parents among them but the root.
pub(super) fn tree(entries: impl IntoIterator<Item = Entry>) -> Result<Tree, BadTree> {
    let root = entry(TreePath::root(), Kind::Directory, true);
    Tree::new(std::iter::once(root).chain(entries).collect())
}

/// The entries with the directories that they are in. A directory that nothing is in is none, as in a repository.
pub(super) fn with_parents(entries: Vec<Entry>) -> Result<Tree, BadTree> {
    let mut directories = std::collections::BTreeSet::new();
    for found in &entries {
        let mut above = found.path.parent();
        while let Some(parent) = above.filter(|parent| !parent.is_root()) {
            above = parent.parent();
            if !directories.insert(parent) {
                break;
            }
        }
    }
    let directories = directories.into_iter().map(|path| entry(path, Kind::Directory, true));
    tree(directories.collect::<Vec<_>>().into_iter().chain(entries))
}
