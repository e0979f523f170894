//! A session is one running program's own directory below `tmp/`: what it is writing, what it has written but not yet
//! committed, and whatever its callers put there.
//!
//! The program holds a shared lock on the directory, and so does each helper that joins it. The kernel releases the
//! lock however they end, so a directory whose lock is free is left over, and the next program to open the store
//! removes it.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use rustix::{
    fs::{FlockOperation, Mode, OFlags, flock},
    io::Errno,
};

use crate::{Result, StoreError, disk::Disk, layout, layout::Shelf, remove};

/// A running session, as one of its processes sees it.
pub(crate) struct Session {
    path: PathBuf,
    /// This process's own part of `incoming/`, so that helpers need not agree on names. Made with the first file, as is
    /// `pending/`: on some file systems a directory costs a millisecond, and many a run writes nothing.
    incoming: OnceLock<PathBuf>,
    next: AtomicU64,
    /// Held open for its lock.
    _lock: File,
    owned: bool,
}

impl Session {
    /// Makes a new session's directory and locks it.
    pub(crate) fn create(disk: &Disk, root: &Path) -> Result<Self> {
        loop {
            let path = disk.make_unique_directory(&layout::sessions(root), "session-")?;
            // Another program may have found it before it was locked, and swept it: then take another.
            if let Some(lock) = lock_shared(&path)? {
                return Ok(Self::new(path, lock, true));
            }
        }
    }

    /// Takes part in the session of another process.
    pub(crate) fn join(root: &Path, path: &Path) -> Result<Self> {
        let refuse = || StoreError::NoSession { session: path.to_owned() };
        let path = fs::canonicalize(path).map_err(|_| refuse())?;
        if path.parent() != Some(&layout::sessions(root)) {
            return Err(refuse());
        }
        let lock = lock_shared(&path)?.ok_or_else(refuse)?;
        Ok(Self::new(path, lock, false))
    }

    fn new(path: PathBuf, lock: File, owned: bool) -> Self {
        Self { path, incoming: OnceLock::new(), next: AtomicU64::new(0), _lock: lock, owned }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A name that nobody else writes to.
    pub(crate) fn fresh(&self, disk: &Disk) -> Result<PathBuf> {
        let incoming = match self.incoming.get() {
            Some(incoming) => incoming,
            None => {
                let made = self.lay_out(disk)?;
                // Another thread may have been quicker: then ours stays empty.
                self.incoming.get_or_init(|| made)
            }
        };
        Ok(incoming.join(self.next.fetch_add(1, Ordering::Relaxed).to_string()))
    }

    fn lay_out(&self, disk: &Disk) -> Result<PathBuf> {
        disk.make_directory(&self.path.join("pending"), 0o700)?;
        for shelf in Shelf::ALL {
            disk.make_directory(&self.pending(shelf), 0o700)?;
        }
        let incoming = self.path.join("incoming");
        disk.make_directory(&incoming, 0o700)?;
        disk.make_unique_directory(&incoming, "")
    }

    pub(crate) fn pending(&self, shelf: Shelf) -> PathBuf {
        self.path.join("pending").join(shelf.name())
    }

    /// Where an object waits for the commit, by its 64 digits.
    pub(crate) fn pending_path(&self, shelf: Shelf, hex: &str) -> PathBuf {
        let mut path = self.pending(shelf);
        path.push(hex);
        path
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let own = if self.owned { Some(&self.path) } else { self.incoming.get() };
        if let Some(own) = own {
            // Nobody is left to tell, and the next program to open the store tries again.
            remove::remove_tree(own);
        }
    }
}

/// What was found of other sessions.
pub(crate) struct Others {
    /// What those have left that nobody holds any more, and could not be removed.
    pub(crate) leftovers: Vec<PathBuf>,
    /// Whether one may be running.
    pub(crate) running: bool,
}

/// Removes the sessions that nobody holds any more.
///
/// A build without root leaves files of other user ids behind when it is killed. They are in nobody's way, so they are
/// not an error.
pub(crate) fn sweep(root: &Path) -> Result<Others> {
    let sessions = layout::sessions(root);
    let (mut leftovers, mut running) = (Vec::new(), false);
    for entry in fs::read_dir(&sessions).map_err(StoreError::io("list", &sessions))? {
        let path = entry.map_err(StoreError::io("list", &sessions))?.path();
        match open_directory(&path) {
            Ok(directory) => match flock(&directory, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => leftovers.extend(remove::remove_tree(&path)),
                Err(_) => running = true,
            },
            // Another program has swept it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // Not a session: somebody has put a file there.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                leftovers.extend(remove::remove_tree(&path));
            }
            // It may be a running one.
            Err(_) => {
                leftovers.push(path);
                running = true;
            }
        }
    }
    leftovers.sort();
    Ok(Others { leftovers, running })
}

/// A shared lock on a directory; none when the directory is gone or about to be swept.
fn lock_shared(path: &Path) -> Result<Option<File>> {
    let failed = StoreError::io("lock", path);
    let directory = match open_directory(path) {
        Ok(directory) => directory,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    match flock(&directory, FlockOperation::NonBlockingLockShared) {
        Ok(()) => {}
        Err(Errno::WOULDBLOCK) => return Ok(None),
        Err(error) => return Err(failed(error.into())),
    }
    // It may have been swept between the opening and the lock.
    let held = directory.metadata().map_err(failed)?;
    let named = fs::symlink_metadata(path);
    Ok(named.is_ok_and(|named| (named.dev(), named.ino()) == (held.dev(), held.ino())).then_some(directory))
}

fn open_directory(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(directory) => Ok(directory.into()),
        // A symbolic link.
        Err(Errno::LOOP) => Err(io::ErrorKind::NotADirectory.into()),
        Err(error) => Err(error.into()),
    }
}
