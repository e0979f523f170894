//! A directory for one job, below the session's, removed again also when the job fails.

use std::path::{Path, PathBuf};

use rustix::{
    fs::{CWD, Mode, mkdirat},
    io::Errno,
};

use super::{
    error::{Doing, Inside},
    remove::remove,
};

/// Removed when dropped.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// Makes one that nobody else has.
    pub(super) fn create(session: &Path) -> Inside<Self> {
        // A process id is used again, but not while what it left behind is still there.
        for attempt in 0_u64.. {
            let path = session.join(format!("sandbox-{}-{attempt}", std::process::id()));
            match mkdirat(CWD, &path, Mode::RWXU) {
                Err(Errno::EXIST) => {}
                made => {
                    made.doing(|| format!("make the directory `{}`", path.display()))?;
                    return Ok(Self(path));
                }
            }
        }
        unreachable!("there are fewer directories than numbers")
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Removes it, and says when that fails.
    pub(super) fn remove(self) -> Inside<()> {
        remove(&self.0)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // After `remove` there is nothing left; after a failure, the failure is what gets reported.
        let _ = remove(&self.0);
    }
}
