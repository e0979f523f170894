//! A root file system as a stack of laid-out directories: what they are called, and what each has to hold.
//!
//! ```text
//! STORE/checkouts/4f0c2d91-root/                 one shelf for each boot and each way of mapping ids, mode 0700
//!     <digest of T0>/                            T0, whole
//!     <digest of T1>-over-<digest of T0>/        what T1 has otherwise than T0; gone: a character device 0/0
//! ```
//!
//! A layer is written elsewhere, renamed here when it is whole, and never written again. It is not synced: a shelf is
//! for one boot only, so that no layer outlives a power cut.

use std::{cmp::Ordering, collections::BTreeSet, fs, path::Path};

use plc_store::{Entry, Kind, Tree, TreeDigest, TreePath};

/// One directory of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) tree: TreeDigest,
    pub(super) below: Option<TreeDigest>,
}

impl Layer {
    /// Its directory's name in the shelf.
    pub(super) fn name(&self) -> String {
        match self.below {
            None => self.tree.to_hex(),
            Some(below) => format!("{}-over-{}", self.tree, below),
        }
    }
}

/// The stack for a chain of trees, lowest first. A tree that is the same as the one before it needs no directory.
pub(super) fn stack(trees: &[TreeDigest]) -> Vec<Layer> {
    let mut layers: Vec<Layer> = Vec::with_capacity(trees.len());
    for tree in trees {
        let below = layers.last().map(|layer| layer.tree);
        if below != Some(*tree) {
            layers.push(Layer { tree: *tree, below });
        }
    }
    layers
}

/// The name of the shelf for ids mapped as the tag says, in this boot.
pub(super) fn shelf(ids: &str) -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    format!("{}-{ids}", boot.split('-').next().unwrap_or_default().trim())
}

/// The shelves beside this one that are of the same ids and of another boot: nothing can be using them.
pub(super) fn stale_shelves(shelf: &Path) -> Vec<std::path::PathBuf> {
    let (Some(parent), Some(name)) = (shelf.parent(), shelf.file_name().and_then(|name| name.to_str()))
    else {
        return Vec::new();
    };
    let ids = name.split_once('-').map(|(_, ids)| ids);
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names
        .filter(|other| other != name && other.split_once('-').map(|(_, ids)| ids) == ids)
        .map(|other| parent.join(other))
        .collect()
}

/// What a directory of the stack holds.
#[derive(Debug, Default)]
pub(super) struct Content<'a> {
    /// Entries of the tree, sorted, parents included.
    pub(super) entries: Vec<&'a Entry>,
    /// Names that hide what lies below.
    pub(super) whiteouts: Vec<&'a TreePath>,
}

impl<'a> Content<'a> {
    /// A whole tree.
    pub(super) fn whole(tree: &'a Tree) -> Self {
        Self { entries: tree.entries().iter().collect(), whiteouts: Vec::new() }
    }

    /// What a tree has otherwise than the one below it.
    pub(super) fn difference(below: &'a Tree, tree: &'a Tree) -> Self {
        let changes: Vec<Change<'a>> = changes(below.entries(), tree.entries()).collect();
        let changed = || changes.iter().filter_map(|change| change.now);
        // A name of a file with several is written with all the others, or the file would fall into two.
        let both = changes.iter().flat_map(|change| [change.before, change.now]).flatten();
        let split: BTreeSet<&TreePath> = both.filter_map(link_target).collect();
        let links = tree.entries().iter().filter(|entry| matches!(entry.kind, Kind::Hardlink(_)));
        let of_split = links
            .filter(|link| link_target(link).is_some_and(|target| split.contains(target)))
            .chain(split.iter().filter_map(|path| tree.get(path)));
        let gone = changes.iter().filter(|change| change.now.is_none()).filter_map(|change| change.before);
        let whiteouts: Vec<_> = gone
            .map(|entry| &entry.path)
            .filter(|path| path.parent().is_some_and(|parent| is_directory(tree, &parent)))
            .collect();
        let mut paths: BTreeSet<TreePath> = BTreeSet::from([TreePath::root()]);
        for path in changed().chain(of_split).map(|entry| &entry.path).chain(whiteouts.iter().copied()) {
            let mut next = Some(path.clone());
            while let Some(path) = next.filter(|path| !paths.contains(path)) {
                next = path.parent();
                paths.insert(path);
            }
        }
        // A whiteout's own path was put among them, and is not in the tree.
        let entries = paths.iter().filter_map(|path| tree.get(path)).collect();
        Self { entries, whiteouts }
    }
}

/// What is at a path before and now, where that is not the same.
struct Change<'a> {
    before: Option<&'a Entry>,
    now: Option<&'a Entry>,
}

/// Goes through two sorted lists at once.
fn changes<'a>(mut before: &'a [Entry], mut now: &'a [Entry]) -> impl Iterator<Item = Change<'a>> {
    let both = std::iter::from_fn(move || {
        let order = match (before.first(), now.first()) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(before), Some(now)) => before.path.cmp(&now.path),
        };
        let before = if order.is_le() { before.split_off_first() } else { None };
        let now = if order.is_ge() { now.split_off_first() } else { None };
        Some(Change { before, now })
    });
    both.filter(|change| change.before != change.now)
}

fn link_target(entry: &Entry) -> Option<&TreePath> {
    match &entry.kind {
        Kind::Hardlink(target) => Some(target),
        // It may be one.
        Kind::File { .. } => Some(&entry.path),
        _ => None,
    }
}

fn is_directory(tree: &Tree, path: &TreePath) -> bool {
    tree.get(path).is_some_and(|entry| entry.kind == Kind::Directory)
}

#[cfg(test)]
mod tests {
    use plc_store::{BlobDigest, Meta};

    use super::*;

    fn path(text: &str) -> TreePath {
        TreePath::new(text.as_bytes()).expect("a good path")
    }

    fn tree(entries: &[(&str, Kind)]) -> Tree {
        let meta = Meta { mode: 0o755, uid: 0, gid: 0, mtime: 0, xattrs: Vec::new() };
        let root = ("", Kind::Directory);
        let all = std::iter::once(&root).chain(entries);
        Tree::new(
            all.map(|(at, kind)| Entry { path: path(at), meta: meta.clone(), kind: kind.clone() }).collect(),
        )
        .expect("a tree")
    }

    fn file(content: u8) -> Kind {
        Kind::File { blob: BlobDigest::from_bytes([content; 32]), size: 1 }
    }

    fn names(below: &Tree, above: &Tree) -> (Vec<String>, Vec<String>) {
        let content = Content::difference(below, above);
        (
            content.entries.iter().map(|entry| entry.path.to_string()).collect(),
            content.whiteouts.iter().map(|path| path.to_string()).collect(),
        )
    }

    #[test]
    fn a_difference_has_parents_and_topmost_removals() {
        let d = Kind::Directory;
        let below = tree(&[
            ("a", d.clone()),
            ("a/b", file(1)),
            ("c", d.clone()),
            ("c/d", d.clone()),
            ("c/d/e", file(1)),
        ]);
        let above = tree(&[("a", d.clone()), ("a/b", file(2)), ("c", d)]);
        assert_eq!(
            names(&below, &above),
            (vec!["".into(), "a".into(), "a/b".into(), "c".into()], vec!["c/d".into()])
        );
    }

    #[test]
    fn what_was_below_a_replaced_directory_needs_no_whiteout() {
        let below = tree(&[("a", Kind::Directory), ("a/b", file(1))]);
        let above = tree(&[("a", file(1))]);
        assert_eq!(names(&below, &above), (vec!["".into(), "a".into()], vec![]));
    }

    #[test]
    fn all_names_of_a_file_are_written_together() {
        let below = tree(&[("a", file(1)), ("b", Kind::Hardlink(path("a"))), ("z", file(1))]);
        let above = tree(&[
            ("a", file(1)),
            ("b", Kind::Hardlink(path("a"))),
            ("c", Kind::Hardlink(path("a"))),
            ("z", file(1)),
        ]);
        assert_eq!(names(&below, &above).0, ["", "a", "b", "c"]);
        assert_eq!(names(&above, &below), (vec!["".into(), "a".into(), "b".into()], vec!["c".into()]));
    }

    #[test]
    fn the_same_tree_twice_is_one_layer() {
        let [one, two] = [1, 2].map(|byte| TreeDigest::from_bytes([byte; 32]));
        let names: Vec<_> = stack(&[one, one, two]).iter().map(Layer::name).collect();
        assert_eq!(names, [one.to_hex(), format!("{two}-over-{one}")]);
    }
}
