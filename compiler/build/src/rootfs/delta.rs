//! What the steps changed, put into the tree that they changed.

use plc_store::Kind;

use super::draft::{Draft, Linker};
use crate::sandbox::Delta;

/// Applies a delta to the tree that it was read against.
pub(super) fn apply(draft: &mut Draft, delta: &Delta) {
    for path in &delta.removed {
        draft.remove(path);
    }
    for path in &delta.opaque {
        draft.clear(path);
    }
    let mut linker = Linker::default();
    for entry in &delta.entries {
        let Some(node) = linker.node(draft, entry) else { continue };
        // What was merely copied up stays what it was, with its time and its other names.
        let linked = matches!(entry.kind, Kind::Hardlink(_));
        if let Some(there) = draft.get_mut(&entry.path).filter(|there| !linked && there.same_but_time(&node))
        {
            if there.group == 0 {
                there.group = node.group;
            }
            linker.again(entry.path.clone(), there.clone());
            continue;
        }
        draft.put(entry.path.clone(), node);
    }
}
