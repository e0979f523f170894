//! A tree as file systems have it: a node for each file, however many names it has, and directories that name nodes.

use std::collections::BTreeMap;

use plc_store::{Entry, Kind, Tree, Xattr};

use super::ImageError;

/// The nodes of a tree, the root directory first, each after the directory that it is in.
pub(super) struct Nodes<'a>(Vec<Node<'a>>);

/// A file, a directory, or something else that has an inode.
pub(super) struct Node<'a> {
    /// Under the name that sorts first.
    pub(super) entry: &'a Entry,
    /// The directory that it is in; the root directory is in itself.
    pub(super) parent: usize,
    /// How many names it has; for a directory, the `..` of others included.
    pub(super) links: u64,
    /// What is in it, by name, sorted; nothing for anything but a directory.
    pub(super) children: Vec<(&'a [u8], usize)>,
}

impl<'a> Nodes<'a> {
    /// The nodes of a tree, in its order.
    pub(super) fn of(tree: &'a Tree) -> Self {
        let mut nodes: Vec<Node<'a>> = Vec::with_capacity(tree.entries().len());
        let mut known: BTreeMap<&[u8], usize> = BTreeMap::new();
        for entry in tree.entries() {
            let path = entry.path.as_bytes();
            let name_at = path.len() - entry.path.name().len();
            let directory = &path[..name_at.saturating_sub(1)];
            // A tree has the directory of each entry, and the file of each link, before it.
            let parent = known.get(directory).copied().unwrap_or_default();
            let index = match &entry.kind {
                Kind::Hardlink(target) => known.get(target.as_bytes()).copied().unwrap_or_default(),
                _ => {
                    let links = if entry.kind == Kind::Directory { 2 } else { 0 };
                    nodes.push(Node { entry, parent, links, children: Vec::new() });
                    nodes.len() - 1
                }
            };
            known.insert(path, index);
            if entry.path.is_root() {
                continue;
            }
            if entry.kind == Kind::Directory {
                nodes[parent].links += 1;
            } else {
                nodes[index].links += 1;
            }
            // The names of one directory come in the order of their bytes, since the paths do.
            nodes[parent].children.push((entry.path.name(), index));
        }
        Self(nodes)
    }

    /// All of them.
    pub(super) fn all(&self) -> &[Node<'a>] {
        &self.0
    }
}

impl Node<'_> {
    /// What this is to an error.
    pub(super) fn unfit(&self, format: &'static str, why: &'static str) -> ImageError {
        ImageError::Unfit { format, path: self.entry.path.clone(), why }
    }

    /// The time, where it is among those that a format has numbers for.
    ///
    /// # Errors
    /// It is not.
    pub(super) fn time(
        &self,
        format: &'static str,
        held: std::ops::RangeInclusive<i64>,
    ) -> Result<i64, ImageError> {
        let time = self.entry.meta.mtime;
        if held.contains(&time) { Ok(time) } else { Err(self.unfit(format, "its time is out of range")) }
    }

    /// A device's number as Linux has it on disks.
    ///
    /// # Errors
    /// Linux has no such number.
    pub(super) fn device(&self, format: &'static str) -> Result<Option<(u32, u32)>, ImageError> {
        match self.entry.kind {
            Kind::CharDevice { major, minor } | Kind::BlockDevice { major, minor } => {
                if major < 1 << 12 && minor < 1 << 20 {
                    Ok(Some((major, minor)))
                } else {
                    Err(self.unfit(format, "no device has this number"))
                }
            }
            _ => Ok(None),
        }
    }
}

/// Linux's encoding of a device's number in 32 bits.
pub(super) fn device_number(major: u32, minor: u32) -> u32 {
    (minor & 0xff) | (major << 8) | ((minor & !0xff) << 12)
}

/// The first part of an attribute's name, which file systems keep as a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Namespace {
    /// `user.`
    User,
    /// `trusted.`
    Trusted,
    /// `security.`
    Security,
}

/// An attribute's name in two parts; none where it is of a namespace that the kernel makes itself, such as access lists.
pub(super) fn namespace(xattr: &Xattr) -> Option<(Namespace, &[u8])> {
    let names: [(&[u8], Namespace); 3] =
        [(b"user.", Namespace::User), (b"trusted.", Namespace::Trusted), (b"security.", Namespace::Security)];
    let found = names.iter().find_map(|(start, space)| Some((*space, xattr.name.strip_prefix(*start)?)));
    found.filter(|(_, rest)| !rest.is_empty() && rest.len() <= 255)
}

/// Why an attribute that is of no [`namespace`] is not taken.
pub(super) const NO_NAMESPACE: &str = "it has an attribute that is not of `user`, `trusted` or `security`";
