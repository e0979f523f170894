//! `tree`: files from values, in this process.

use std::collections::BTreeMap;

use plc_plan::derivation::{TreeArguments, TreeContent, TreeFile};
use plc_store::{Entry, Kind, Meta, Output, Store, Tree, TreePath};

use super::JobError;

/// Directories on the way to a file.
const PARENT_MODE: u16 = 0o755;

/// Makes the tree. Times are 0: the root file system that takes it gives them a meaning.
pub(super) fn run(arguments: &TreeArguments, store: &Store) -> Result<Output, JobError> {
    let mut entries = BTreeMap::new();
    entries.insert(TreePath::root(), entry(TreePath::root(), PARENT_MODE, Kind::Directory));
    for file in &arguments.files {
        let path = TreePath::new(file.path.trim_start_matches('/').as_bytes())
            .map_err(|why| JobError::Path { path: file.path.clone(), why })?;
        let mut parent = path.parent();
        while let Some(directory) = parent {
            parent = directory.parent();
            entries
                .entry(directory.clone())
                .or_insert_with(|| entry(directory, PARENT_MODE, Kind::Directory));
        }
        let kind = content(file, store)?;
        let mode = u16::try_from(file.mode & 0o7777).unwrap_or(PARENT_MODE);
        entries.insert(path.clone(), entry(path, mode, kind));
    }
    let tree = Tree::new(entries.into_values().collect())?;
    Ok(Output::Tree(store.put_tree(&tree)?))
}

fn entry(path: TreePath, mode: u16, kind: Kind) -> Entry {
    Entry { path, meta: Meta { mode, uid: 0, gid: 0, mtime: 0, xattrs: Vec::new() }, kind }
}

fn content(file: &TreeFile, store: &Store) -> Result<Kind, JobError> {
    Ok(match &file.content {
        TreeContent::Text(text) => {
            Kind::File { blob: store.put_blob(text.as_bytes())?, size: text.len() as u64 }
        }
        TreeContent::Link(target) => Kind::Symlink(target.as_bytes().into()),
        TreeContent::Directory => Kind::Directory,
    })
}
