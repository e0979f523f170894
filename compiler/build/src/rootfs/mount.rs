//! Puts trees at places of their own in a root file system, each with one owner for all of it.

use plc_plan::derivation::Mount;
use plc_store::{Entry, Kind, Meta, Store, Tree, TreeDigest, TreePath, tree::BadPath};

use super::{
    RootfsError,
    draft::{Draft, root_meta},
    overlay::{self, ON_THE_WAY},
    users::Users,
};

/// Lays the trees at their places, in their order. What is there is laid over as by an overlay; what is missing on the
/// way to a place is made, and root's.
pub(super) fn lay(
    store: &Store,
    draft: &mut Draft,
    trees: &[TreeDigest],
    mounts: &[Mount],
    epoch: i64,
) -> Result<(), RootfsError> {
    if trees.is_empty() {
        return Ok(());
    }
    let users = Users::read(store, draft)?;
    for (digest, mount) in trees.iter().zip(mounts) {
        let bad = |reason| RootfsError::BadOwnerPath { path: mount.path.clone(), reason };
        let place = TreePath::new(mount.path.trim_start_matches('/').as_bytes()).map_err(bad)?;
        let owner = overlay::ids(&users, &mount.path, &mount.user, &mount.group)?;
        // As with an overlay, root's directories do not take over those that are there.
        let owner = Some(owner).filter(|ids| *ids != (0, 0));
        let entries = at(&store.read_tree(digest)?, &place).map_err(bad)?;
        let owner_of = |path: &TreePath| owner.filter(|_| is_in(path, &place));
        overlay::lay_one(draft, &entries, &owner_of, epoch)?;
    }
    Ok(())
}

/// The entries of a tree below a place, after the directories on the way there.
fn at(tree: &Tree, place: &TreePath) -> Result<Vec<Entry>, BadPath> {
    let mut entries = Vec::with_capacity(tree.entries().len() + 4);
    let mut above = place.parent();
    while let Some(path) = above {
        above = path.parent();
        entries.push(Entry { path, meta: root_meta(ON_THE_WAY, 0), kind: Kind::Directory });
    }
    entries.reverse();
    for entry in tree.entries() {
        let kind = match &entry.kind {
            Kind::Hardlink(target) => Kind::Hardlink(below(place, target)?),
            kind => kind.clone(),
        };
        let meta = Meta { uid: 0, gid: 0, ..entry.meta.clone() };
        entries.push(Entry { path: below(place, &entry.path)?, meta, kind });
    }
    Ok(entries)
}

fn below(place: &TreePath, path: &TreePath) -> Result<TreePath, BadPath> {
    if place.is_root() {
        return Ok(path.clone());
    }
    if path.is_root() {
        return Ok(place.clone());
    }
    TreePath::new(&[place.as_bytes(), path.as_bytes()].join(&b'/'))
}

/// Whether a path is a place or lies below it.
fn is_in(path: &TreePath, place: &TreePath) -> bool {
    let inner = path.as_bytes().strip_prefix(place.as_bytes());
    place.is_root() || inner.is_some_and(|inner| inner.is_empty() || inner.starts_with(b"/"))
}
