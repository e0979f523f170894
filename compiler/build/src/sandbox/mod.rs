//! Runs commands inside a root file system, in namespaces of their own and without network, as root or as an ordinary
//! user with subordinate ids, with the same result.
//!
//! ```text
//! plc ── launch, ids          many threads; starts a helper process for each job, maps its ids
//!  └─ helper                  user namespace: lays trees out (layers, layout), reads results back (delta), cleans up
//!      └─ init                process 1 in all other namespaces: mounts, filter, then one step after the other
//!          └─ steps
//! ```
//!
//! All three are the same program. It never forks without starting a program anew, since it has threads, and a process
//! with threads can enter no user namespace. Trees are laid out and read back inside the user namespace, where owners,
//! modes and capabilities are those of the tree; outside they are root's own or an ordinary user's subordinate ids.
//!
//! Nothing is ever run outside of a sandbox: where there can be none, [`SandboxError`] says what is missing.

mod delta;
mod error;
mod filter;
mod helper;
mod ids;
mod init;
mod launch;
mod layers;
mod layout;
mod mounts;
mod preload;
mod protocol;
mod remove;
mod scratch;
mod shell;
mod stop;
mod sys;

/// What a running host is made of besides: the same namespaces, root file systems and filters.
pub mod parts {
    pub use super::{
        error::{Doing, Inside},
        filter::{Durability, Filter},
        ids::{Ids, refusal},
        init::{KEPT, OPEN_FILES, STACK, keep_only, limit},
        mounts::Root,
        protocol::{receive, send},
        remove::remove,
        sys::{
            Credentials, bring_up_loopback, close_inherited, frame_socket, kill_all_others,
            leave_checksums_to, reset_signals, run_as, signal_all_others, unshare,
        },
    };
}

use std::fs::File;

use plc_store::{Entry, TreeDigest, TreePath};
use serde::{Deserialize, Serialize};

pub use error::{InsideError, SandboxError};
pub use helper::helper_main;
pub use launch::Sandbox;
pub use preload::Preloading;
pub use shell::Shell;

/// The first argument of the program that makes it a sandbox's helper.
pub const HELPER_ARGUMENT: &str = "__sandbox";

/// Runs requests: the sandbox itself, or something that stands before it.
pub trait Runner: Sync {
    /// Runs the steps; what they print goes to the log.
    ///
    /// # Errors
    /// The sandbox itself failed. A step that fails is an [`Outcome`].
    fn run(&self, request: &Request, log: &File) -> Result<Outcome, SandboxError>;

    /// Finds out whether this machine lets requests be run at all, before anything is fetched for them.
    ///
    /// # Errors
    /// What [`run`](Self::run) would say.
    fn ready(&self) -> Result<(), SandboxError> {
        Ok(())
    }
}

impl Runner for Sandbox {
    fn run(&self, request: &Request, log: &File) -> Result<Outcome, SandboxError> {
        Self::run(self, request, log)
    }

    fn ready(&self) -> Result<(), SandboxError> {
        self.probe()
    }
}

/// What to run, and in what.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The root file system as a chain of trees, each the whole tree after one more layer: the first is laid out whole,
    /// each further one as its difference from the one before. Laid-out layers are kept and shared between requests.
    pub layers: Vec<TreeDigest>,
    /// Trees that are there while the steps run, to be written to, each in place of a name of the root directory.
    pub placed: Vec<PlacedTree>,
    /// Files that are there while the steps run, and that the result does not have.
    pub scaffold: Vec<ScaffoldFile>,
    /// Commands, run one after the other as root of the sandbox; the first that fails ends the run.
    pub steps: Vec<Step>,
    /// What to read back once all steps have succeeded.
    pub read_back: ReadBack,
}

/// What is read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReadBack {
    /// Nothing: whatever the steps changed is thrown away.
    Nothing,
    /// Everything that the steps changed.
    Changes,
    /// What a directory of a placed tree holds now, and nothing else; the delta is empty when there is no such directory.
    Directory(TreePath),
}

/// A tree that is there only while the steps run. It is the steps' own copy: nothing is laid out for others to share.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlacedTree {
    /// Where: one name in the root directory.
    pub path: TreePath,
    /// What.
    pub tree: TreeDigest,
    /// Who owns all of it.
    pub uid: u32,
    /// The group of all of it.
    pub gid: u32,
    /// The time of all of it, in seconds since 1970.
    pub mtime: i64,
}

/// A file that is there only while the steps run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ScaffoldFile {
    /// Where.
    pub path: TreePath,
    /// Permission bits.
    pub mode: u16,
    /// Content.
    pub content: Vec<u8>,
}

/// One command.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Step {
    /// For messages: `configure`, `preinst of base-passwd`.
    pub name: String,
    /// Program, looked up in the `PATH` of `environment`, and its arguments.
    pub argv: Vec<String>,
    /// The whole environment; nothing is inherited.
    pub environment: Vec<(String, String)>,
    /// A user name of the root file system's `/etc/passwd`, or `root`.
    pub user: String,
    /// The working directory, absolute.
    pub directory: String,
}

/// What came of a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// The step that failed and how; none when all succeeded.
    pub failure: Option<StepFailure>,
    /// What the steps changed, where the request asks for it and all succeeded.
    pub delta: Option<Delta>,
}

/// How a step failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StepFailure {
    /// Index into the request's steps.
    pub step: usize,
    /// `exit status 1`, `killed by signal 9`, `cannot be started: No such file or directory`.
    pub reason: String,
}

/// What an upper layer changes in the tree below it. Blobs are in the store (pending).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Delta {
    /// Paths that are gone, with all that was below them.
    pub removed: Vec<TreePath>,
    /// Directories that hide what the tree below has in them: only `entries` below them are there.
    pub opaque: Vec<TreePath>,
    /// Entries that are new, changed, or merely copied up; sorted. Times as they were found.
    pub entries: Vec<Entry>,
}
