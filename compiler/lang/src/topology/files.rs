//! What is on a host's disk besides packages: files, and trees by where they come from.

use serde::{Deserialize, Serialize};

use crate::source::Span;

/// A file with its whole content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct File {
    /// Absolute path in the root file system, normalised: no `.`/`..`/empty part.
    pub path: String,
    /// The bytes, as text.
    pub content: String,
    /// Permission bits, for example `0o644`.
    pub mode: u32,
    /// Owner by name, resolved in the root file system's own `/etc/passwd`.
    pub user: String,
    /// Group by name, resolved in the root file system's own `/etc/group`.
    pub group: String,
    /// A symbolic link's target instead of content (`link "/etc/…" = "target"`); `content` is empty then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
    /// The declaration that each line of `content` comes from, one for each line.
    #[serde(skip)]
    pub line_spans: Vec<Span>,
}

/// A tree at a place of the root file system; it is laid over what packages put there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TreeMount {
    /// Absolute path of the directory that the tree becomes, normalised.
    pub path: String,
    /// What it is made of.
    pub tree: Tree,
    /// Owner of everything in it, by name.
    pub user: String,
    /// Group of everything in it, by name.
    pub group: String,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// Files by where they come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tree {
    /// As they are.
    Source(Source),
    /// Made by commands.
    Build(Box<Build>),
}

/// Where files come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A directory or file of the project, or, where the command line names it, of this machine.
    Local {
        /// As written: `./src`.
        path: String,
        /// Patterns of `.gitignore`'s syntax for what is left out, besides what the directory's own `.gitignore`
        /// files and `.git` name.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ignore: Vec<String>,
    },
    /// A revision of a Git repository.
    Git {
        /// A path inside the project, or a URL.
        repository: String,
        /// A commit, tag or branch; the lock has the commit that it came to.
        revision: String,
    },
    /// A file, by its hash.
    Download {
        /// `http(s)://…` or `file://…`.
        url: String,
        /// SHA-256, lower-case hexadecimal.
        sha256: String,
        /// Whether it is an archive (tar, also compressed) whose files are meant.
        unpack: bool,
    },
}

/// Commands that make a tree, in a root file system of the host's archive with some packages, without a network.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Build {
    /// What the commands find in their working directory, `/build`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Tree>,
    /// The archive that the packages come from.
    pub archive: String,
    /// Packages that are there besides the archive's base, in the order of declaration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<String>,
    /// Commands, one after another; each is given to `/bin/sh -eu -c`.
    pub run: Vec<String>,
    /// Environment variables, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environment: Vec<(String, String)>,
    /// The directory below `/build` that is the result; empty for all of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub output: String,
}

/// A file that the running host makes of a secret, on a file system in memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecretFile {
    /// Absolute path below `/run`, normalised.
    pub path: String,
    /// The environment's name for the secret.
    pub secret: String,
    /// Owner by name.
    pub user: String,
    /// Group by name.
    pub group: String,
    /// Permission bits.
    pub mode: u32,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}
