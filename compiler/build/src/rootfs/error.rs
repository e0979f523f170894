//! Why a root file system was not made.

use std::io;

use plc_store::{
    StoreError, TreeDigest, TreePath,
    tree::{BadPath, BadTree},
};

/// Why a root file system was not made.
#[derive(Debug, thiserror::Error)]
pub enum RootfsError {
    /// The store lacks something, or does not take something.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A blob could not be read.
    #[error("cannot read from the store: {0}")]
    Io(#[from] io::Error),
    /// An input that is no unpacked package.
    #[error("the tree {tree} is not an unpacked package: {reason}")]
    NotAPackage {
        /// The input.
        tree: TreeDigest,
        /// What it lacks.
        reason: String,
    },
    /// A line of a package's control part that means nothing.
    #[error("the package `{package}` has a line in its {file} that cannot be one: `{line}`")]
    BadLine {
        /// The package.
        package: String,
        /// The member of its control part.
        file: &'static str,
        /// The line.
        line: String,
    },
    /// The same package twice.
    #[error("the package `{package}` is to be installed twice, as {one} and as {other}")]
    Twice {
        /// The package.
        package: String,
        /// A version; the one that is there when the layer below has it.
        one: String,
        /// The other version.
        other: String,
    },
    /// Two packages with the same file.
    #[error("`/{path}` is in the packages `{package}` and `{other}`, and neither replaces the other")]
    Clash {
        /// The file.
        path: TreePath,
        /// The package that comes later.
        package: String,
        /// The package that has it.
        other: String,
    },
    /// dpkg's database of the layer below cannot be read.
    #[error("the package database of the layer below cannot be read: {reason}")]
    BadDatabase {
        /// What is wrong.
        reason: String,
    },
    /// A package could not be written as a `.deb` for dpkg to unpack.
    #[error("the package `{package}` cannot be packed for dpkg: {reason}")]
    Repack {
        /// The package.
        package: String,
        /// Why.
        reason: String,
    },
    /// Answers without debconf.
    #[error("answers are given to packages, and the layer below has no debconf that they could ask")]
    NoDebconf,
    /// An answer that nobody has asked for.
    #[error("no package of this host asks `{question}`{}", asked(near))]
    NotAsked {
        /// The question.
        question: String,
        /// What is asked by packages of about that name.
        near: Vec<String>,
    },
    /// An answer that comes too late.
    #[error(
        "`{question}` is asked by `{package}`, which is in the base that hosts share: it has been told nothing"
    )]
    AskedBelow {
        /// The question.
        question: String,
        /// Who asks it.
        package: String,
    },
    /// An answer that would keep a secret in the store.
    #[error(
        "`{question}` of package `{package}` asks for a password, which would be in the store for all to read"
    )]
    AsksForPassword {
        /// The question.
        question: String,
        /// Who asks it.
        package: String,
    },
    /// An answer that the question does not take.
    #[error("`{value}` is no answer to `{question}` of package `{package}`, which takes {wants}")]
    NoAnswer {
        /// The question.
        question: String,
        /// Who asks it.
        package: String,
        /// The answer.
        value: String,
        /// What it takes.
        wants: String,
    },
    /// A command failed.
    #[error("{step} failed: {reason}{}", blamed(packages))]
    Step {
        /// The step's name.
        step: String,
        /// How it failed.
        reason: String,
        /// The packages that dpkg blames.
        packages: Vec<String>,
    },
    /// All commands succeeded, and a package is not installed all the same.
    #[error("the package `{package}` is left as `{status}`")]
    NotInstalled {
        /// The package.
        package: String,
        /// dpkg's status of it.
        status: String,
    },
    /// The runner itself failed.
    #[error("cannot run the maintainer scripts: {0}")]
    Runner(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The runner gave nothing back.
    #[error("the runner did not say what the maintainer scripts changed")]
    NoDelta,
    /// Nobody of that name.
    #[error("`{path}` is to belong to the {kind} `{name}`, which the root file system does not have")]
    UnknownOwner {
        /// The path.
        path: String,
        /// `user` or `group`.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// The path of an owner or of a tree that is none.
    #[error("`{path}` cannot be a path of the root file system: {reason}")]
    BadOwnerPath {
        /// The path.
        path: String,
        /// Why.
        reason: BadPath,
    },
    /// An overlay's entry below something that is a file in the root file system.
    #[error("`/{path}` cannot be laid: what is to hold it is not a directory")]
    OverlayBelowFile {
        /// The entry.
        path: TreePath,
    },
    /// What came out is no tree.
    #[error("the result is not a tree: {0}")]
    Tree(#[from] BadTree),
}

fn asked(near: &[String]) -> String {
    let names: Vec<_> = near.iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { String::new() } else { format!("; asked are {}", names.join(", ")) }
}

fn blamed(packages: &[String]) -> String {
    if packages.is_empty() { String::new() } else { format!(" (package {})", packages.join(", ")) }
}
