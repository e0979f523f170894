//! Writing and pruning the directory. It belongs to the project, and so to whoever wrote that: nothing is written or removed
//! through a symbolic link, and nothing but what `plc vendor` has put there.

use std::{
    fs::File,
    io::{self, Read, Write},
    os::{
        fd::{AsFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::{Component, Path, PathBuf},
};

use plc_build::source::VENDORED;
use rustix::{
    fs::{
        AtFlags, CWD, Dir, FileType, Mode, OFlags, ResolveFlags, fsync, mkdirat, openat, openat2, renameat,
        statat, unlinkat,
    },
    io::Errno,
};

/// What the marker says.
const MARKER: &str =
    "Made by `plc vendor`, which removes what the lock does not name. No part of any source.\n";

/// How deep files lie, at most.
const DEEPEST: usize = 24;

/// Where a file is written before it is whole.
const PARTIAL: &str = ".plc-partial-";

/// The directory, opened to write.
pub(crate) struct Directory {
    top: OwnedFd,
}

impl Directory {
    /// Makes it where there is none.
    ///
    /// # Errors
    /// When it cannot be made, is a symbolic link, or holds something that is not ours.
    pub(crate) fn open(root: &Path) -> io::Result<Self> {
        match mkdirat(CWD, root, Mode::from_raw_mode(0o777)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let top = openat(CWD, root, flags, Mode::empty())?;
        let directory = Self { top };
        if !directory.is_marked() {
            if !directory.names(Path::new(""))?.is_empty() {
                return Err(io::Error::other("it is there already, and was not made by `plc vendor`"));
            }
            directory.write(Path::new(VENDORED), &mut MARKER.as_bytes())?;
        }
        Ok(directory)
    }

    fn is_marked(&self) -> bool {
        let found = statat(&self.top, VENDORED, AtFlags::SYMLINK_NOFOLLOW);
        found.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile)
    }

    /// Writes a file in one step, over whatever is there.
    ///
    /// # Errors
    /// When it cannot be read or written, or a symbolic link is on its way.
    pub(crate) fn write(&self, path: &Path, from: &mut dyn Read) -> io::Result<()> {
        let (parent, name) = split(path)?;
        let parent = self.make(parent)?;
        let partial = format!("{PARTIAL}{}", std::process::id());
        // Made here and now: whatever a project has put in its place, a pipe for example, is not opened.
        let _ = unlinkat(&parent, &partial, AtFlags::empty());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mut write = || -> io::Result<()> {
            let mut file = File::from(openat(&parent, &partial, flags, Mode::from_raw_mode(0o666))?);
            io::copy(from, &mut file)?;
            file.flush()?;
            // The name must not reach the disk before the content.
            file.sync_all()?;
            renameat(&parent, &partial, &parent, name)?;
            Ok(fsync(&parent)?)
        };
        let written = write();
        if written.is_err() {
            let _ = unlinkat(&parent, &partial, AtFlags::empty());
        }
        written
    }

    /// Removes what is ours and not among the paths that are to stay, and directories that are empty then. Gives what was
    /// removed, sorted.
    ///
    /// # Errors
    /// When it cannot be read or changed.
    pub(crate) fn prune(&self, stays: &dyn Fn(&Path) -> bool) -> io::Result<Vec<PathBuf>> {
        let mut removed = Vec::new();
        let (files, mut directories) = self.found()?;
        for path in files.into_iter().filter(|path| !stays(path)) {
            let (parent, name) = split(&path)?;
            unlinkat(self.below(parent)?, name, AtFlags::empty())?;
            removed.push(path);
        }
        // The deepest first; those that are not empty stay.
        directories.sort();
        for path in directories.into_iter().rev() {
            let (parent, name) = split(&path)?;
            let _ = unlinkat(self.below(parent)?, name, AtFlags::REMOVEDIR);
        }
        removed.retain(|path| !is_partial(path));
        removed.sort();
        Ok(removed)
    }

    /// The files that are ours, whether or not anybody wants them, and the directories.
    fn found(&self) -> io::Result<(Vec<PathBuf>, Vec<PathBuf>)> {
        let (mut files, mut directories) = (Vec::new(), Vec::new());
        let mut open = vec![PathBuf::new()];
        while let Some(path) = open.pop() {
            for (name, kind) in self.names(&path)? {
                let path = path.join(name);
                match kind {
                    FileType::Directory if path.components().count() < DEEPEST => {
                        directories.push(path.clone());
                        open.push(path);
                    }
                    FileType::Directory => {}
                    _ if is_ours(&path) => files.push(path),
                    _ => {}
                }
            }
        }
        Ok((files, directories))
    }

    /// What a directory holds.
    fn names(&self, path: &Path) -> io::Result<Vec<(PathBuf, FileType)>> {
        let directory = self.below(path)?;
        let mut names = Vec::new();
        for entry in Dir::read_from(&directory)? {
            let entry = entry?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let stat = statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW)?;
            let text = std::ffi::OsStr::from_bytes(name.to_bytes());
            names.push((text.into(), FileType::from_raw_mode(stat.st_mode)));
        }
        Ok(names)
    }

    /// A directory below, through no symbolic link.
    fn below(&self, path: &Path) -> io::Result<OwnedFd> {
        let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        Ok(openat2(&self.top, path, flags, Mode::empty(), ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS)?)
    }

    /// The same, made where it is missing.
    fn make(&self, path: &Path) -> io::Result<OwnedFd> {
        let mut directory = self.top.as_fd().try_clone_to_owned()?;
        let mut so_far = PathBuf::new();
        for part in path.components() {
            match mkdirat(&directory, part.as_os_str(), Mode::from_raw_mode(0o777)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
            so_far.push(part);
            directory = self.below(&so_far)?;
        }
        Ok(directory)
    }
}

/// Files that are ours and that nobody wants, sorted; of a directory that is not ours, none.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn superfluous(root: &Path, stays: &dyn Fn(&Path) -> bool) -> io::Result<Vec<PathBuf>> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let top = match openat(CWD, root, flags, Mode::empty()) {
        Err(Errno::NOENT) => return Ok(Vec::new()),
        other => other?,
    };
    let directory = Directory { top };
    if !directory.is_marked() {
        return Ok(Vec::new());
    }
    let (mut files, _) = directory.found()?;
    files.retain(|path| !stays(path) && !is_partial(path));
    files.sort();
    Ok(files)
}

/// A path's directory and name.
fn split(path: &Path) -> io::Result<(&Path, &std::ffi::OsStr)> {
    let is_inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if is_inside => Ok((parent, name)),
        _ => Err(io::Error::other(format!("`{}` is no path inside of it", path.display()))),
    }
}

fn is_partial(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_bytes().starts_with(PARTIAL.as_bytes()))
}

/// Whether `plc vendor` may have written a file.
fn is_ours(path: &Path) -> bool {
    let mut parts = path.components();
    let below = parts.next().map(|part| part.as_os_str());
    let is_hash = |name: &[u8]| name.len() == 64 && name.iter().all(u8::is_ascii_hexdigit);
    let name = path.file_name().unwrap_or_default().as_bytes();
    is_partial(path)
        || (below == Some("archives".as_ref()) && name.ends_with(b".deb"))
        || (below == Some("files".as_ref()) && is_hash(name))
}
