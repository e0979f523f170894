//! Arguments of the builders that files come from which no package has: sources, downloads, and commands that make
//! files of them.

use plc_store::TreeDigest;
use serde::{Deserialize, Serialize};

/// Arguments of `source`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceTree {
    /// The tree: all that a source is, wherever it was read from.
    pub tree: TreeDigest,
}

/// Arguments of `download`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Download {
    /// Where it is: `http(s)://…` or `file://…`.
    pub url: String,
    /// SHA-256 in lower-case hexadecimal. The length is not known beforehand.
    pub sha256: String,
}

/// Arguments of `extract`: what the file is to become.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Extract {
    /// The files of a tar archive, plain or compressed; without the one directory that all of them are in, where there is
    /// one.
    Archive,
    /// A tree with the file alone, by this name.
    File(String),
}

/// Arguments of `run`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunArguments {
    /// Each is given to `/bin/sh -eu -c`, one after the other.
    pub commands: Vec<String>,
    /// Environment variables, sorted by name, besides those that every `run` has.
    pub environment: Vec<(String, String)>,
    /// The directory below the working directory that is the result; empty for all of it.
    pub output: String,
}

/// Where `rootfs` puts a tree, and whose it becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// Absolute path of the directory that the tree's root becomes.
    pub path: String,
    /// Owner of everything in it, by a name that the root file system's own `/etc/passwd` resolves.
    pub user: String,
    /// Group of everything in it, by a name that the root file system's own `/etc/group` resolves.
    pub group: String,
}
