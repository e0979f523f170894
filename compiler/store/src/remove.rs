//! Removes directories that something else has written: by descriptor, never by path, so that no symbolic link and no
//! mount leads out of them; whatever their modes and depth.

use std::{
    ffi::CStr,
    fs::{File, Permissions},
    os::{
        fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
        unix::{ffi::OsStrExt, fs::PermissionsExt},
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{
        AtFlags, CWD, Dir, FileType, Mode, OFlags, ResolveFlags, fchmod, openat, openat2, renameat, unlinkat,
    },
    io::Errno,
};

/// Directories below this depth are moved up to the top first, so that no depth exhausts descriptors or the stack.
const DEEP: usize = 32;

/// Removes a directory with all that it holds, or a file. Returns what could not be removed.
pub(crate) fn remove_tree(path: &Path) -> Vec<PathBuf> {
    let mut removal = Removal::default();
    match open(CWD, path) {
        Ok(top) => {
            // What was moved up to the top is found by another look at it.
            loop {
                let before = removal.moved;
                removal.clear(&top, top.as_fd(), path, 0);
                if removal.moved == before {
                    break;
                }
                removal.left.clear();
            }
            if unlinkat(CWD, path, AtFlags::REMOVEDIR).is_err_and(|error| error != Errno::NOENT)
                && removal.left.is_empty()
            {
                removal.left.push(path.to_owned());
            }
        }
        Err(Errno::NOENT) => {}
        Err(_) => {
            if unlinkat(CWD, path, AtFlags::empty()).is_err_and(|error| error != Errno::NOENT) {
                removal.left.push(path.to_owned());
            }
        }
    }
    removal.left
}

#[derive(Default)]
struct Removal {
    /// What could not be removed.
    left: Vec<PathBuf>,
    /// How many directories were moved up to the top.
    moved: usize,
}

impl Removal {
    fn clear(&mut self, top: &OwnedFd, directory: BorrowedFd<'_>, path: &Path, depth: usize) {
        // A directory that its builder made unwritable for its owner is still ours to empty.
        let _ = fchmod(directory, Mode::RWXU);
        let Ok(entries) = Dir::read_from(directory) else {
            self.left.push(path.to_owned());
            return;
        };
        for entry in entries {
            let Ok(entry) = entry else {
                self.left.push(path.to_owned());
                return;
            };
            let name = entry.file_name();
            if name != c"." && name != c".." {
                self.remove(top, directory, name, entry.file_type(), path, depth);
            }
        }
    }

    fn remove(
        &mut self,
        top: &OwnedFd,
        directory: BorrowedFd<'_>,
        name: &CStr,
        kind: FileType,
        path: &Path,
        depth: usize,
    ) {
        let below = path.join(std::ffi::OsStr::from_bytes(name.to_bytes()));
        if kind != FileType::Directory {
            match unlinkat(directory, name, AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => return,
                // Some file systems do not say in a listing what an entry is.
                Err(_) if kind == FileType::Unknown => {}
                Err(_) => return self.left.push(below),
            }
        }
        if depth >= DEEP && self.move_up(top, directory, name) {
            return;
        }
        let left = self.left.len();
        if let Ok(child) = open(directory, name) {
            self.clear(top, child.as_fd(), &below, depth + 1);
        }
        let removed = unlinkat(directory, name, AtFlags::REMOVEDIR);
        if removed.is_err_and(|error| error != Errno::NOENT) && self.left.len() == left {
            self.left.push(below);
        }
    }

    fn move_up(&mut self, top: &OwnedFd, directory: BorrowedFd<'_>, name: &CStr) -> bool {
        for _ in 0..8 {
            self.moved += 1;
            match renameat(directory, name, top, format!("deep-{}", self.moved)) {
                Ok(()) => return true,
                // The builder has used our name.
                Err(Errno::NOTEMPTY | Errno::EXIST | Errno::NOTDIR) => {}
                Err(_) => break,
            }
        }
        self.moved -= 1;
        false
    }
}

/// Opens a directory for listing, without following a link or entering a mount; one without permissions gets them.
fn open<P: rustix::path::Arg + Copy>(at: BorrowedFd<'_>, name: P) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match open_here(at, name, flags) {
        Err(Errno::ACCESS) => {
            // The descriptor names the directory itself: what a link of the same name leads to is not touched.
            let handle = File::from(open_here(at, name, flags | OFlags::PATH)?);
            let itself = format!("/proc/self/fd/{}", handle.as_raw_fd());
            std::fs::set_permissions(itself, Permissions::from_mode(0o700)).map_err(|_| Errno::ACCESS)?;
            open_here(at, name, flags)
        }
        opened => opened,
    }
}

fn open_here<P: rustix::path::Arg + Copy>(
    at: BorrowedFd<'_>,
    name: P,
    flags: OFlags,
) -> rustix::io::Result<OwnedFd> {
    // The first path is our own and may lie on any mount; below it, none is entered.
    if at.as_raw_fd() == CWD.as_raw_fd() {
        return openat(at, name, flags, Mode::empty());
    }
    match openat2(at, name, flags, Mode::empty(), ResolveFlags::NO_XDEV | ResolveFlags::NO_SYMLINKS) {
        // Kernels before 5.6, and filters that do not know the call.
        Err(Errno::NOSYS | Errno::PERM) => openat(at, name, flags, Mode::empty()),
        opened => opened,
    }
}
