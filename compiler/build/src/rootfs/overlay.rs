//! Lays trees of configuration over a root file system.

use std::collections::BTreeMap;

use plc_plan::derivation::Owner;
use plc_store::{Kind, Store, Tree, TreePath};

use super::{
    RootfsError,
    draft::{Draft, Linker},
    users::Users,
};

/// The mode of directories that an overlay has only on the way to something else.
const ON_THE_WAY: u16 = 0o755;

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
        let mut linker = Linker::default();
        for entry in overlay.entries() {
            let Some(mut node) = linker.node(draft, entry) else { continue };
            node.meta.mtime = epoch;
            let owner = owners.get(&entry.path);
            if let Some((uid, gid)) = owner {
                (node.meta.uid, node.meta.gid) = (*uid, *gid);
            }
            let place = if entry.kind == Kind::Directory {
                draft.follow(&entry.path)
            } else {
                draft.place(&entry.path)
            };
            let stays = entry.kind == Kind::Directory
                && draft.get(&place).is_some_and(|there| there.kind == Kind::Directory)
                && owner.is_none()
                && entry.meta.mode == ON_THE_WAY;
            if !stays {
                if let Some(parent) = place.parent()
                    && draft.get(&parent).is_none_or(|above| above.kind != Kind::Directory)
                {
                    return Err(RootfsError::OverlayBelowFile { path: entry.path.clone() });
                }
                draft.put(place, node);
            }
        }
    }
    Ok(())
}

fn resolve(users: &Users, owners: &[Owner]) -> Result<BTreeMap<TreePath, (u32, u32)>, RootfsError> {
    let ids = |owner: &Owner| {
        let path = TreePath::new(owner.path.trim_start_matches('/').as_bytes())
            .map_err(|reason| RootfsError::BadOwnerPath { path: owner.path.clone(), reason })?;
        let unknown = |kind, name: &str| RootfsError::UnknownOwner {
            path: owner.path.clone(),
            kind,
            name: name.to_owned(),
        };
        let uid = users.user(&owner.user).ok_or_else(|| unknown("user", &owner.user))?;
        let gid = users.group(&owner.group).ok_or_else(|| unknown("group", &owner.group))?;
        Ok((path, (uid, gid)))
    };
    owners.iter().map(ids).collect()
}
