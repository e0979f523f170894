//! Why a source was not read.

use std::io;

use plc_store::{
    StoreError,
    tree::{BadPath, BadTree},
};

/// Why a source was not read.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The store does not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is not there.
    #[error("there is no `{path}` in the project")]
    Absent {
        /// As written.
        path: String,
    },
    /// It is somewhere else.
    #[error("`{path}` leads out of the project")]
    Outside {
        /// As written.
        path: String,
    },
    /// A link that would lead somewhere else, wherever the source is put.
    #[error("`{path}` is a link to `{target}`, which is outside of the source `{source_path}`")]
    LinkOut {
        /// The source, as written.
        source_path: String,
        /// The link, below it.
        path: String,
        /// What it points at.
        target: String,
    },
    /// A socket, a device, a named pipe.
    #[error("`{path}` of the source `{source_path}` is neither a file, a directory nor a link")]
    Kind {
        /// The source, as written.
        source_path: String,
        /// Where, below it.
        path: String,
    },
    /// A pattern that is none.
    #[error("`{pattern}` is no pattern of what to leave out: {reason}")]
    Pattern {
        /// As written.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It has nothing in it.
    #[error("the source `{path}` has no files, or all of them are left out")]
    Empty {
        /// As written.
        path: String,
    },
    /// A name that no tree can hold.
    #[error("`{path}` cannot be in a tree: {reason}")]
    Name {
        /// The name.
        path: String,
        /// What is wrong with it.
        reason: BadPath,
    },
    /// The entries are no tree.
    #[error("the source `{path}` does not make a tree: {reason}")]
    Tree {
        /// As written.
        path: String,
        /// What is wrong.
        reason: BadTree,
    },
    /// Something that names no repository.
    #[error("`{repository}` is no repository that is read: {reason}")]
    Repository {
        /// As written.
        repository: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Something that names no revision.
    #[error("`{revision}` cannot be a revision of `{repository}`: {reason}")]
    Revision {
        /// The repository, as written.
        repository: String,
        /// As written.
        revision: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The repository has no such commit, tag or branch.
    #[error("the repository `{repository}` has no {what} `{revision}`")]
    NoRevision {
        /// The repository, as written.
        repository: String,
        /// `commit`, or `tag or branch`.
        what: &'static str,
        /// As written.
        revision: String,
    },
    /// The lock does not say which commit is meant.
    #[error("the lock has nothing for the revision `{revision}` of `{repository}`")]
    NotLocked {
        /// The repository, as written.
        repository: String,
        /// As written.
        revision: String,
    },
    /// A part of the commit that is in another repository.
    #[error("commit {commit} of `{repository}` has the submodule `{path}`, and submodules are not read")]
    Submodule {
        /// The repository, as written.
        repository: String,
        /// The commit.
        commit: String,
        /// Where.
        path: String,
    },
    /// The program that reads repositories is not there.
    #[error("`git` is not installed, and `{repository}` is a repository")]
    NoGit {
        /// As written.
        repository: String,
    },
    /// It failed.
    #[error("cannot read the repository `{repository}`: {said}")]
    Git {
        /// As written.
        repository: String,
        /// Its last words.
        said: String,
    },
    /// The network is not to be used.
    #[error("the repository `{repository}` is elsewhere, and `--offline` forbids to fetch it")]
    Offline {
        /// As written.
        repository: String,
    },
    /// The system refused.
    #[error("cannot read `{path}`: {source}")]
    Io {
        /// What.
        path: String,
        /// Why.
        source: io::Error,
    },
}

impl ImportError {
    /// Whether the description is to be changed, or the project; otherwise the machine is to blame.
    pub fn is_the_users(&self) -> bool {
        !matches!(self, Self::Store(_) | Self::Io { .. } | Self::Git { .. } | Self::NoGit { .. })
    }

    /// What to do about it, where that can be said.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Store(error) => return error.hint().map(Into::into),
            Self::Outside { .. } => {
                "sources are files of the project: copy them into it, or name them on the command line".into()
            }
            Self::LinkOut { path, .. } => {
                format!(
                    "leave it out (`ignore = [\"/{path}\"]`); a component's `link` makes one that leads anywhere"
                )
            }
            Self::Kind { path, .. } => format!("leave it out: `ignore = [\"/{path}\"]`"),
            Self::NotLocked { .. } => "bring the lock up to the description with `plc lock`".into(),
            Self::Submodule { .. } => {
                "name that repository as a source of its own, and put it where it belongs".into()
            }
            Self::NoGit { .. } => "install the package `git`".into(),
            Self::Offline { .. } => "leave out `--offline` once".into(),
            Self::Revision { .. } | Self::NoRevision { .. } => {
                "a revision is a tag, a branch, or a commit by all of its 40 digits".into()
            }
            _ => return None,
        })
    }
}

/// The result of reading sources.
pub(super) type Imported<T> = Result<T, ImportError>;
