//! Every call that changes the store's file system, and the seam at which tests make one of them fail.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{Result, StoreError};

/// A kind of call that changes the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// Makes a directory.
    MakeDirectory,
    /// Makes a file.
    Create,
    /// Writes bytes; a write that fails at the seam has written half of them.
    Write,
    /// Cuts off the end of a file.
    Truncate,
    /// Gives a file another name.
    Rename,
    /// Takes a file away.
    Remove,
    /// Makes what was written durable: `fsync` of a file or a directory, `syncfs` of the file system.
    Sync,
}

/// Decides, for tests, which calls fail.
pub trait Fault: Send + Sync {
    /// Called before each call that changes the disk; an error is returned in its place.
    ///
    /// # Errors
    /// Whatever the test wants the call to fail with.
    fn before(&self, call: Call, path: &Path) -> io::Result<()>;
}

/// The way to the disk.
#[derive(Default)]
pub(crate) struct Disk {
    fault: Option<Arc<dyn Fault>>,
    lost: AtomicBool,
}

impl Disk {
    pub(crate) fn with(fault: Arc<dyn Fault>) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }

    /// Whether a sync has failed. The kernel may have dropped what it could not write, and would report success the
    /// next time: so nothing is acknowledged any more.
    pub(crate) fn has_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    fn gate(&self, call: Call, path: &Path) -> io::Result<()> {
        self.fault.as_ref().map_or(Ok(()), |fault| fault.before(call, path))
    }

    /// Makes a directory; one that is there is as good.
    pub(crate) fn make_directory(&self, path: &Path, mode: u32) -> Result<()> {
        let made =
            self.gate(Call::MakeDirectory, path).and_then(|()| fs::DirBuilder::new().mode(mode).create(path));
        match made {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                Err(StoreError::io("make the directory", path)(error))
            }
            _ => Ok(()),
        }
    }

    /// Makes a directory, for its owner only, of a name that nobody else has.
    pub(crate) fn make_unique_directory(&self, parent: &Path, prefix: &str) -> Result<PathBuf> {
        self.gate(Call::MakeDirectory, parent)
            .and_then(|()| {
                tempfile::Builder::new()
                    .prefix(prefix)
                    .permissions(fs::Permissions::from_mode(0o700))
                    .tempdir_in(parent)
            })
            .map(tempfile::TempDir::keep)
            .map_err(StoreError::io("make a directory in", parent))
    }

    /// Makes a new file that only this process knows of.
    pub(crate) fn create(&self, path: &Path) -> io::Result<File> {
        self.gate(Call::Create, path)?;
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
    }

    /// Opens a file for appending, making it where there is none.
    pub(crate) fn open_to_append(&self, path: &Path) -> io::Result<File> {
        self.gate(Call::Create, path)?;
        OpenOptions::new().read(true).append(true).create(true).open(path)
    }

    pub(crate) fn truncate(&self, file: &File, path: &Path, length: u64) -> io::Result<()> {
        self.gate(Call::Truncate, path)?;
        file.set_len(length)
    }

    pub(crate) fn write(&self, mut file: &File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.gate(Call::Write, path) {
            file.write_all(&bytes[..bytes.len() / 2])?;
            return Err(error);
        }
        file.write_all(bytes)
    }

    pub(crate) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.gate(Call::Rename, to)?;
        fs::rename(from, to)
    }

    /// Removes a file; one that is gone already is as good. Says whether it was there.
    pub(crate) fn remove(&self, path: &Path) -> Result<bool> {
        match self.gate(Call::Remove, path).and_then(|()| fs::remove_file(path)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(StoreError::io("remove", path)(error)),
        }
    }

    pub(crate) fn sync(&self, file: &File, path: &Path) -> Result<()> {
        let synced = self.gate(Call::Sync, path).and_then(|()| file.sync_all());
        self.note(synced).map_err(StoreError::io("sync", path))
    }

    pub(crate) fn sync_directory(&self, path: &Path) -> Result<()> {
        let directory = File::open(path).map_err(StoreError::io("open", path))?;
        self.sync(&directory, path)
    }

    /// Makes everything that was written to the file system of `directory` durable.
    ///
    /// Linux reports a lost write to each open description once, and only what was lost since it was opened: so
    /// `directory` must have been open since before the first write that matters.
    pub(crate) fn sync_file_system(&self, directory: &File, path: &Path) -> Result<()> {
        let synced = self.gate(Call::Sync, path).and_then(|()| Ok(rustix::fs::syncfs(directory)?));
        self.note(synced).map_err(StoreError::io("sync the file system of", path))
    }

    fn note(&self, synced: io::Result<()>) -> io::Result<()> {
        if synced.is_err() {
            self.lost.store(true, Ordering::Release);
        }
        synced
    }
}
