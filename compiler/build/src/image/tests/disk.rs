//! What is said of each path of a tree, and of each of a file system that the kernel shows.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    os::unix::{
        ffi::OsStrExt,
        fs::{FileTypeExt, MetadataExt},
    },
    path::{Path, PathBuf},
    process::Command,
};

use plc_store::{Entry, Kind, Store, Tree, TreePath, Xattr};

/// What is said of each path: from a tree, or from a file system.
pub(super) type Listing = BTreeMap<Vec<u8>, String>;

pub(super) fn of_tree(tree: &Tree, store: &Store) -> Listing {
    let names = |first: &TreePath| {
        let is_link = |entry: &&Entry| matches!(&entry.kind, Kind::Hardlink(target) if target == first);
        1 + tree.entries().iter().filter(is_link).count()
    };
    let is_in = |path: &TreePath, entry: &Entry| {
        entry.kind == Kind::Directory && entry.path.parent().as_ref() == Some(path)
    };
    let say = |entry: &Entry| {
        let meta = &entry.meta;
        let links = match &entry.kind {
            Kind::Directory => 2 + tree.entries().iter().filter(|other| is_in(&entry.path, other)).count(),
            Kind::Hardlink(first) => names(first),
            Kind::File { .. } => names(&entry.path),
            _ => 1,
        };
        let target = match &entry.kind {
            Kind::Hardlink(target) => tree.get(target).unwrap(),
            _ => entry,
        };
        let kind = match &target.kind {
            Kind::Directory => "directory".into(),
            Kind::File { blob, size } => {
                format!(
                    "{size} bytes {} as {target:?}",
                    blake3::hash(&store.read_blob(blob).unwrap()),
                    target = target.path
                )
            }
            Kind::Symlink(to) => format!("→ {to:?}"),
            Kind::Fifo => "pipe".into(),
            Kind::CharDevice { major, minor } => format!("characters {major} {minor}"),
            Kind::BlockDevice { major, minor } => format!("blocks {major} {minor}"),
            Kind::Hardlink(_) => unreachable!(),
        };
        let mut said = format!("{:o} {}:{} {} {links} {kind}", meta.mode, meta.uid, meta.gid, meta.mtime);
        for Xattr { name, value } in &meta.xattrs {
            write!(said, " {name:?}={value:?}").unwrap();
        }
        (entry.path.as_bytes().to_vec(), said)
    };
    tree.entries().iter().map(say).collect()
}

pub(super) fn of_disk(root: &Path) -> Listing {
    let mut listing = Listing::new();
    let mut first: BTreeMap<u64, TreePath> = BTreeMap::new();
    let mut paths: Vec<PathBuf> = vec![root.to_owned()];
    let mut next = vec![root.to_owned()];
    while let Some(directory) = next.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let entry = entry.unwrap();
            paths.push(entry.path());
            if entry.file_type().unwrap().is_dir() {
                next.push(entry.path());
            }
        }
    }
    paths.sort_by(|a, b| a.as_os_str().as_bytes().cmp(b.as_os_str().as_bytes()));
    for path in paths {
        let meta = fs::symlink_metadata(&path).unwrap();
        let name = path.strip_prefix(root).unwrap().as_os_str().as_bytes().to_vec();
        let kind = meta.file_type();
        let device = || (rustix::fs::major(meta.rdev()), rustix::fs::minor(meta.rdev()));
        let kind = if kind.is_dir() {
            "directory".into()
        } else if kind.is_symlink() {
            format!("→ {:?}", fs::read_link(&path).unwrap().as_os_str().as_bytes())
        } else if kind.is_fifo() {
            "pipe".into()
        } else if kind.is_char_device() {
            format!("characters {} {}", device().0, device().1)
        } else if kind.is_block_device() {
            format!("blocks {} {}", device().0, device().1)
        } else {
            let content = blake3::hash(&fs::read(&path).unwrap());
            let target = first.entry(meta.ino()).or_insert_with(|| TreePath::new(&name).unwrap());
            format!("{} bytes {content} as {target:?}", meta.len())
        };
        assert_eq!(meta.mtime_nsec(), 0);
        let (mode, uid, gid) = (meta.mode() & 0o7777, meta.uid(), meta.gid());
        let mut said = format!("{mode:o} {uid}:{gid} {} {} {kind}", meta.mtime(), meta.nlink());
        let mut buffer = vec![0; 1 << 16];
        let length = rustix::fs::llistxattr(&path, buffer.as_mut_slice()).unwrap();
        let mut names: Vec<Vec<u8>> = buffer[..length].split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
        names.sort();
        for name in names.into_iter().filter(|name| !name.is_empty()) {
            let length = rustix::fs::lgetxattr(&path, name.as_slice(), buffer.as_mut_slice()).unwrap();
            write!(said, " {name:?}={:?}", &buffer[..length]).unwrap();
        }
        listing.insert(name, said);
    }
    listing
}

/// A file system that is mounted as long as this lives.
pub(super) struct Mounted(tempfile::TempDir);

impl Mounted {
    pub(super) fn of(image: &Path) -> Self {
        let place = tempfile::tempdir().unwrap();
        run(Command::new("mount").args(["-o", "loop,ro"]).arg(image).arg(place.path()));
        Self(place)
    }

    /// Where it is mounted.
    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

pub(super) fn run(command: &mut Command) -> String {
    let ran = command.env("LC_ALL", "C").output().unwrap();
    let (out, error) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{command:?}: {out}{error}");
    format!("{out}{error}")
}

pub(super) fn same(seen: &Listing, expected: &Listing) {
    let all = seen.keys().chain(expected.keys());
    let differ: Vec<_> = all
        .filter(|path| seen.get(*path) != expected.get(*path))
        .map(|path| (String::from_utf8_lossy(path), seen.get(path), expected.get(path)))
        .take(5)
        .collect();
    assert!(differ.is_empty(), "{differ:#?}");
}
