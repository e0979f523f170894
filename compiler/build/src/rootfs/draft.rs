//! A tree while it is being changed: entries by path, hard links as groups without a first name.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
};

use plc_store::{Entry, Kind, Meta, Tree, TreePath, tree::BadTree};

/// How many symbolic links one path may go through, as in Linux.
const LINKS_MAX: usize = 40;

/// One entry of a [`Draft`]. Its kind is never `Hardlink`: a hard-linked file is a file with a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) meta: Meta,
    pub(super) kind: Kind,
    /// Which names are the same file; 0 for a file with one name.
    pub(super) group: u32,
}

impl Node {
    pub(super) fn new(meta: Meta, kind: Kind) -> Self {
        Self { meta, kind, group: 0 }
    }

    /// Whether it is the same thing with the same owner and mode, whatever its time.
    pub(super) fn same_but_time(&self, other: &Self) -> bool {
        self.kind == other.kind && Meta { mtime: other.meta.mtime, ..self.meta.clone() } == other.meta
    }
}

/// A tree that can be changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    nodes: BTreeMap<TreePath, Node>,
    groups: u32,
}

/// Root's metadata for what nobody else describes.
pub(super) fn root_meta(mode: u16, mtime: i64) -> Meta {
    Meta { mode, uid: 0, gid: 0, mtime, xattrs: Vec::new() }
}

impl Draft {
    pub(super) fn from_tree(tree: &Tree) -> Self {
        let mut draft = Self::default();
        // A whole tree knows which of its files have further names.
        let mut groups: HashMap<&TreePath, u32> = HashMap::new();
        for entry in tree.entries() {
            if let Kind::Hardlink(first) = &entry.kind {
                groups.entry(first).or_insert_with(|| draft.new_group());
            }
        }
        let node = |entry: &Entry| {
            let first = match &entry.kind {
                Kind::Hardlink(first) => tree.get(first)?,
                _ => entry,
            };
            let group = groups.get(&first.path).copied().unwrap_or_default();
            Some(Node { meta: first.meta.clone(), kind: first.kind.clone(), group })
        };
        // They are sorted, so that they are put together all at once.
        draft.nodes =
            tree.entries().iter().filter_map(|entry| Some((entry.path.clone(), node(entry)?))).collect();
        draft
    }

    /// A number for one more group of hard links.
    pub(super) fn new_group(&mut self) -> u32 {
        self.groups += 1;
        self.groups
    }

    pub(super) fn to_tree(&self) -> Result<Tree, BadTree> {
        let mut first: HashMap<u32, (&TreePath, &Node)> = HashMap::new();
        let mut entries = Vec::with_capacity(self.nodes.len());
        for (path, node) in &self.nodes {
            let (name, of) =
                if node.group == 0 { (path, node) } else { *first.entry(node.group).or_insert((path, node)) };
            let kind = if name == path { node.kind.clone() } else { Kind::Hardlink(name.clone()) };
            // All names of a file have its one owner, mode and time.
            entries.push(Entry { path: path.clone(), meta: of.meta.clone(), kind });
        }
        Tree::new(entries)
    }

    pub(super) fn get(&self, path: &TreePath) -> Option<&Node> {
        self.nodes.get(path)
    }

    pub(super) fn get_mut(&mut self, path: &TreePath) -> Option<&mut Node> {
        self.nodes.get_mut(path)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&TreePath, &Node)> {
        self.nodes.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (&TreePath, &mut Node)> {
        self.nodes.iter_mut()
    }

    /// Puts a node at a path whose parents are there; what a directory had below it goes when it stops being one.
    pub(super) fn put(&mut self, path: TreePath, node: Node) {
        if node.kind != Kind::Directory && self.get(&path).is_some_and(|old| old.kind == Kind::Directory) {
            self.clear(&path);
        }
        self.nodes.insert(path, node);
    }

    /// Makes the directories that are missing on the way to a path.
    pub(super) fn make_parents(&mut self, path: &TreePath, mtime: i64) {
        let mut above = path.parent();
        while let Some(parent) = above {
            if self.get(&parent).is_some_and(|node| node.kind == Kind::Directory) {
                return;
            }
            above = parent.parent();
            self.put(parent, Node::new(root_meta(0o755, mtime), Kind::Directory));
        }
    }

    /// Removes a path and everything below it.
    pub(super) fn remove(&mut self, path: &TreePath) {
        self.clear(path);
        self.nodes.remove(path);
    }

    /// Removes everything below a path.
    pub(super) fn clear(&mut self, path: &TreePath) {
        for below in self.below(path) {
            self.nodes.remove(&below);
        }
    }

    /// Every path below a path.
    pub(super) fn below(&self, path: &TreePath) -> Vec<TreePath> {
        let prefix = path.as_bytes();
        let inside = |found: &[u8]| prefix.is_empty() || found.get(prefix.len()) == Some(&b'/');
        self.nodes
            .range((Bound::Excluded(path.clone()), Bound::Unbounded))
            .map(|(found, _)| found)
            // Names like `a-b` sort between `a` and `a/b`.
            .take_while(|found| found.as_bytes().starts_with(prefix))
            .filter(|found| inside(found.as_bytes()))
            .cloned()
            .collect()
    }

    /// Where a name really is: symbolic links on the way to it are followed, the last part is not. What is not there
    /// stays as it stands.
    pub(super) fn place(&self, path: &TreePath) -> TreePath {
        match path.parent() {
            None => path.clone(),
            Some(parent) => join(&self.follow(&parent), path.name()).unwrap_or_else(|| path.clone()),
        }
    }

    /// Where a name leads to when every symbolic link is followed. Links that go in circles lead to themselves.
    pub(super) fn follow(&self, path: &TreePath) -> TreePath {
        // What is still to be walked, the next part last.
        let mut ahead: Vec<Vec<u8>> = parts(path.as_bytes()).rev().map(<[u8]>::to_vec).collect();
        let mut at = TreePath::root();
        let mut links = 0;
        while let Some(part) = ahead.pop() {
            if part == b".." {
                at = at.parent().unwrap_or_else(TreePath::root);
                continue;
            }
            let Some(next) = join(&at, &part) else { return path.clone() };
            match self.nodes.get(&next) {
                Some(Node { kind: Kind::Symlink(target), .. }) => {
                    links += 1;
                    if links > LINKS_MAX {
                        return path.clone();
                    }
                    if target.starts_with(b"/") {
                        at = TreePath::root();
                    }
                    ahead.extend(parts(target).rev().map(<[u8]>::to_vec));
                }
                _ => at = next,
            }
        }
        at
    }

    /// Whether a name leads to a directory.
    pub(super) fn leads_to_directory(&self, path: &TreePath) -> bool {
        self.get(&self.follow(path)).is_some_and(|node| node.kind == Kind::Directory)
    }
}

/// Turns the hard links of one list of entries into groups of a draft.
#[derive(Default)]
pub(super) struct Linker {
    targets: HashMap<TreePath, Node>,
}

impl Linker {
    /// The node for an entry; none for a hard link whose target has not come before it.
    pub(super) fn node(&mut self, draft: &mut Draft, entry: &Entry) -> Option<Node> {
        match &entry.kind {
            Kind::Hardlink(target) => self.targets.get(target).cloned(),
            Kind::File { .. } => {
                // Most files have one name, but only the tree as a whole knows which: a group of one is no link.
                let group = draft.new_group();
                let node = Node { meta: entry.meta.clone(), kind: entry.kind.clone(), group };
                self.targets.insert(entry.path.clone(), node.clone());
                Some(node)
            }
            kind => Some(Node::new(entry.meta.clone(), kind.clone())),
        }
    }

    /// Has later hard links to a path be names of this node.
    pub(super) fn again(&mut self, path: TreePath, node: Node) {
        self.targets.insert(path, node);
    }
}

/// A name in a directory; none when that is no path, for example because it gets too long.
pub(super) fn join(directory: &TreePath, name: &[u8]) -> Option<TreePath> {
    let path = if directory.is_root() { name.to_vec() } else { [directory.as_bytes(), name].join(&b'/') };
    TreePath::new(&path).ok()
}

fn parts(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".")
}

/// A path that is written down in the source.
pub(super) fn fixed(path: &str) -> TreePath {
    TreePath::new(path.as_bytes()).expect("a constant path is one")
}
