//! Lays trees of configuration over a root file system.

use std::collections::BTreeMap;

use plc_plan::derivation::Owner;
use plc_store::{Entry, Kind, Store, Tree, TreePath};

use super::{
    RootfsError,
    draft::{Draft, Linker},
    users::Users,
};

/// The mode of directories that an overlay has only on the way to something else.
pub(super) const ON_THE_WAY: u16 = 0o755;

/// Lays the trees in their order, with owners by name. A file replaces what is there, whoever has put it there; a
/// directory that is there keeps its owner and mode unless the overlay asks for others.
pub(super) fn lay(
    store: &Store,
    draft: &mut Draft,
    overlays: &[Tree],
    owners: &[Owner],
    epoch: i64,
) -> Result<(), RootfsError> {
    if overlays.is_empty() {
        return Ok(());
    }
    let owners = resolve(&Users::read(store, draft)?, owners)?;
    for overlay in overlays {
        lay_one(draft, overlay.entries(), &|path| owners.get(path).copied(), epoch)?;
    }
    Ok(())
}

/// Lays the entries of a tree, parents first, with the owners that `owner_of` says.
pub(super) fn lay_one(
    draft: &mut Draft,
    entries: &[Entry],
    owner_of: &dyn Fn(&TreePath) -> Option<(u32, u32)>,
    epoch: i64,
) -> Result<(), RootfsError> {
    let mut linker = Linker::default();
    for entry in entries {
        let Some(mut node) = linker.node(draft, entry) else { continue };
        node.meta.mtime = epoch;
        let owner = owner_of(&entry.path);
        if let Some((uid, gid)) = owner {
            (node.meta.uid, node.meta.gid) = (uid, gid);
        }
        let place =
            if entry.kind == Kind::Directory { draft.follow(&entry.path) } else { draft.place(&entry.path) };
        let stays = entry.kind == Kind::Directory
            && draft.get(&place).is_some_and(|there| there.kind == Kind::Directory)
            && owner.is_none()
            && entry.meta.mode == ON_THE_WAY;
        if stays {
            continue;
        }
        if let Some(parent) = place.parent()
            && draft.get(&parent).is_none_or(|above| above.kind != Kind::Directory)
        {
            return Err(RootfsError::OverlayBelowFile { path: entry.path.clone() });
        }
        draft.put(place, node);
    }
    Ok(())
}

fn resolve(users: &Users, owners: &[Owner]) -> Result<BTreeMap<TreePath, (u32, u32)>, RootfsError> {
    let resolved = |owner: &Owner| {
        let path = TreePath::new(owner.path.trim_start_matches('/').as_bytes())
            .map_err(|reason| RootfsError::BadOwnerPath { path: owner.path.clone(), reason })?;
        Ok((path, ids(users, &owner.path, &owner.user, &owner.group)?))
    };
    owners.iter().map(resolved).collect()
}

/// The ids of who is to own a path.
pub(super) fn ids(users: &Users, path: &str, user: &str, group: &str) -> Result<(u32, u32), RootfsError> {
    let unknown =
        |kind, name: &str| RootfsError::UnknownOwner { path: path.to_owned(), kind, name: name.to_owned() };
    let uid = users.user(user).ok_or_else(|| unknown("user", user))?;
    let gid = users.group(group).ok_or_else(|| unknown("group", group))?;
    Ok((uid, gid))
}
