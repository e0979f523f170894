//! A tar archive of the wider world as a tree: no package's, so with nothing to say of owners, modes and times.

use std::{
    collections::BTreeMap,
    io::{self, Read},
};

use ::tar::EntryType;
use plc_store::{
    Entry, Kind, Store, StoreError, Tree, TreePath,
    tree::{BadPath, BadTree},
};

use super::normal;
use crate::debian::deb::{
    DATA_MAX, DebError, EXPANSION_FLOOR, EXPANSION_MAX,
    compression::{self, Checksums},
    tar::{Item, Reader},
};

/// Why something is not taken for an archive of files.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The store does not take what it holds.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is no tar archive, is broken, or is larger than its budget.
    #[error("is no tar archive that can be unpacked (plain, gz, xz or zst): {0}")]
    Tar(DebError),
    /// A name that is none inside a tree.
    #[error("has the name `{path}`, which cannot be one inside a tree: {reason}")]
    Name {
        /// The name as the archive has it.
        path: String,
        /// What is wrong with it.
        reason: BadPath,
    },
    /// A device, a named pipe, or something unknown.
    #[error("has `{path}`, which is neither a file, a directory nor a link")]
    Kind {
        /// Its name.
        path: String,
    },
    /// A name below something that is not a directory, or a directory in place of something else.
    #[error("has `{0}` twice, once as a directory and once as something else")]
    Clash(TreePath),
    /// A hard link to nothing.
    #[error("has the hard link `{path}` to `{target}`, which is no earlier file of it")]
    Dangling {
        /// The link.
        path: TreePath,
        /// What it points at.
        target: String,
    },
    /// It has nothing in it.
    #[error("is an archive without files")]
    Empty,
    /// Its entries are no tree.
    #[error("does not make a tree: {0}")]
    Tree(#[from] BadTree),
}

/// The files of an archive of `size` bytes; without the one directory that all of them are in, where there is one.
///
/// Refused is what [`ArchiveError`] lists. Of a name that is there twice, the later one counts, as with every program that
/// unpacks such archives. Hard links become files of their own.
pub fn unpack(mut file: impl Read, size: u64, store: &Store) -> Result<Tree, ArchiveError> {
    let budget = size.saturating_mul(EXPANSION_MAX).clamp(EXPANSION_FLOOR, DATA_MAX);
    let mut magic = Vec::new();
    (&mut file).take(6).read_to_end(&mut magic)?;
    let compression = sniff(&magic);
    let whole = io::Cursor::new(magic).chain(file);
    let content =
        compression::decoder(compression, "", whole, Checksums::Compared).map_err(ArchiveError::Tar)?;
    let mut reader = Reader::lenient(content, budget);
    let mut entries = BTreeMap::new();
    while let Some(item) = reader.next().map_err(ArchiveError::Tar)? {
        let Some(path) = path(&item.name)? else { continue };
        make_parents(&mut entries, &path)?;
        let kind = kind(&item, &path, &entries, &mut reader, store)?;
        put(&mut entries, path, kind, item.mode)?;
    }
    let entries = without_the_one_directory(entries);
    if entries.is_empty() {
        return Err(ArchiveError::Empty);
    }
    Ok(normal::tree(entries.into_values())?)
}

/// How a file is compressed, by its first bytes, as the end of a name.
fn sniff(magic: &[u8]) -> &'static str {
    let known: [(&[u8], &str); 3] =
        [(b"\x1f\x8b", ".gz"), (b"\xfd7zXZ\0", ".xz"), (b"\x28\xb5\x2f\xfd", ".zst")];
    known.iter().find(|(begin, _)| magic.starts_with(begin)).map_or("", |(_, name)| name)
}

/// Without the `./` and the final `/` that tar writes; none for the root itself.
fn path(name: &[u8]) -> Result<Option<TreePath>, ArchiveError> {
    let bad = |reason| ArchiveError::Name {
        path: String::from_utf8_lossy(name).chars().take(200).collect(),
        reason,
    };
    if name.is_empty() || name.starts_with(b"/") {
        return Err(bad(BadPath::Part));
    }
    let parts: Vec<&[u8]> =
        name.split(|byte| *byte == b'/').filter(|part| !matches!(*part, b"" | b".")).collect();
    let path = TreePath::new(&parts.join(&b'/')).map_err(bad)?;
    Ok((!path.is_root()).then_some(path))
}

fn make_parents(entries: &mut BTreeMap<TreePath, Entry>, path: &TreePath) -> Result<(), ArchiveError> {
    let mut above = path.parent();
    while let Some(parent) = above.filter(|parent| !parent.is_root()) {
        match entries.get(&parent) {
            Some(Entry { kind: Kind::Directory, .. }) => return Ok(()),
            Some(_) => return Err(ArchiveError::Clash(parent)),
            None => above = parent.parent(),
        }
        entries.insert(parent.clone(), normal::entry(parent, Kind::Directory, true));
    }
    Ok(())
}

fn kind(
    item: &Item,
    path: &TreePath,
    entries: &BTreeMap<TreePath, Entry>,
    reader: &mut Reader<impl Read>,
    store: &Store,
) -> Result<Kind, ArchiveError> {
    Ok(match item.kind {
        EntryType::Directory => Kind::Directory,
        EntryType::Regular | EntryType::Continuous => {
            let mut writer = store.blob_writer()?;
            io::copy(&mut reader.content(item.size), &mut writer)?;
            let (blob, size) = writer.finish()?;
            if size < item.size {
                return Err(ArchiveError::Tar(DebError::Truncated { what: "a file" }));
            }
            Kind::File { blob, size }
        }
        EntryType::Symlink if !item.link.is_empty() => Kind::Symlink(item.link.as_slice().into()),
        EntryType::Link => linked(item, path, entries)?,
        _ => return Err(ArchiveError::Kind { path: path.to_string() }),
    })
}

fn linked(item: &Item, path: &TreePath, entries: &BTreeMap<TreePath, Entry>) -> Result<Kind, ArchiveError> {
    let target = self::path(&item.link)?;
    match target.and_then(|target| entries.get(&target)).map(|entry| &entry.kind) {
        Some(kind @ (Kind::File { .. } | Kind::Symlink(_))) => Ok(kind.clone()),
        _ => Err(ArchiveError::Dangling {
            path: path.clone(),
            target: String::from_utf8_lossy(&item.link).into_owned(),
        }),
    }
}

fn put(
    entries: &mut BTreeMap<TreePath, Entry>,
    path: TreePath,
    kind: Kind,
    mode: u16,
) -> Result<(), ArchiveError> {
    let is_directory = |kind: &Kind| *kind == Kind::Directory;
    if entries.get(&path).is_some_and(|there| is_directory(&there.kind) != is_directory(&kind)) {
        return Err(ArchiveError::Clash(path));
    }
    entries.insert(path.clone(), normal::entry(path, kind, mode & 0o100 != 0));
    Ok(())
}

/// Most archives hold one directory, called after the version. It would only be in the way.
fn without_the_one_directory(entries: BTreeMap<TreePath, Entry>) -> BTreeMap<TreePath, Entry> {
    let mut tops = entries.values().filter(|entry| entry.path.parent().is_some_and(|above| above.is_root()));
    let top = match (tops.next(), tops.next()) {
        (Some(Entry { path, kind: Kind::Directory, .. }), None) => path.clone(),
        _ => return entries,
    };
    let inner = |entry: Entry| {
        let path = entry.path.as_bytes().strip_prefix(top.as_bytes())?.strip_prefix(b"/")?;
        let path = TreePath::new(path).ok()?;
        Some((path.clone(), Entry { path, ..entry }))
    };
    entries.into_values().filter_map(inner).collect()
}
