//! A runner without the sandbox: lays a tree out below a directory, runs the steps with `chroot` in namespaces that
//! `unshare` makes, reads everything back. Needs root.

use std::{
    cell::RefCell,
    collections::HashMap,
    error::Error,
    fs,
    io::Write,
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, PermissionsExt, lchown, symlink},
    },
    path::{Path, PathBuf},
    process::Command,
};

use plc_store::{Entry, Kind, Meta, Store, Tree, TreePath};

use super::super::Runner;
use crate::sandbox::{Delta, Outcome, Request, StepFailure};

pub(super) struct Chroot<'a> {
    pub(super) store: &'a Store,
    pub(super) directory: PathBuf,
    pub(super) said: RefCell<String>,
}

pub(super) fn lay_out(store: &Store, tree: &Tree, root: &Path) {
    let at = |path: &TreePath| root.join(std::ffi::OsStr::from_bytes(path.as_bytes()));
    for entry in tree.entries() {
        let path = at(&entry.path);
        match &entry.kind {
            Kind::Directory => fs::create_dir_all(&path).unwrap(),
            Kind::File { blob, .. } => {
                std::io::copy(&mut store.open_blob(blob).unwrap(), &mut fs::File::create(&path).unwrap())
                    .unwrap();
            }
            Kind::Symlink(target) => symlink(std::ffi::OsStr::from_bytes(target), &path).unwrap(),
            Kind::Hardlink(target) => fs::hard_link(at(target), &path).unwrap(),
            _ => continue,
        }
        lchown(&path, Some(entry.meta.uid), Some(entry.meta.gid)).unwrap();
        if !matches!(entry.kind, Kind::Symlink(_)) {
            fs::set_permissions(&path, fs::Permissions::from_mode(entry.meta.mode.into())).unwrap();
        }
    }
    for entry in tree.entries().iter().rev() {
        let time = rustix::fs::Timespec { tv_sec: entry.meta.mtime, tv_nsec: 0 };
        let times = rustix::fs::Timestamps { last_access: time, last_modification: time };
        let _ = rustix::fs::utimensat(
            rustix::fs::CWD,
            at(&entry.path),
            &times,
            rustix::fs::AtFlags::SYMLINK_NOFOLLOW,
        );
    }
}

pub(super) fn read_back(store: &Store, root: &Path) -> Vec<Entry> {
    let mut links: HashMap<u64, TreePath> = HashMap::new();
    let mut entries = Vec::new();
    for found in walkdir::WalkDir::new(root).sort_by_file_name() {
        let found = found.unwrap();
        let meta = fs::symlink_metadata(found.path()).unwrap();
        let path = TreePath::new(found.path().strip_prefix(root).unwrap().as_os_str().as_bytes()).unwrap();
        let kind = if meta.is_dir() {
            Kind::Directory
        } else if meta.is_symlink() {
            Kind::Symlink(fs::read_link(found.path()).unwrap().as_os_str().as_bytes().into())
        } else if meta.is_file() {
            let bytes = fs::read(found.path()).unwrap();
            Kind::File { blob: store.put_blob(&bytes).unwrap(), size: bytes.len() as u64 }
        } else {
            continue;
        };
        let _ = (&mut links, meta.nlink());
        entries.push(Entry {
            path,
            meta: Meta {
                mode: (meta.mode() & 0o7777) as u16,
                uid: meta.uid(),
                gid: meta.gid(),
                mtime: meta.mtime(),
                xattrs: Vec::new(),
            },
            kind,
        });
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    // Names of one file, the first as the file.
    for entry in &mut entries {
        let inode =
            fs::symlink_metadata(root.join(std::ffi::OsStr::from_bytes(entry.path.as_bytes()))).unwrap();
        if inode.is_file() && inode.nlink() > 1 {
            match links.get(&inode.ino()) {
                Some(first) => entry.kind = Kind::Hardlink(first.clone()),
                None => {
                    links.insert(inode.ino(), entry.path.clone());
                }
            }
        }
    }
    entries
}

impl Runner for Chroot<'_> {
    fn run(&self, request: &Request) -> Result<Outcome, Box<dyn Error + Send + Sync>> {
        let tree = self.store.read_tree(request.layers.last().unwrap())?;
        let root = &self.directory;
        let _ = fs::remove_dir_all(root);
        lay_out(self.store, &tree, root);
        for file in &request.scaffold {
            let path = root.join(file.path.to_string());
            fs::create_dir_all(path.parent().unwrap())?;
            fs::File::create(&path)?.write_all(&file.content)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(file.mode.into()))?;
        }
        for (index, step) in request.steps.iter().enumerate() {
            let mount = format!(
                "mount -t proc proc {0}/proc; mount -t tmpfs tmpfs {0}/dev; for n in null zero random urandom full tty; do touch {0}/dev/$n; mount --bind /dev/$n {0}/dev/$n; done; ln -s /proc/self/fd {0}/dev/fd; mount -t tmpfs tmpfs {0}/run; mount -t tmpfs tmpfs {0}/tmp; exec chroot {0} \"$@\"",
                root.display()
            );
            let out = Command::new("unshare")
                .args([
                    "--mount", "--pid", "--fork", "--net", "--uts", "--ipc", "--", "sh", "-c", &mount, "sh",
                ])
                .args(&step.argv)
                .env_clear()
                .envs(step.environment.iter().cloned())
                .output()?;
            self.said.borrow_mut().push_str(&String::from_utf8_lossy(&out.stdout));
            self.said.borrow_mut().push_str(&String::from_utf8_lossy(&out.stderr));
            if !out.status.success() {
                let failure = Some(StepFailure { step: index, reason: out.status.to_string() });
                return Ok(Outcome { failure, delta: None });
            }
        }
        for file in &request.scaffold {
            fs::remove_file(root.join(file.path.to_string()))?;
        }
        let entries = read_back(self.store, root);
        let removed = tree
            .entries()
            .iter()
            .filter(|entry| entries.binary_search_by(|there| there.path.cmp(&entry.path)).is_err())
            .filter(|entry| {
                matches!(
                    entry.kind,
                    Kind::Directory | Kind::File { .. } | Kind::Symlink(_) | Kind::Hardlink(_)
                )
            })
            .map(|entry| entry.path.clone())
            .collect();
        Ok(Outcome { failure: None, delta: Some(Delta { removed, opaque: Vec::new(), entries }) })
    }

    fn said(&self) -> String {
        self.said.borrow().clone()
    }
}
