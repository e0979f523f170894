//! A disk in memory for all that a host writes, in place of the one that the environment's directory is on: it can run full.

use std::{
    fs, io,
    os::{
        fd::OwnedFd,
        unix::fs::{MetadataExt, PermissionsExt, chown},
    },
    path::{Path, PathBuf},
};

use plc_build::sandbox::parts::{Doing, Inside};
use rustix::{
    fs::{CWD, Mode, OFlags, openat},
    mount::{MountFlags, MountPropagationFlags, mount, mount_change},
};

use super::HostJob;
use crate::copy::copy_tree;

/// It covers the host's scratch directory, and has the same in it, and copies of the states.
pub(super) struct Disk {
    root: OwnedFd,
    place: PathBuf,
}

impl Disk {
    /// Wants a mount namespace of its own.
    pub(super) fn mount(job: &HostJob) -> Inside<Self> {
        let doing = || "mount a disk in memory";
        let meta = fs::metadata(job.scratch.join("upper")).doing(doing)?;
        mount_change("/", MountPropagationFlags::REC | MountPropagationFlags::PRIVATE).doing(doing)?;
        let flags = MountFlags::NOSUID | MountFlags::NODEV;
        mount("tmpfs", &job.scratch, "tmpfs", flags, c"mode=0700").doing(doing)?;
        for name in ["upper", "work", "root"] {
            fs::create_dir(job.scratch.join(name)).doing(doing)?;
        }
        let upper = job.scratch.join("upper");
        chown(&upper, Some(meta.uid()), Some(meta.gid())).doing(doing)?;
        fs::set_permissions(&upper, fs::Permissions::from_mode(meta.mode() & 0o7777)).doing(doing)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let root = openat(CWD, &job.scratch, flags, Mode::empty()).map_err(io::Error::from).doing(doing)?;
        Ok(Self { root, place: job.scratch.clone() })
    }

    /// Copies a state to it, and says where it is.
    pub(super) fn copy(&self, number: usize, kept: &Path) -> Inside<PathBuf> {
        let to = self.place.join(format!("state-{number}"));
        copy_tree(kept, &to).doing(|| format!("copy the state `{}` into memory", kept.display()))?;
        Ok(to)
    }

    /// Its root directory.
    pub(super) fn into_root(self) -> OwnedFd {
        self.root
    }
}
