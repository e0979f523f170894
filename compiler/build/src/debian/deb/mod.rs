//! The `.deb` format (deb(5), deb-control(5)): a package becomes a tree, `control/…` beside `data/…`.
//!
//! ```text
//! ar: debian-binary · control.tar[.gz|.xz|.zst] · [_…] · data.tar[.gz|.xz|.zst] · whatever
//!                          │                                 │
//!                          └──→ control/control, postinst …  └──→ data/usr/bin/… : entries; contents go to the store
//! ```
//!
//! Nothing is ever written to a path that an archive names: contents become blobs, names become entries of a manifest.
//! Everything that an archive declares is checked before it is believed, and there is a budget for all of it.

mod ar;
pub(crate) mod compression;
mod control;
mod members;
pub(crate) mod tar;

use std::io::{self, Read};

use plc_store::{
    Entry, Store, StoreError, Tree, TreePath,
    tree::{BadPath, BadTree},
};

use compression::Checksums;
pub use control::{BadControl, Control, parse_stanza};

/// The most that the control part may hold, in bytes.
pub const CONTROL_MAX: u64 = 32 << 20;
/// The most that a `.deb`'s data may hold, in bytes.
pub const DATA_MAX: u64 = 16 << 30;
/// How many times its compressed length a part may expand to, when that is more than [`EXPANSION_FLOOR`].
pub const EXPANSION_MAX: u64 = 256;
/// What any part may expand to, in bytes.
pub const EXPANSION_FLOOR: u64 = 64 << 20;
/// The most entries in one part, with directories that it does not name: each costs some 430 bytes beside its names.
pub const ENTRIES_MAX: usize = 200_000;
/// The most that names (each is kept twice), link targets and attributes of one part may come to in memory, in bytes.
pub const NAMES_MAX: u64 = 32 << 20;
/// The most that a decompressor may need, in bytes: `xz -9` needs 65 MiB.
pub const DECOMPRESSOR_MEMORY: u64 = 128 << 20;

/// Why something is not taken for a `.deb`.
#[derive(Debug, thiserror::Error)]
pub enum DebError {
    /// It could not be read, or its compression is broken.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The store does not take what it holds.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No `ar` magic.
    #[error("not a Debian package: it is no `ar` archive")]
    NotAnArchive,
    /// It ends too early.
    #[error("ends in the middle of {what}")]
    Truncated {
        /// What is cut.
        what: &'static str,
    },
    /// An `ar` header is wrong.
    #[error("the `ar` header of a member has a bad {field}")]
    BadMember {
        /// The header's field.
        field: &'static str,
    },
    /// Not the member that deb(5) has at this place.
    #[error("has `{found}` where `{expected}` belongs")]
    Order {
        /// What belongs there.
        expected: &'static str,
        /// What is there; empty at the end.
        found: String,
    },
    /// Not version 2 of the format.
    #[error("has the format version `{0}`, and only version 2 is known")]
    Version(String),
    /// A compression that is not read.
    #[error("`{member}` is compressed in a way that is not read (known: none, gz, xz, zst)")]
    Compression {
        /// The member's name.
        member: String,
    },
    /// Larger than its budget.
    #[error("{what} is larger than the {limit} that are allowed")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The budget, in bytes or in entries.
        limit: u64,
    },
    /// A tar header is wrong.
    #[error("a tar header has a bad {field}")]
    BadHeader {
        /// The header's field.
        field: &'static str,
    },
    /// A kind of tar entry that does not belong in a package.
    #[error("`{path}` is of the tar type `{kind}`, which does not belong in a package")]
    BadKind {
        /// Its name.
        path: String,
        /// The type's letter.
        kind: char,
    },
    /// A name that is not one inside a tree.
    #[error("`{path}` cannot be a name in a package: {reason}")]
    BadName {
        /// The name as the archive has it.
        path: String,
        /// What is wrong with it.
        reason: BadPath,
    },
    /// The same name twice.
    #[error("`{0}` is there twice")]
    Twice(TreePath),
    /// A name below something that is not a directory.
    #[error("`{0}` lies below something that is not a directory")]
    Below(TreePath),
    /// A hard link to nothing.
    #[error("`{path}` is a hard link to `{target}`, which is no earlier file of the package")]
    Dangling {
        /// The link.
        path: TreePath,
        /// What it points at.
        target: String,
    },
    /// A member of the control part that is not a plain file.
    #[error("`{0}` of the control part is not a plain file")]
    ControlMember(TreePath),
    /// The control file is missing or wrong.
    #[error("the control file {0}")]
    Control(#[from] BadControl),
    /// The parts do not make a tree.
    #[error("does not make a tree: {0}")]
    Tree(#[from] BadTree),
}

/// Reads a `.deb` into a tree of `control/…` and `data/…`; the contents of its files go to the store.
///
/// The data's names and links are as the package has them: a path like `bin/sh` stays below `data/bin`, whatever `bin`
/// will be in a root file system. Refuses what [`DebError`] lists. Damage that decompresses all the same is not found: the
/// caller holds the bytes against their hash.
pub fn unpack(deb: impl Read, store: &Store) -> Result<Tree, DebError> {
    let mut archive = ar::Archive::new(deb)?;
    version(&mut archive)?;
    let mut entries = part(&mut archive, store, Part::Control)?;
    control::validate(&entries, store)?;
    entries.extend(part(&mut archive, store, Part::Data)?);
    entries.push(members::directory(TreePath::root(), 0));
    Ok(Tree::new(entries)?)
}

/// The control file of a `.deb`, of which nothing else is looked at.
///
/// # Errors
/// When it is no `.deb`, or its control part has no good control file.
pub fn control_of(deb: impl Read) -> Result<Control, DebError> {
    let mut archive = ar::Archive::new(deb)?;
    version(&mut archive)?;
    let member = archive.next()?;
    let Some(member) = member.filter(|member| member.name.starts_with(Part::Control.stem())) else {
        return Err(order(Part::Control.stem(), None));
    };
    let content =
        compression::decoder(&member.name, Part::Control.stem(), archive.content(), Checksums::Compared)?;
    let mut from = tar::Reader::new(content, Part::Control.budget(member.size));
    while let Some(item) = from.next()? {
        let name = item.name.strip_prefix(b"./").unwrap_or(&item.name);
        if name == b"control" && item.kind == ::tar::EntryType::Regular {
            let mut text = Vec::new();
            from.content(item.size).take(CONTROL_MAX).read_to_end(&mut text)?;
            return Ok(Control::parse(&text)?);
        }
    }
    Err(BadControl::Missing.into())
}

/// One of the two tar archives of a `.deb`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Control,
    Data,
}

impl Part {
    fn stem(self) -> &'static str {
        match self {
            Self::Control => "control.tar",
            Self::Data => "data.tar",
        }
    }

    /// The name of its directory in the tree.
    fn directory(self) -> &'static [u8] {
        match self {
            Self::Control => b"control",
            Self::Data => b"data",
        }
    }

    fn budget(self, compressed: u64) -> u64 {
        let most = match self {
            Self::Control => CONTROL_MAX,
            Self::Data => DATA_MAX,
        };
        compressed.saturating_mul(EXPANSION_MAX).max(EXPANSION_FLOOR).min(most)
    }
}

fn version(archive: &mut ar::Archive<impl Read>) -> Result<(), DebError> {
    let found = archive.next()?;
    match found {
        Some(member) if member.name == "debian-binary" => {}
        found => return Err(order("debian-binary", found)),
    }
    let mut text = Vec::new();
    archive.content().take(64).read_to_end(&mut text)?;
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    // deb(5): newer minor numbers are compatible; what follows the first line is for later use.
    let minor =
        line.strip_prefix(b"2.").filter(|minor| !minor.is_empty() && minor.iter().all(u8::is_ascii_digit));
    if minor.is_none() || !text.contains(&b'\n') {
        return Err(DebError::Version(String::from_utf8_lossy(line).into_owned()));
    }
    Ok(())
}

fn part(archive: &mut ar::Archive<impl Read>, store: &Store, part: Part) -> Result<Vec<Entry>, DebError> {
    let member = loop {
        match archive.next()? {
            // Not for dpkg, so not for us: deb(5) reserves `_` for others' additions before the data.
            Some(member) if part == Part::Data && member.name.starts_with('_') => {}
            Some(member) if member.name.starts_with(part.stem()) => break member,
            found => return Err(order(part.stem(), found)),
        }
    };
    let budget = part.budget(member.size);
    let content = compression::decoder(&member.name, part.stem(), archive.content(), Checksums::PassedOver)?;
    let entries = members::read(tar::Reader::new(content, budget), store, part)?;
    archive.skip()?;
    Ok(entries)
}

fn order(expected: &'static str, found: Option<ar::Member>) -> DebError {
    DebError::Order { expected, found: found.map(|member| member.name).unwrap_or_default() }
}

#[cfg(test)]
mod tests;
