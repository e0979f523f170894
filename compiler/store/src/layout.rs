//! Where things lie below the store's root: the one place that spells the names.

use std::path::{Path, PathBuf};

/// What is kept of environments that run or ran.
pub(crate) const ENVIRONMENTS: &str = "environments";

/// What the file `version` holds.
pub(crate) const VERSION: &str = "plc store 2";

/// What it held before blobs were compressed. Such a store becomes one of this version when it is written to.
pub(crate) const FORMER: &str = "plc store 1";

/// Every name that the root may hold, so that a directory of somebody else's is not taken for a store.
pub(crate) const NAMES: [&str; 15] = [
    "version",
    Shelf::Blobs.name(),
    Shelf::Trees.name(),
    "derivations",
    "realisations",
    "roots",
    "logs",
    "checkouts",
    "outcomes",
    "indices",
    "sources",
    "locks",
    ENVIRONMENTS,
    "tmp",
    // A file system of its own may have been made for the store.
    "lost+found",
];

/// The two kinds of content-addressed files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shelf {
    Blobs,
    Trees,
}

impl Shelf {
    pub(crate) const ALL: [Self; 2] = [Self::Blobs, Self::Trees];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Blobs => "blobs",
            Self::Trees => "trees",
        }
    }

    /// The final name of an object, by its 64 digits: `blobs/ab/cdef…`.
    pub(crate) fn path(self, root: &Path, hex: &str) -> PathBuf {
        let mut path = String::with_capacity(72);
        path.push_str(self.name());
        path.push('/');
        path.push_str(&hex[..2]);
        path.push('/');
        path.push_str(&hex[2..]);
        root.join(path)
    }
}

/// The 256 directories below a shelf.
pub(crate) fn fan() -> impl Iterator<Item = String> {
    (0..=u8::MAX).map(|byte| format!("{byte:02x}"))
}

pub(crate) fn version(root: &Path) -> PathBuf {
    root.join("version")
}

pub(crate) fn derivations(root: &Path) -> PathBuf {
    root.join("derivations")
}

pub(crate) fn realisations(root: &Path) -> PathBuf {
    root.join("realisations")
}

pub(crate) fn log(root: &Path) -> PathBuf {
    root.join("realisations/log")
}

pub(crate) fn roots(root: &Path) -> PathBuf {
    root.join("roots")
}

pub(crate) fn outcomes(root: &Path) -> PathBuf {
    root.join("outcomes")
}

pub(crate) fn indices(root: &Path) -> PathBuf {
    root.join("indices")
}

pub(crate) fn sources(root: &Path) -> PathBuf {
    root.join("sources")
}

pub(crate) fn locks(root: &Path) -> PathBuf {
    root.join("locks")
}

pub(crate) fn sessions(root: &Path) -> PathBuf {
    root.join("tmp")
}
