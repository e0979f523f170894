//! From tar entries to the entries of a tree.

use std::{
    collections::BTreeMap,
    io::{self, Read},
};

use ::tar::EntryType;
use plc_store::{Entry, Kind, Meta, Store, TreePath, tree::BadPath};

use super::{
    DebError, ENTRIES_MAX, NAMES_MAX, Part,
    tar::{Item, Reader},
};

/// All entries of one part, below its directory of the tree.
pub(super) fn read(mut from: Reader<impl Read>, store: &Store, part: Part) -> Result<Vec<Entry>, DebError> {
    let mut entries = Entries::default();
    while let Some(item) = from.next()? {
        let path = path(&item.name, part)?;
        entries.parents(&path, item.mtime)?;
        let meta = Meta {
            mode: item.mode,
            uid: item.uid,
            gid: item.gid,
            mtime: item.mtime,
            xattrs: item.xattrs.clone(),
        };
        let entry = match item.kind {
            EntryType::Directory => Entry { path, meta, kind: Kind::Directory },
            EntryType::Regular | EntryType::Continuous => {
                Entry { kind: file(&mut from, store, item.size)?, path, meta }
            }
            EntryType::Link => hard_link(&entries.by_path, path, &item, part)?,
            _ => Entry { kind: special(&item)?, meta: special_meta(meta, item.kind), path },
        };
        if part == Part::Control && !is_control_member(&entry) {
            return Err(DebError::ControlMember(entry.path));
        }
        entries.insert(entry)?;
    }
    // Its decompressor has its memory until then.
    drop(from);
    let top = TreePath::new(part.directory()).expect("a constant name is a path");
    entries.by_path.entry(top.clone()).or_insert_with(|| directory(top, 0));
    Ok(by_first_name(entries.by_path))
}

/// The entries so far, and what they keep in memory.
#[derive(Default)]
struct Entries {
    by_path: BTreeMap<TreePath, Entry>,
    /// The sum of [`kept`] of all that was put in.
    names: u64,
}

impl Entries {
    fn insert(&mut self, entry: Entry) -> Result<(), DebError> {
        match self.by_path.get(&entry.path) {
            // A directory may come again, or after something below it, with the metadata that it is to have.
            Some(Entry { kind: Kind::Directory, .. }) if entry.kind == Kind::Directory => {}
            Some(_) => return Err(DebError::Twice(entry.path)),
            None => {}
        }
        self.add(entry)
    }

    /// Makes the directories above a path that the archive leaves out, and sees that those that it has are
    /// directories: a name below a symbolic link would be written wherever the link points.
    fn parents(&mut self, path: &TreePath, mtime: i64) -> Result<(), DebError> {
        let mut above = path.parent();
        while let Some(parent) = above.filter(|parent| !parent.is_root()) {
            match self.by_path.get(&parent) {
                Some(Entry { kind: Kind::Directory, .. }) => break,
                Some(_) => return Err(DebError::Below(path.clone())),
                None => above = parent.parent(),
            }
            self.add(directory(parent, mtime))?;
        }
        Ok(())
    }

    /// Counts what is kept, whether the archive says it or it is made of what the archive says: a short header may
    /// stand for much.
    fn add(&mut self, entry: Entry) -> Result<(), DebError> {
        self.names += kept(&entry);
        if self.names > NAMES_MAX {
            return Err(DebError::TooLarge { what: "all names together", limit: NAMES_MAX });
        }
        self.by_path.insert(entry.path.clone(), entry);
        if self.by_path.len() > ENTRIES_MAX {
            return Err(DebError::TooLarge { what: "the number of names", limit: ENTRIES_MAX as u64 });
        }
        Ok(())
    }
}

/// The bytes that an entry keeps beside its fields of constant length; its path is there as the key too. Each is
/// bounded by the reader, so that no sum overflows.
fn kept(entry: &Entry) -> u64 {
    let attributes: usize = entry.meta.xattrs.iter().map(|xattr| xattr.name.len() + xattr.value.len()).sum();
    let target = match &entry.kind {
        Kind::Symlink(target) => target.len(),
        Kind::Hardlink(target) => target.as_bytes().len(),
        _ => 0,
    };
    (2 * entry.path.as_bytes().len() + target + attributes) as u64
}

/// A directory that the archive does not name.
pub(super) fn directory(path: TreePath, mtime: i64) -> Entry {
    Entry {
        path,
        meta: Meta { mode: 0o755, uid: 0, gid: 0, mtime, xattrs: Vec::new() },
        kind: Kind::Directory,
    }
}

/// Below the part's directory, without the `./` and the final `/` that tar writes.
fn path(name: &[u8], part: Part) -> Result<TreePath, DebError> {
    let bad = |reason| DebError::BadName {
        path: String::from_utf8_lossy(name).chars().take(200).collect(),
        reason,
    };
    if name.is_empty() {
        return Err(bad(BadPath::Part));
    }
    let inner = name.strip_prefix(b"./").unwrap_or(name);
    let inner = inner.strip_suffix(b"/").unwrap_or(inner);
    let inner = if inner == b"." { &[] } else { inner };
    TreePath::new(inner).map_err(bad)?;
    let below =
        if inner.is_empty() { part.directory().to_vec() } else { [part.directory(), inner].join(&b'/') };
    TreePath::new(&below).map_err(bad)
}

fn file(from: &mut Reader<impl Read>, store: &Store, size: u64) -> Result<Kind, DebError> {
    let mut writer = store.blob_writer()?;
    io::copy(&mut from.content(size), &mut writer)?;
    let (blob, written) = writer.finish()?;
    if written < size {
        return Err(DebError::Truncated { what: "a file" });
    }
    Ok(Kind::File { blob, size })
}

fn hard_link(
    entries: &BTreeMap<TreePath, Entry>,
    at: TreePath,
    item: &Item,
    part: Part,
) -> Result<Entry, DebError> {
    let found = path(&item.link, part).ok().and_then(|target| entries.get(&target));
    match found {
        Some(Entry { kind: Kind::File { .. }, path: target, meta }) if *target != at => {
            Ok(Entry { path: at, meta: meta.clone(), kind: Kind::Hardlink(target.clone()) })
        }
        Some(Entry { kind: Kind::Hardlink(target), meta, path }) if *path != at => {
            Ok(Entry { path: at, meta: meta.clone(), kind: Kind::Hardlink(target.clone()) })
        }
        _ => Err(DebError::Dangling { path: at, target: String::from_utf8_lossy(&item.link).into_owned() }),
    }
}

fn special(item: &Item) -> Result<Kind, DebError> {
    let (major, minor) = item.device;
    Ok(match item.kind {
        EntryType::Symlink if !item.link.is_empty() && !item.link.contains(&0) => {
            Kind::Symlink(item.link.as_slice().into())
        }
        EntryType::Symlink => return Err(DebError::BadHeader { field: "link target" }),
        EntryType::Fifo => Kind::Fifo,
        EntryType::Char => Kind::CharDevice { major, minor },
        EntryType::Block => Kind::BlockDevice { major, minor },
        kind => {
            let path = String::from_utf8_lossy(&item.name).into_owned();
            return Err(DebError::BadKind { path, kind: char::from(kind.as_byte()) });
        }
    })
}

/// A symbolic link's mode means nothing and is always the same on Linux.
fn special_meta(meta: Meta, kind: EntryType) -> Meta {
    if kind == EntryType::Symlink { Meta { mode: 0o777, ..meta } } else { meta }
}

fn is_control_member(entry: &Entry) -> bool {
    match entry.kind {
        Kind::Directory => entry.path.parent().is_some_and(|parent| parent.is_root()),
        Kind::File { .. } => entry.path.parent().is_some_and(|parent| parent.as_bytes() == b"control"),
        _ => false,
    }
}

/// In a tree the file is where the name sorts first; in the archive it is where it comes first.
fn by_first_name(entries: BTreeMap<TreePath, Entry>) -> Vec<Entry> {
    let mut first: BTreeMap<TreePath, TreePath> = BTreeMap::new();
    for entry in entries.values() {
        if let Kind::Hardlink(target) = &entry.kind {
            let name = target.min(&entry.path).clone();
            first
                .entry(target.clone())
                .and_modify(|known| *known = known.clone().min(name.clone()))
                .or_insert(name);
        }
    }
    let files: BTreeMap<TreePath, Kind> =
        first.keys().map(|target| (first[target].clone(), entries[target].kind.clone())).collect();
    let kind = |entry: &Entry| match &entry.kind {
        Kind::Hardlink(target) if first[target] != entry.path => Kind::Hardlink(first[target].clone()),
        Kind::File { .. } if first.get(&entry.path).is_some_and(|name| *name != entry.path) => {
            Kind::Hardlink(first[&entry.path].clone())
        }
        _ => files.get(&entry.path).unwrap_or(&entry.kind).clone(),
    };
    entries.into_values().map(|entry| Entry { kind: kind(&entry), ..entry }).collect()
}
