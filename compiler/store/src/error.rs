//! What can go wrong with a store, with the data that a good message needs.

use std::{fmt, io, path::Path, path::PathBuf};

use crate::{BlobDigest, DerivationHash, ResolvedHash, TreeDigest};

/// What the functions of this crate that touch the disk return.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A call to the operating system failed.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// What was tried, as a verb: `write`, `sync`.
        action: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The directory holds something, but no store.
    #[error("`{}` is not a store: it holds `{found}`, and no file `version`", root.display())]
    NotAStore {
        /// The directory.
        root: PathBuf,
        /// One of the names that do not belong into a store.
        found: String,
    },
    /// There is no store, and one was asked for that may not be made.
    #[error("there is no store at `{}`", root.display())]
    NoStore {
        /// The directory.
        root: PathBuf,
    },
    /// The store was laid out by another version of the program.
    #[error("the store at `{}` has the layout `{found}`, this program knows `{known}`", root.display())]
    Version {
        /// The directory.
        root: PathBuf,
        /// What its `version` file says.
        found: String,
        /// What it should say.
        known: &'static str,
    },
    /// A write to a store that was opened for reading.
    #[error("the store at `{}` is open for reading only", root.display())]
    ReadOnly {
        /// The directory.
        root: PathBuf,
    },
    /// The session to join is not there, or its owner has ended.
    #[error("`{}` is not a running session of the store", session.display())]
    NoSession {
        /// The directory.
        session: PathBuf,
    },
    /// An earlier sync failed: what was written since the last commit may be lost, although it reads well now.
    #[error("an earlier write to the store at `{}` was lost by the disk", root.display())]
    Lost {
        /// The directory.
        root: PathBuf,
    },
    /// The store does not have it.
    #[error("the store at `{}` does not have {object}", root.display())]
    Missing {
        /// The directory.
        root: PathBuf,
        /// What is missing.
        object: Object,
    },
    /// The store has it, but not with the bytes that its name promises.
    #[error("{object} is damaged in the store, in `{}`", path.display())]
    Damaged {
        /// What is damaged.
        object: Object,
        /// The file that holds it.
        path: PathBuf,
    },
    /// Not the name of a root.
    #[error(
        "`{0}` is not the name of a root: up to 200 letters, digits and any of `.`, `_`, `-`, `+`, `@`, not first a dot"
    )]
    BadRootName(String),
}

impl StoreError {
    /// Whether the disk, or the user's share of it, is full.
    pub fn is_full(&self) -> bool {
        let Self::Io { source, .. } = self else { return false };
        matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    }

    /// What the person can do about it, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            _ if self.is_full() => {
                Some("free some space, or choose another place with `--store`; nothing half-written is kept")
            }
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                    Some("choose a directory that you may write to, with `--store`")
                }
                _ => None,
            },
            Self::NotAStore { .. } | Self::NoStore { .. } => {
                Some("choose an empty directory or a store, with `--store`")
            }
            Self::Version { .. } => {
                Some("choose another directory with `--store`, or use the program that made this one")
            }
            Self::ReadOnly { .. } | Self::NoSession { .. } | Self::BadRootName(_) => None,
            Self::Lost { .. } => Some("the disk may be failing; run the command again"),
            Self::Missing { .. } | Self::Damaged { .. } => Some(
                "choose another store with `--store`: everything is built again there, and comes to the same",
            ),
        }
    }

    /// Makes the error of a failed call: `.map_err(StoreError::io("read", path))`.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}

/// Something that a store keeps, for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// A file's content.
    Blob(BlobDigest),
    /// A manifest.
    Tree(TreeDigest),
    /// A derivation.
    Derivation(DerivationHash),
    /// What a derivation turned out to be.
    Realisation(ResolvedHash),
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blob(digest) => write!(f, "blob {digest}"),
            Self::Tree(digest) => write!(f, "tree {digest}"),
            Self::Derivation(hash) => write!(f, "derivation {hash}"),
            Self::Realisation(hash) => write!(f, "realisation {hash}"),
        }
    }
}
