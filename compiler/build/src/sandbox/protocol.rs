//! What the sandbox's three processes say to each other, over pipes.
//!
//! ```text
//! plc ──── start ───────────────→ helper            stdin: messages to it, stdout: from it, stderr: the steps' log
//!     ←─── Unshared ────────────
//!     (writes the id maps)
//!     ──── Job ─────────────────→
//!                                 ──── InitJob ───→ init (process 1 of the sandbox)
//!                                 ←─── InitReport ─
//!     ←─── Answer ──────────────
//! ```
//!
//! A message is its length in eight bytes and its canonical encoding: JSON could not carry the file names that are not
//! UTF-8. The helper takes the end of its standard input as the order to stop, so a parent that dies takes everything
//! with it, and scratch files still are removed.

use std::{
    io::{self, Read, Write},
    path::PathBuf,
};

use plc_store::{TreeDigest, TreePath, encode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Outcome, Request, ScaffoldFile, Shell, Step, StepFailure, error::InsideError};

/// The helper's first message: it is in a user namespace of its own, or the error number why not.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Unshared(pub(super) Result<(), i32>);

/// What the helper is to do.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) place: Place,
    pub(super) task: Task,
}

/// Which store, whose session, and where layers are laid out for the ids that are mapped.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) store: PathBuf,
    pub(super) session: PathBuf,
    pub(super) shelf: PathBuf,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Task {
    /// Run steps in layers that are laid out already, with a shell where one of them fails.
    Run(Request, Option<Shell>),
    /// Lay out those of the layers that are not.
    LayOutLayers(Vec<TreeDigest>),
    /// Lay out a whole tree at a path where nothing is.
    LayOutTree(TreeDigest, PathBuf),
    /// Remove a directory.
    Remove(PathBuf),
}

/// What came of a job: an outcome for [`Task::Run`], nothing for the others.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer(pub(super) Result<Option<Outcome>, InsideError>);

/// What process 1 is to do.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct InitJob {
    /// Laid-out layers, lowest first.
    pub(super) layers: Vec<PathBuf>,
    /// A directory with `upper`, `work` and `root` in it.
    pub(super) scratch: PathBuf,
    pub(super) scaffold: Vec<ScaffoldFile>,
    pub(super) steps: Vec<Step>,
    /// Where to open a shell when a step has failed.
    pub(super) shell: Option<Shell>,
}

/// What came of the steps.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct InitReport {
    pub(super) failure: Option<StepFailure>,
    /// The directories that the scaffold needed, as they were before.
    pub(super) parents: Vec<ScaffoldParent>,
}

/// A directory that holds a scaffold file or a mount point.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ScaffoldParent {
    pub(super) path: TreePath,
    pub(super) mode: u32,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// What is longer than this is no message.
const LONGEST: u64 = 1 << 30;

/// Sends a message.
///
/// # Errors
/// The other side is gone.
pub fn send<T: Serialize>(to: &mut impl Write, message: &T) -> io::Result<()> {
    let body = encode::encode(message);
    let mut frame = Vec::with_capacity(8 + body.len());
    frame.extend((body.len() as u64).to_le_bytes());
    frame.extend(body);
    to.write_all(&frame)?;
    to.flush()
}

/// Receives a message; `what` names it where it cannot be read.
///
/// # Errors
/// `UnexpectedEof` when the other side is gone.
pub fn receive<T: Serialize + DeserializeOwned>(from: &mut impl Read, what: &'static str) -> io::Result<T> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("{what} of {length} bytes")));
    }
    let mut body = Vec::new();
    if from.take(length).read_to_end(&mut body)? as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    encode::decode(what, &body).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
