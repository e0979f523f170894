//! User and group names of a root file system, from its own `/etc/passwd` and `/etc/group`.

use std::collections::BTreeMap;

use plc_store::{Kind, Store, TreePath};

use super::{
    RootfsError,
    draft::{Draft, fixed},
};

/// The names that a root file system knows.
#[derive(Debug, Default)]
pub(super) struct Users {
    users: BTreeMap<String, u32>,
    groups: BTreeMap<String, u32>,
}

impl Users {
    pub(super) fn read(store: &Store, draft: &Draft) -> Result<Self, RootfsError> {
        Ok(Self { users: ids(store, draft, "etc/passwd")?, groups: ids(store, draft, "etc/group")? })
    }

    /// A user's id, by name or number.
    pub(super) fn user(&self, name: &str) -> Option<u32> {
        find(&self.users, name)
    }

    /// A group's id, by name or number.
    pub(super) fn group(&self, name: &str) -> Option<u32> {
        find(&self.groups, name)
    }
}

/// `root` is always there: a root file system without packages has no `/etc/passwd`.
fn find(ids: &BTreeMap<String, u32>, name: &str) -> Option<u32> {
    ids.get(name).copied().or_else(|| (name == "root").then_some(0)).or_else(|| name.parse().ok())
}

fn ids(store: &Store, draft: &Draft, path: &str) -> Result<BTreeMap<String, u32>, RootfsError> {
    let text = read_text(store, draft, &fixed(path))?;
    let id = |line: &str| {
        let mut fields = line.split(':');
        Some((fields.next()?.to_owned(), fields.nth(1)?.parse().ok()?))
    };
    Ok(text.lines().filter_map(id).collect())
}

/// A file's text; empty when it is not there or not a file.
pub(super) fn read_text(store: &Store, draft: &Draft, path: &TreePath) -> Result<String, RootfsError> {
    match draft.get(&draft.follow(path)).map(|node| &node.kind) {
        Some(Kind::File { blob, .. }) => Ok(String::from_utf8_lossy(&store.read_blob(blob)?).into_owned()),
        _ => Ok(String::new()),
    }
}
