//! Walks a directory by descriptors: what is in it, but for what is left out.

use std::{
    io::{self, Read},
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::Path,
};

use plc_store::{Entry, Kind, Store, TreePath};
use rustix::{
    fs::{
        AtFlags, Dir, FileType, Mode, OFlags, ResolveFlags, Stat, fstat, openat2, readlinkat, stat, statat,
    },
    io::Errno,
};

use super::{
    error::{ImportError, Imported},
    ignored::{self, Rules},
    normal,
};

/// A directory with a file of this name holds what `plc vendor` keeps beside a project: no part of any source.
pub const VENDORED: &str = ".plc-vendor";

/// A file that is part of the source.
pub(super) struct File {
    pub(super) path: TreePath,
    pub(super) stat: Stat,
}

/// What a directory holds.
#[derive(Default)]
pub(super) struct Found {
    pub(super) files: Vec<File>,
    pub(super) links: Vec<Entry>,
}

/// Whether its owner may run a file.
pub(super) fn is_executable(stat: &Stat) -> bool {
    stat.st_mode & 0o100 != 0
}

/// Everything below a directory that is not left out. The store is never part of a source: it would have to hold itself.
pub(super) fn walk(name: &str, top: &OwnedFd, rules: Rules, store: &Store) -> Imported<Found> {
    let mut walk = Walk { name, top: top.as_fd(), store, found: Found::default(), pending: Vec::new() };
    walk.pending.push((TreePath::root(), rules));
    while let Some((path, rules)) = walk.pending.pop() {
        walk.directory(&path, rules)?;
    }
    Ok(walk.found)
}

struct Walk<'a> {
    /// The source, as written.
    name: &'a str,
    top: BorrowedFd<'a>,
    store: &'a Store,
    found: Found,
    /// Directories that are still to be looked into, with the rules of the one above.
    pending: Vec<(TreePath, Rules)>,
}

impl Walk<'_> {
    fn directory(&mut self, path: &TreePath, rules: Rules) -> Imported<()> {
        let failed = |error: io::Error| self.failed(path, error);
        let directory = open_directory(self.top, path).map_err(|error| failed(error.into()))?;
        if self.is_the_store(&directory) || statat(&directory, VENDORED, AtFlags::SYMLINK_NOFOLLOW).is_ok() {
            return Ok(());
        }
        let rules = match gitignore(directory.as_fd(), Path::new("")).map_err(failed)? {
            Some(text) => rules.with(path, &text),
            None => rules,
        };
        let entries = Dir::read_from(&directory).map_err(|error| failed(error.into()))?;
        for entry in entries {
            let entry = entry.map_err(|error| self.failed(path, error.into()))?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                self.entry(&directory, path, name, &rules)?;
            }
        }
        Ok(())
    }

    fn entry(&mut self, directory: &OwnedFd, parent: &TreePath, name: &[u8], rules: &Rules) -> Imported<()> {
        let path = self.join(parent, name)?;
        let stat = match statat(directory, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => stat,
            // Gone since it was listed.
            Err(Errno::NOENT) => return Ok(()),
            Err(error) => return Err(self.failed(&path, error.into())),
        };
        let kind = FileType::from_raw_mode(stat.st_mode);
        if rules.leave_out(&path, kind == FileType::Directory) {
            return Ok(());
        }
        match kind {
            FileType::Directory => self.pending.push((path, rules.clone())),
            FileType::RegularFile => self.found.files.push(File { path, stat }),
            FileType::Symlink => {
                let target = readlinkat(directory, name, Vec::new())
                    .map_err(|error| self.failed(&path, error.into()))?;
                // `result-PROFILE`, where the description's own directory is a source.
                if !target.as_bytes().starts_with(self.store.root().as_os_str().as_bytes()) {
                    let kind = Kind::Symlink(target.as_bytes().into());
                    self.found.links.push(normal::entry(path, kind, false));
                }
            }
            _ => {
                return Err(ImportError::Kind { source_path: self.name.into(), path: path.to_string() });
            }
        }
        Ok(())
    }

    fn join(&self, parent: &TreePath, name: &[u8]) -> Imported<TreePath> {
        let path = if parent.is_root() { name.to_vec() } else { [parent.as_bytes(), name].join(&b'/') };
        TreePath::new(&path).map_err(|reason| ImportError::Name {
            path: String::from_utf8_lossy(&path).chars().take(200).collect(),
            reason,
        })
    }

    fn failed(&self, path: &TreePath, source: io::Error) -> ImportError {
        let path = if path.is_root() {
            self.name.to_owned()
        } else {
            format!("{}/{path}", self.name.trim_end_matches('/'))
        };
        ImportError::Io { path, source }
    }

    fn is_the_store(&self, directory: &OwnedFd) -> bool {
        let same = |a: &Stat, b: &Stat| (a.st_dev, a.st_ino) == (b.st_dev, b.st_ino);
        matches!((fstat(directory), stat(self.store.root())), (Ok(a), Ok(b)) if same(&a, &b))
    }
}

/// Opens a directory below another without following any link.
pub(super) fn open_directory(top: BorrowedFd<'_>, path: &TreePath) -> rustix::io::Result<OwnedFd> {
    let path: &[u8] = if path.is_root() { b"." } else { path.as_bytes() };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    openat2(top, path, flags, Mode::empty(), NO_LINKS)
}

const NO_LINKS: ResolveFlags =
    ResolveFlags::BENEATH.union(ResolveFlags::NO_SYMLINKS).union(ResolveFlags::NO_MAGICLINKS);

/// The `.gitignore` of a directory, where it is a file; like Git, no link is followed to one.
pub(super) fn gitignore(top: BorrowedFd<'_>, directory: &Path) -> io::Result<Option<Vec<u8>>> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let path = directory.join(".gitignore");
    let file = match openat2(top, path.as_os_str().as_bytes(), flags, Mode::empty(), NO_LINKS) {
        Ok(file) => std::fs::File::from(file),
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if !file.metadata()?.is_file() {
        return Ok(None);
    }
    let mut text = Vec::new();
    file.take(ignored::LONGEST).read_to_end(&mut text)?;
    Ok(Some(text))
}
