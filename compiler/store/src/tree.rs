//! A tree is a manifest: a sorted list of entries that names everything a root file system holds.
//!
//! Owners, permission bits, setuid, capabilities and devices live here and never in a host inode, so that anybody can
//! hold any root file system without being root.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{BlobDigest, TreeDigest, encode};

/// The domain of a tree's hash.
pub const DOMAIN: &str = "plc 1 tree";

/// A path inside a tree: relative, `/`-separated, no empty, `.` or `..` part, no NUL. Bytes, since Debian packages hold
/// names that are not UTF-8. The empty path is the tree's own root directory.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreePath(Box<[u8]>);

/// What a tree path must not be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPath {
    /// Starts with `/`.
    #[error("a path in a tree is relative")]
    Absolute,
    /// Has an empty, `.` or `..` part.
    #[error("a path in a tree has no empty, `.` or `..` part")]
    Part,
    /// Holds a NUL byte.
    #[error("a path in a tree holds no NUL byte")]
    Nul,
    /// Longer than [`TreePath::MAX`] bytes, or a part longer than 255.
    #[error("a path in a tree has at most 4095 bytes, and each part at most 255")]
    TooLong,
}

impl TreePath {
    /// The longest path, in bytes: Linux's PATH_MAX less the final NUL.
    pub const MAX: usize = 4095;

    /// The root directory.
    pub fn root() -> Self {
        Self(Box::from([]))
    }

    /// Checks a relative path.
    ///
    /// # Errors
    /// Says what keeps it from being one.
    pub fn new(bytes: &[u8]) -> Result<Self, BadPath> {
        if bytes.is_empty() {
            return Ok(Self::root());
        }
        if bytes[0] == b'/' {
            return Err(BadPath::Absolute);
        }
        if bytes.len() > Self::MAX {
            return Err(BadPath::TooLong);
        }
        for part in bytes.split(|b| *b == b'/') {
            if part.is_empty() || part == b"." || part == b".." {
                return Err(BadPath::Part);
            }
            if part.len() > 255 {
                return Err(BadPath::TooLong);
            }
            if part.contains(&0) {
                return Err(BadPath::Nul);
            }
        }
        Ok(Self(bytes.into()))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it is the tree's root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The directory that holds it; none for the root.
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        let cut = self.0.iter().rposition(|b| *b == b'/').unwrap_or(0);
        Some(Self(self.0[..cut].into()))
    }

    /// The last part; empty for the root.
    pub fn name(&self) -> &[u8] {
        self.0.rsplit(|b| *b == b'/').next().unwrap_or(&[])
    }
}

impl Serialize for TreePath {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        text::serialize(&self.0, to)
    }
}

impl<'de> Deserialize<'de> for TreePath {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let bytes = serde_bytes::ByteBuf::deserialize(from)?;
        Self::new(&bytes).map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

/// What an entry has besides its content.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Meta {
    /// Permission bits, setuid, setgid and sticky: the lower 12 bits of `st_mode`.
    pub mode: u16,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Seconds since 1970.
    pub mtime: i64,
    /// Extended attributes, sorted by name (in practice `security.capability` only).
    pub xattrs: Vec<Xattr>,
}

/// One extended attribute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Xattr {
    /// Its whole name, for example `security.capability`.
    #[serde(with = "text")]
    pub name: Box<[u8]>,
    /// Its bytes.
    #[serde(with = "serde_bytes")]
    pub value: Box<[u8]>,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A regular file.
    File {
        /// Its content.
        blob: BlobDigest,
        /// Its length in bytes.
        size: u64,
    },
    /// A symbolic link, with its target as it stands.
    Symlink(#[serde(with = "text")] Box<[u8]>),
    /// Another name of a file entry of the same tree; `target` is the name that sorts first and is a `File`. Its
    /// metadata is the target's.
    Hardlink(TreePath),
    /// A named pipe.
    Fifo,
    /// A character device.
    CharDevice {
        /// Major number.
        major: u32,
        /// Minor number.
        minor: u32,
    },
    /// A block device.
    BlockDevice {
        /// Major number.
        major: u32,
        /// Minor number.
        minor: u32,
    },
}

/// One name in a tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// Where.
    pub path: TreePath,
    /// Owner, mode, time, attributes.
    pub meta: Meta,
    /// What it is.
    pub kind: Kind,
}

impl Entry {
    /// Whether a file system could hold it, and there is no other way to say the same.
    fn is_possible(&self) -> bool {
        let target = match &self.kind {
            Kind::Symlink(target) => {
                !target.is_empty() && target.len() <= TreePath::MAX && !target.contains(&0)
            }
            _ => true,
        };
        target && self.meta.mode <= 0o7777 && self.meta.xattrs.is_sorted_by(|a, b| a.name < b.name)
    }
}

/// A sorted list of entries, each path once, each parent present and a directory. The first entry is the root directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    entries: Vec<Entry>,
}

/// What is not a tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTree {
    /// The same path twice.
    #[error("`{0}` is there twice")]
    Duplicate(TreePath),
    /// A parent is missing or not a directory.
    #[error("`{0}` is in no directory of the tree")]
    Orphan(TreePath),
    /// A hard link to something that is not an earlier file.
    #[error("`{0}` is a hard link to something that is not a file of the tree that sorts before it")]
    Dangling(TreePath),
    /// The root directory is missing.
    #[error("a tree has a root directory")]
    NoRoot,
    /// More than twelve bits of mode, attributes that are not sorted by name or named twice, a symbolic link whose target
    /// is empty, too long or holds a NUL byte, or a hard link with other metadata than its target's.
    #[error("`{0}` has metadata that no file can have")]
    Metadata(TreePath),
    /// Bytes that are not a manifest.
    #[error("not a manifest")]
    Malformed,
}

impl Tree {
    /// Sorts the entries, and the attributes of each, gives hard links their targets' metadata, and checks that they are
    /// a tree.
    ///
    /// # Errors
    /// Says which entry keeps it from being one.
    pub fn new(mut entries: Vec<Entry>) -> Result<Self, BadTree> {
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        for entry in &mut entries {
            entry.meta.xattrs.sort();
        }
        let mut tree = Self { entries };
        for index in 0..tree.entries.len() {
            if let Kind::Hardlink(target) = &tree.entries[index].kind
                && let Some(target) = tree.get(target)
            {
                tree.entries[index].meta = target.meta.clone();
            }
        }
        tree.validate()?;
        Ok(tree)
    }

    fn validate(&self) -> Result<(), BadTree> {
        if !self.entries.first().is_some_and(|entry| entry.path.is_root()) {
            return Err(BadTree::NoRoot);
        }
        // Most entries follow another of the same directory.
        let mut known_parent: Option<TreePath> = None;
        for (index, entry) in self.entries.iter().enumerate() {
            if index > 0 && self.entries[index - 1].path == entry.path {
                return Err(BadTree::Duplicate(entry.path.clone()));
            }
            if let Some(parent) = entry.path.parent() {
                if known_parent.as_ref() != Some(&parent) {
                    match self.get(&parent) {
                        Some(Entry { kind: Kind::Directory, .. }) => known_parent = Some(parent),
                        _ => return Err(BadTree::Orphan(entry.path.clone())),
                    }
                }
            } else if entry.kind != Kind::Directory {
                return Err(BadTree::Orphan(entry.path.clone()));
            }
            if let Kind::Hardlink(target) = &entry.kind {
                match self.get(target) {
                    Some(Entry { kind: Kind::File { .. }, path, meta }) if *path < entry.path => {
                        // One tree, one manifest.
                        if *meta != entry.meta {
                            return Err(BadTree::Metadata(entry.path.clone()));
                        }
                    }
                    _ => return Err(BadTree::Dangling(entry.path.clone())),
                }
            }
            if !entry.is_possible() {
                return Err(BadTree::Metadata(entry.path.clone()));
            }
        }
        Ok(())
    }

    /// The entries, sorted by path.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry at a path, as it stands (no symbolic link is followed).
    pub fn get(&self, path: &TreePath) -> Option<&Entry> {
        self.entries.binary_search_by(|e| e.path.cmp(path)).ok().map(|i| &self.entries[i])
    }

    /// The sum of the files' lengths in bytes, each hard-linked file once.
    pub fn size(&self) -> u64 {
        let sizes = self.entries.iter().map(|e| if let Kind::File { size, .. } = e.kind { size } else { 0 });
        sizes.fold(0, u64::saturating_add)
    }

    /// The canonical encoding: the manifest as the store keeps it.
    pub fn encode(&self) -> Vec<u8> {
        encode::encode(&self.entries)
    }

    /// A tree from its canonical encoding.
    ///
    /// # Errors
    /// Refuses what is not sorted, not a tree, or not how [`encode`](Self::encode) would have written it.
    pub fn decode(manifest: &[u8]) -> Result<Self, BadTree> {
        let entries: Vec<Entry> = encode::decode("a tree", manifest).map_err(|_| BadTree::Malformed)?;
        if !entries.is_sorted_by(|a, b| a.path < b.path) {
            return Err(BadTree::Malformed);
        }
        let tree = Self { entries };
        tree.validate()?;
        Ok(tree)
    }

    /// The hash of the canonical encoding.
    pub fn digest(&self) -> TreeDigest {
        Self::digest_of(&self.encode())
    }

    /// The digest of a manifest's bytes.
    pub fn digest_of(manifest: &[u8]) -> TreeDigest {
        TreeDigest::from_bytes(encode::hash(DOMAIN, manifest))
    }
}

/// Bytes that are nearly always text: so they stand in the JSON form, which people read; what is not UTF-8 is replaced
/// there. The canonical encoding has the bytes.
mod text {
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            to.serialize_str(&String::from_utf8_lossy(bytes))
        } else {
            to.serialize_bytes(bytes)
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Box<[u8]>, D::Error> {
        serde_bytes::deserialize(from)
    }
}
