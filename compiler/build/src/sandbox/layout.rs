//! Lays a tree out as a directory, with owners, modes, times, links and attributes, from inside the user namespace.
//!
//! First all directories: no symbolic link is there yet that a path could lead through. Then, from a few threads, what
//! is in each, by its directory's descriptor and a single name. Then hard links. The directories' own times and modes
//! come last, deepest first.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::File,
    io::{self, Write},
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::Path,
};

use plc_store::{Entry, Kind, Meta, Store, Tree, TreeDigest, TreePath};
use rayon::prelude::*;
use rustix::{
    fs::{
        AtFlags, CWD, FileType, Gid, Mode, OFlags, RenameFlags, ResolveFlags, Timespec, Timestamps,
        UTIME_OMIT, Uid, XattrFlags, chmodat, chownat, copy_file_range, fchmod, fchown, fsetxattr, futimens,
        linkat, mkdirat, mknodat, openat, openat2, renameat_with, symlinkat, utimensat,
    },
    io::Errno,
};

use super::{
    PlacedTree,
    error::{Doing, Inside, InsideError},
    helper::start_threads,
    layers::{Content, Layer},
    remove::remove,
    scratch::Scratch,
    stop::Stop,
};

/// How many entries of one directory are one thread's portion.
const PORTION: usize = 128;

/// Lays out those of the layers that are not on the shelf yet. Others may be at the same: the first to have one ready wins.
pub(super) fn lay_out_layers(
    store: &Store,
    session: &Path,
    shelf: &Path,
    layers: &[Layer],
    stop: &Stop,
) -> Inside<()> {
    for layer in layers {
        let place = shelf.join(layer.name());
        if place.exists() {
            continue;
        }
        let tree = read_tree(store, &layer.tree)?;
        let below = layer.below.map(|below| read_tree(store, &below)).transpose()?;
        let content = match &below {
            None => Content::whole(&tree),
            Some(below) => Content::difference(below, &tree),
        };
        let scratch = Scratch::create(session)?;
        let fresh = scratch.path().join("layer");
        make_directory(&fresh)?;
        fill(store, &content, &fresh, stop)?;
        match renameat_with(CWD, &fresh, CWD, &place, RenameFlags::NOREPLACE) {
            Ok(()) | Err(Errno::EXIST | Errno::NOTEMPTY) => {}
            failed => failed.doing(|| format!("rename a layer to `{}`", place.display()))?,
        }
        scratch.remove()?;
    }
    Ok(())
}

/// Lays out a whole tree where nothing is; leaves nothing there when it fails.
pub(super) fn lay_out_tree(store: &Store, tree: &TreeDigest, target: &Path, stop: &Stop) -> Inside<()> {
    let tree = read_tree(store, tree)?;
    make_directory(target)?;
    let written = fill(store, &Content::whole(&tree), target, stop);
    if written.is_err() {
        // The first error is the one to report.
        let _ = remove(target);
    }
    written
}

/// Lays trees out in an upper layer that is still empty, where they hide what is below.
pub(super) fn place(store: &Store, placed: &[PlacedTree], upper: &Path, stop: &Stop) -> Inside<()> {
    for PlacedTree { path, tree, uid, gid, mtime } in placed {
        if path.parent().is_none_or(|parent| !parent.is_root()) {
            return Err(InsideError::Protocol(format!("a tree is to be placed at `{path}`")));
        }
        let mut tree = read_tree(store, tree)?.entries().to_vec();
        for meta in tree.iter_mut().map(|entry| &mut entry.meta) {
            (meta.uid, meta.gid, meta.mtime) = (*uid, *gid, *mtime);
        }
        let tree = Tree::new(tree).map_err(|error| InsideError::Store(error.to_string()))?;
        let target = upper.join(OsStr::from_bytes(path.as_bytes()));
        make_directory(&target)?;
        fill(store, &Content::whole(&tree), &target, stop)?;
        let directory = openat(CWD, &target, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
            .doing(|| format!("open `{path}`"))?;
        match fsetxattr(&directory, "user.overlay.opaque", b"y", XattrFlags::empty()) {
            // Without attributes nothing below can be hidden; there seldom is anything.
            Ok(()) | Err(Errno::OPNOTSUPP) => {}
            failed => failed.doing(|| format!("hide what is below `{path}`"))?,
        }
    }
    Ok(())
}

fn read_tree(store: &Store, digest: &TreeDigest) -> Inside<Tree> {
    store.read_tree(digest).map_err(|error| InsideError::Store(error.to_string()))
}

fn make_directory(path: &Path) -> Inside<()> {
    mkdirat(CWD, path, Mode::RWXU).doing(|| format!("make the directory `{}`", path.display()))
}

fn fill(store: &Store, content: &Content<'_>, target: &Path, stop: &Stop) -> Inside<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let root = openat(CWD, target, flags, Mode::empty()).doing(|| format!("open `{}`", target.display()))?;
    let writer = Writer { store, root, stop };

    let directories = || content.entries.iter().filter(|entry| entry.kind == Kind::Directory);
    for entry in directories().filter(|entry| !entry.path.is_root()) {
        mkdirat(&writer.root, entry.path.as_bytes(), Mode::RWXU).doing(|| making(&entry.path))?;
    }

    let mut by_parent: BTreeMap<TreePath, Vec<Item<'_>>> = BTreeMap::new();
    let files = content.entries.iter().filter(|e| !matches!(e.kind, Kind::Directory | Kind::Hardlink(_)));
    let items = files.map(|entry| (&entry.path, Item::Entry(entry)));
    for (path, item) in items.chain(content.whiteouts.iter().map(|path| (*path, Item::Whiteout(path)))) {
        // Only the root has no parent, and it is a directory.
        if let Some(parent) = path.parent() {
            by_parent.entry(parent).or_default().push(item);
        }
    }
    let portions: Vec<_> = by_parent
        .iter()
        .flat_map(|(parent, items)| items.chunks(PORTION).map(move |items| (parent, items)))
        .collect();
    start_threads();
    portions.into_par_iter().try_for_each(|(parent, items)| writer.fill(parent, items))?;

    for entry in &content.entries {
        if let Kind::Hardlink(target) = &entry.kind {
            writer.link(target, &entry.path)?;
        }
    }
    for entry in directories().rev() {
        let directory = writer.open(&entry.path)?;
        set_meta(directory.as_fd(), &entry.meta, 0o700).doing(|| making(&entry.path))?;
    }
    Ok(())
}

fn making(path: &TreePath) -> String {
    format!("lay out `{path}`")
}

/// What a directory is filled with.
enum Item<'a> {
    Entry(&'a Entry),
    Whiteout(&'a TreePath),
}

struct Writer<'a> {
    store: &'a Store,
    root: OwnedFd,
    stop: &'a Stop,
}

impl Writer<'_> {
    fn open(&self, directory: &TreePath) -> Inside<OwnedFd> {
        open_beneath(self.root.as_fd(), directory).doing(|| format!("open `{directory}`"))
    }

    fn fill(&self, parent: &TreePath, items: &[Item<'_>]) -> Inside<()> {
        self.stop.check()?;
        let directory = self.open(parent)?;
        for item in items {
            match item {
                Item::Entry(entry) => self.make(directory.as_fd(), entry)?,
                Item::Whiteout(path) => {
                    mknodat(&directory, path.name(), FileType::CharacterDevice, Mode::empty(), 0)
                        .doing(|| format!("hide `{path}`"))?;
                }
            }
        }
        Ok(())
    }

    fn make(&self, directory: BorrowedFd<'_>, entry: &Entry) -> Inside<()> {
        let name = entry.path.name();
        let doing = || making(&entry.path);
        match &entry.kind {
            Kind::File { blob, size } => {
                let content =
                    self.store.open_blob(blob).map_err(|error| InsideError::Store(error.to_string()))?;
                let flags =
                    OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                let made = Mode::from_raw_mode(u32::from(entry.meta.mode) & 0o777);
                let file = File::from(openat(directory, name, flags, made).doing(doing)?);
                match content.plain() {
                    Some(content) => copy(content, &file, *size).doing(doing)?,
                    None => match content.copy_to(&file).doing(doing)? {
                        copied if copied == *size => {}
                        _ => {
                            let error = io::Error::from(io::ErrorKind::UnexpectedEof);
                            return Err(error).doing(doing);
                        }
                    },
                }
                set_meta(file.as_fd(), &entry.meta, entry.meta.mode & 0o777).doing(doing)
            }
            Kind::Symlink(target) => {
                symlinkat(&**target, directory, name).doing(doing)?;
                set_meta_of_name(directory, name, &entry.meta).doing(doing)
            }
            Kind::Fifo => {
                mknodat(directory, name, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).doing(doing)?;
                let mode = Mode::from_raw_mode(u32::from(entry.meta.mode));
                chownat_of(directory, name, &entry.meta).doing(doing)?;
                chmodat(directory, name, mode, AtFlags::empty()).doing(doing)?;
                set_meta_of_name(directory, name, &entry.meta).doing(doing)
            }
            // Only the machine's own root may make devices. The sandbox mounts a `/dev` of its own over these.
            Kind::CharDevice { .. } | Kind::BlockDevice { .. }
                if entry.path.as_bytes().starts_with(b"dev/") =>
            {
                Ok(())
            }
            Kind::CharDevice { .. } | Kind::BlockDevice { .. } => Err(InsideError::Unusable {
                path: entry.path.to_string(),
                what: "is a device outside of `dev`, which cannot be made in a user namespace".into(),
            }),
            // Made before and after.
            Kind::Directory | Kind::Hardlink(_) => Ok(()),
        }
    }

    fn link(&self, target: &TreePath, path: &TreePath) -> Inside<()> {
        let of = |path: &TreePath| self.open(&path.parent().unwrap_or_else(TreePath::root));
        linkat(of(target)?, target.name(), of(path)?, path.name(), AtFlags::empty()).doing(|| making(path))
    }
}

/// Opens a directory of a tree without following any link or entering any mount.
pub(super) fn open_beneath(root: BorrowedFd<'_>, directory: &TreePath) -> rustix::io::Result<OwnedFd> {
    let path: &[u8] = if directory.is_root() { b"." } else { directory.as_bytes() };
    let resolve = ResolveFlags::BENEATH
        | ResolveFlags::NO_SYMLINKS
        | ResolveFlags::NO_MAGICLINKS
        | ResolveFlags::NO_XDEV;
    openat2(root, path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty(), resolve)
}

/// Within the kernel, and by sharing the extents where the file system can.
fn copy(from: &File, to: &File, size: u64) -> io::Result<()> {
    let mut left = size;
    while left > 0 {
        let portion = usize::try_from(left).unwrap_or(usize::MAX).min(1 << 30);
        match copy_file_range(from, None, to, None, portion) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(copied) => left -= copied as u64,
            Err(Errno::INTR) => {}
            // From another file system, or by a kernel that cannot.
            Err(Errno::XDEV | Errno::INVAL | Errno::OPNOTSUPP | Errno::NOSYS) => {
                let (mut from, mut to) = (from, to);
                let copied = io::copy(&mut from, &mut to)?;
                to.flush()?;
                return if copied == left { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// `made` are the permissions that it has already. The owner comes first: changing it takes away setuid and capabilities.
fn set_meta(file: BorrowedFd<'_>, meta: &Meta, made: u16) -> rustix::io::Result<()> {
    if (meta.uid, meta.gid) != (0, 0) {
        fchown(file, Some(Uid::from_raw(meta.uid)), Some(Gid::from_raw(meta.gid)))?;
    }
    if meta.mode != made {
        fchmod(file, Mode::from_raw_mode(u32::from(meta.mode)))?;
    }
    for xattr in &meta.xattrs {
        // Those would tell the overlay to do something.
        if !xattr.name.starts_with(b"user.overlay.") {
            fsetxattr(file, &*xattr.name, &xattr.value, XattrFlags::empty())?;
        }
    }
    futimens(file, &times(meta))
}

fn set_meta_of_name(directory: BorrowedFd<'_>, name: &[u8], meta: &Meta) -> rustix::io::Result<()> {
    chownat_of(directory, name, meta)?;
    utimensat(directory, name, &times(meta), AtFlags::SYMLINK_NOFOLLOW)
}

fn chownat_of(directory: BorrowedFd<'_>, name: &[u8], meta: &Meta) -> rustix::io::Result<()> {
    let (uid, gid) = (Uid::from_raw(meta.uid), Gid::from_raw(meta.gid));
    chownat(directory, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)
}

fn times(meta: &Meta) -> Timestamps {
    let modified = Timespec { tv_sec: meta.mtime, tv_nsec: 0 };
    Timestamps { last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT }, last_modification: modified }
}
