//! Reads an upper layer back, after everything that could write to it is dead.
//!
//! | in the upper layer | in the delta |
//! |---|---|
//! | a character device 0/0 | removed |
//! | a directory with `user.overlay.opaque` | opaque |
//! | a socket | nothing: it belongs to a process that is dead |
//! | any attribute but `security.capability` | nothing: it says something of this machine |
//! | what the scaffold put there, as it was put | nothing, nor the directories that were made or copied up for it alone |

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::Path,
};

use plc_store::{Entry, Kind, Meta, Store, TreePath, Xattr};
use rayon::prelude::*;
use rustix::{
    fs::{
        AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, fgetxattr, fstat, major, minor, openat, readlinkat,
        statat,
    },
    io::Errno,
};

use super::{
    Delta, ReadBack, Request,
    error::{Doing, Inside, InsideError},
    helper::start_threads,
    layout::open_beneath,
    protocol::ScaffoldParent,
    stop::Stop,
};

/// From how many entries on threads are worth starting.
const MANY: usize = 64;

/// Reads the upper layer, or one directory of it, and puts the content of its files into the store.
pub(super) fn read(
    store: &Store,
    upper: &Path,
    request: &Request,
    parents: &[ScaffoldParent],
    stop: &Stop,
) -> Inside<Delta> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let root = openat(CWD, upper, flags, Mode::empty()).doing(|| "open the upper layer")?;
    let scaffold = request.scaffold.iter().map(|file| (&file.path, &*file.content)).collect();
    let mut found = Found { scaffold, ..Found::default() };
    if let ReadBack::Directory(top) = &request.read_back {
        match open_beneath(root.as_fd(), top) {
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(Delta::default()),
            opened => drop(opened.doing(|| format!("read back `{top}`"))?),
        }
        found.walk(root.as_fd(), top, stop)?;
    } else {
        found.walk(root.as_fd(), &TreePath::root(), stop)?;
    }
    found.names.sort_by(|a, b| a.path.cmp(&b.path));
    found.forget_parents(parents);
    let entries = found.entries(store, root.as_fd(), stop)?;
    found.removed.sort();
    found.opaque.sort();
    Ok(Delta { removed: found.removed, opaque: found.opaque, entries })
}

#[derive(Default)]
struct Found<'a> {
    scaffold: BTreeMap<&'a TreePath, &'a [u8]>,
    removed: Vec<TreePath>,
    opaque: Vec<TreePath>,
    names: Vec<Name>,
}

/// A name in the upper layer that is part of the delta.
struct Name {
    path: TreePath,
    stat: Stat,
    /// A symbolic link's target.
    target: Box<[u8]>,
}

impl Found<'_> {
    fn walk(&mut self, root: BorrowedFd<'_>, top: &TreePath, stop: &Stop) -> Inside<()> {
        let mut pending = vec![top.clone()];
        while let Some(path) = pending.pop() {
            stop.check()?;
            let doing = || format!("read back `{path}`");
            let directory = open_beneath(root, &path).doing(doing)?;
            let stat = fstat(&directory).doing(doing)?;
            if is_opaque(&directory).doing(doing)? {
                self.opaque.push(path.clone());
            }
            for entry in Dir::read_from(&directory).doing(doing)? {
                let entry = entry.doing(doing)?;
                let name = entry.file_name().to_bytes();
                if name != b"." && name != b".." {
                    pending.extend(self.look_at(&directory, &path, name)?);
                }
            }
            self.names.push(Name { path, stat, target: Box::default() });
        }
        Ok(())
    }

    /// Returns the path where it is a directory.
    fn look_at(&mut self, directory: &OwnedFd, parent: &TreePath, name: &[u8]) -> Inside<Option<TreePath>> {
        let path = join(parent, name)?;
        let doing = || format!("read back `{path}`");
        let stat = statat(directory, name, AtFlags::SYMLINK_NOFOLLOW).doing(doing)?;
        if let Some(placed) = self.scaffold.get(&path)
            && holds(directory, name, &stat, placed).doing(doing)?
        {
            return Ok(None);
        }
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => return Ok(Some(path)),
            FileType::CharacterDevice if stat.st_rdev == 0 => self.removed.push(path),
            FileType::Socket => {}
            FileType::Symlink => {
                let target = readlinkat(directory, name, Vec::new()).doing(doing)?.into_bytes().into();
                self.names.push(Name { path, stat, target });
            }
            _ => self.names.push(Name { path, stat, target: Box::default() }),
        }
        Ok(None)
    }

    /// Drops the directories that are there for the scaffold's sake only.
    fn forget_parents(&mut self, parents: &[ScaffoldParent]) {
        let mut deepest_first: Vec<_> = parents.iter().filter(|parent| !parent.path.is_root()).collect();
        deepest_first.sort_by(|a, b| b.path.cmp(&a.path));
        for parent in deepest_first {
            let Ok(at) = self.names.binary_search_by(|name| name.path.cmp(&parent.path)) else { continue };
            let stat = &self.names[at].stat;
            let untouched = (stat.st_mode & 0o7777, stat.st_uid, stat.st_gid)
                == (parent.mode, parent.uid, parent.gid)
                && FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
            let mut paths = self.names.iter().map(|name| &name.path).chain(&self.removed);
            let mut opaque = self.opaque.iter().filter(|path| **path != parent.path);
            if untouched
                && !paths.any(|path| is_below(path, &parent.path))
                && !opaque.any(|path| is_below(path, &parent.path))
            {
                self.opaque.retain(|path| *path != parent.path);
                self.names.remove(at);
            }
        }
    }

    fn entries(&self, store: &Store, root: BorrowedFd<'_>, stop: &Stop) -> Inside<Vec<Entry>> {
        let mut first_names: BTreeMap<u64, &TreePath> = BTreeMap::new();
        let mut kinds = Vec::with_capacity(self.names.len());
        for name in &self.names {
            let mut first = None;
            if FileType::from_raw_mode(name.stat.st_mode) == FileType::RegularFile && name.stat.st_nlink > 1 {
                let known = *first_names.entry(name.stat.st_ino).or_insert(&name.path);
                first = (known != &name.path).then_some(known);
            }
            kinds.push((name, first));
        }
        let entry = |(name, first): (&Name, Option<&TreePath>)| {
            stop.check()?;
            name.entry(store, root, first)
        };
        if kinds.len() < MANY {
            return kinds.into_iter().map(entry).collect();
        }
        start_threads();
        kinds.into_par_iter().map(entry).collect()
    }
}

impl Name {
    fn entry(&self, store: &Store, root: BorrowedFd<'_>, first: Option<&TreePath>) -> Inside<Entry> {
        let stat = &self.stat;
        let mut xattrs = Vec::new();
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => Kind::Directory,
            FileType::Symlink => Kind::Symlink(self.target.clone()),
            FileType::Fifo => Kind::Fifo,
            FileType::CharacterDevice => {
                Kind::CharDevice { major: major(stat.st_rdev), minor: minor(stat.st_rdev) }
            }
            FileType::BlockDevice => {
                Kind::BlockDevice { major: major(stat.st_rdev), minor: minor(stat.st_rdev) }
            }
            _ => {
                let file = self.open(root).doing(|| format!("read back `{}`", self.path))?;
                xattrs
                    .extend(capability(&file).doing(|| format!("read the capabilities of `{}`", self.path))?);
                match first {
                    Some(first) => Kind::Hardlink(first.clone()),
                    None => keep(store, file, &self.path)?,
                }
            }
        };
        let mode = (stat.st_mode & 0o7777) as u16;
        let mode = if matches!(kind, Kind::Symlink(_)) { 0o777 } else { mode };
        let meta = Meta { mode, uid: stat.st_uid, gid: stat.st_gid, mtime: stat.st_mtime, xattrs };
        Ok(Entry { path: self.path.clone(), meta, kind })
    }

    fn open(&self, root: BorrowedFd<'_>) -> rustix::io::Result<File> {
        let directory = open_beneath(root, &self.path.parent().unwrap_or_else(TreePath::root))?;
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        openat(&directory, self.path.name(), flags, Mode::empty()).map(File::from)
    }
}

fn keep(store: &Store, mut file: File, path: &TreePath) -> Inside<Kind> {
    let refused = |error: plc_store::StoreError| InsideError::Store(error.to_string());
    let mut writer = store.blob_writer().map_err(refused)?;
    io::copy(&mut file, &mut writer).doing(|| format!("copy `{path}` into the store"))?;
    let (blob, size) = writer.finish().map_err(refused)?;
    Ok(Kind::File { blob, size })
}

/// Whether a name is that of a file with this content.
fn holds(directory: &OwnedFd, name: &[u8], stat: &Stat, content: &[u8]) -> io::Result<bool> {
    let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    if !is_file || usize::try_from(stat.st_size) != Ok(content.len()) {
        return Ok(false);
    }
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut found = Vec::with_capacity(content.len());
    File::from(openat(directory, name, flags, Mode::empty())?).read_to_end(&mut found)?;
    Ok(found == content)
}

fn capability(file: &File) -> rustix::io::Result<Option<Xattr>> {
    let name = "security.capability";
    let mut value = [0; 64];
    match fgetxattr(file, name, &mut value) {
        Ok(length) => Ok(Some(Xattr { name: name.as_bytes().into(), value: value[..length].into() })),
        Err(Errno::NODATA | Errno::OPNOTSUPP) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_opaque(directory: &OwnedFd) -> rustix::io::Result<bool> {
    let mut value = [0; 8];
    match fgetxattr(directory, "user.overlay.opaque", &mut value) {
        Ok(length) => Ok(&value[..length] == b"y"),
        Err(Errno::NODATA | Errno::OPNOTSUPP) => Ok(false),
        Err(error) => Err(error),
    }
}

fn join(parent: &TreePath, name: &[u8]) -> Inside<TreePath> {
    let mut path = parent.as_bytes().to_vec();
    if !path.is_empty() {
        path.push(b'/');
    }
    path.extend(name);
    TreePath::new(&path).map_err(|error| InsideError::Unusable {
        path: String::from_utf8_lossy(&path).chars().take(200).collect(),
        what: format!("cannot be kept: {error}"),
    })
}

fn is_below(path: &TreePath, directory: &TreePath) -> bool {
    let (path, directory) = (path.as_bytes(), directory.as_bytes());
    path.len() > directory.len() && path.starts_with(directory) && path[directory.len()] == b'/'
}
