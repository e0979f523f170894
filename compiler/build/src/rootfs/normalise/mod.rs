//! Makes the same root file system out of the same packages, whenever and wherever their scripts have run.
//!
//! Two rules cover what scripts leave behind. *Times*: what the scripts left as it was keeps the time that its package
//! gave it; everything else gets the epoch, the newest time of all that went in. *Offenders*: the files that hold a
//! time, a random number, something of this machine, or a history of the build; [`RULES`] lists them with the reason for
//! each, and `spec/rootfs.md` repeats the table. What a package ships and scripts leave alone is never touched.

mod pattern;
mod rewrite;
mod stamped;
mod table;

use plc_store::{Kind, Meta, Store, Tree, TreePath};

use super::{
    RootfsError,
    compose::aside,
    draft::{Draft, Node},
};
pub use table::{Action, RULES, Rule, markdown};

/// What the scripts' result is held against.
pub(super) struct Against<'a> {
    /// The layer below.
    pub(super) base: Option<&'a Tree>,
    /// What the scripts started from.
    pub(super) unpacked: &'a Draft,
    /// The time of whatever is new.
    pub(super) epoch: i64,
}

impl Against<'_> {
    /// What has the same kind and content as before the scripts; a configuration file that dpkg has laid was beside its
    /// place.
    fn as_it_was(&self, path: &TreePath, node: &Node) -> Option<&Node> {
        let same = |path: &TreePath| self.unpacked.get(path).filter(|there| there.kind == node.kind);
        same(path).or_else(|| same(&aside(path)?))
    }
}

/// Settles all offenders, then all times.
pub(super) fn normalise(store: &Store, draft: &mut Draft, against: &Against<'_>) -> Result<(), RootfsError> {
    let changed: Vec<(TreePath, &Rule)> = draft
        .iter()
        .filter(|(path, node)| against.as_it_was(path, node).is_none())
        .filter_map(|(path, _)| Some((path.clone(), rule_for(path)?)))
        .collect();
    for (path, rule) in changed {
        settle(store, draft, against, &path, rule.action)?;
    }
    restore_missing(draft, against);
    times(draft, against);
    Ok(())
}

/// Why something at a path, relative to the root, is not kept as the scripts leave it; none when it is.
pub fn reason_for(path: &str) -> Option<&'static str> {
    rule_for(&TreePath::new(path.as_bytes()).ok()?).map(|rule| rule.reason)
}

fn rule_for(path: &TreePath) -> Option<&'static Rule> {
    RULES.iter().find(|rule| pattern::matches(rule.path, path.as_bytes()))
}

fn settle(
    store: &Store,
    draft: &mut Draft,
    against: &Against<'_>,
    path: &TreePath,
    action: Action,
) -> Result<(), RootfsError> {
    let Some(node) = draft.get(path).cloned() else { return Ok(()) };
    match (action, &node.kind) {
        (Action::Remove, _) => draft.remove(path),
        (Action::RemoveFiles, Kind::Directory) => {}
        (Action::RemoveFiles, _) => draft.remove(path),
        (Action::Restore, _) => match against.unpacked.get(path) {
            Some(there) => draft.put(path.clone(), there.clone()),
            None => draft.remove(path),
        },
        (Action::RemoveLinksTo(target), Kind::Symlink(there)) if **there == *target.as_bytes() => {
            draft.remove(path)
        }
        (_, Kind::File { blob, .. }) => {
            let bytes = store.read_blob(blob)?;
            if let Some(bytes) = rewritten(store, draft, against, path, action, &bytes)? {
                replace(store, draft, path, node, &bytes)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// The content that a file gets; none where it stays as it is.
fn rewritten(
    store: &Store,
    draft: &Draft,
    against: &Against<'_>,
    path: &TreePath,
    action: Action,
    bytes: &[u8],
) -> Result<Option<Vec<u8>>, RootfsError> {
    Ok(match action {
        Action::Empty => Some(Vec::new()),
        Action::SortLines => Some(rewrite::sorted_lines(bytes)),
        Action::SortHashes => {
            let is_there =
                |path: &[u8]| TreePath::new(path).is_ok_and(|path| draft.get(&draft.place(&path)).is_some());
            Some(rewrite::sorted_lines(&rewrite::hashes(bytes, is_there)))
        }
        Action::SortListing => Some(rewrite::sorted_listing(bytes)),
        Action::SortMenus => Some(rewrite::sorted_menus(bytes)),
        Action::DayOfEpoch => {
            let below = match against.base.and_then(|base| base.get(path)).map(|entry| &entry.kind) {
                Some(Kind::File { blob, .. }) => store.read_blob(blob)?,
                _ => Vec::new(),
            };
            Some(rewrite::last_changes(bytes, &below, against.epoch))
        }
        Action::KeyStore => stamped::keystore(bytes, against.epoch),
        Action::HashTable => stamped::hash_table(bytes, path.as_bytes(), against.epoch),
        Action::ConstantDatabase => stamped::constant_database(bytes, against.epoch),
        Action::Remove | Action::RemoveFiles | Action::RemoveLinksTo(_) | Action::Restore | Action::Keep => {
            None
        }
    })
}

fn replace(
    store: &Store,
    draft: &mut Draft,
    path: &TreePath,
    node: Node,
    bytes: &[u8],
) -> Result<(), RootfsError> {
    let kind = Kind::File { blob: store.put_blob(bytes)?, size: bytes.len() as u64 };
    draft.put(path.clone(), Node { kind, group: 0, ..node });
    Ok(())
}

/// Puts back what `Restore` protects and the scripts have removed.
fn restore_missing(draft: &mut Draft, against: &Against<'_>) {
    let restores = |path: &TreePath| rule_for(path).is_some_and(|rule| rule.action == Action::Restore);
    let missing: Vec<(TreePath, Node)> = against
        .unpacked
        .iter()
        .filter(|(path, _)| draft.get(path).is_none() && restores(path))
        .map(|(path, node)| (path.clone(), node.clone()))
        .collect();
    for (path, node) in missing {
        draft.make_parents(&path, against.epoch);
        draft.put(path, node);
    }
}

fn times(draft: &mut Draft, against: &Against<'_>) {
    for (path, node) in draft.iter_mut() {
        let mtime = against.as_it_was(path, node).map_or(against.epoch, |there| there.meta.mtime);
        node.meta = Meta { mtime, ..node.meta.clone() };
    }
}
