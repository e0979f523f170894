//! A project's directory with a store beside it.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use plc_lang::topology::Source;
use plc_store::{Kind, Store, Tree, TreeDigest};

use super::super::{ImportError, Importer, LockedSource};

pub(super) struct Fixture {
    pub(super) store: Store,
    pub(super) named: BTreeSet<String>,
    pub(super) offline: bool,
    directory: tempfile::TempDir,
}

impl Fixture {
    pub(super) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("project")).unwrap();
        let store = Store::open(&directory.path().join("store")).unwrap();
        Self { store, named: BTreeSet::new(), offline: false, directory }
    }

    /// A path beside the project.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A path of the project.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.beside("project").join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    pub(super) fn link(&self, name: &str, target: &str) {
        std::os::unix::fs::symlink(target, self.path(name)).unwrap();
    }

    fn with_importer<T>(&self, act: impl FnOnce(&Importer<'_>) -> T) -> T {
        let project = self.path("");
        act(&Importer {
            store: &self.store,
            project: &project,
            named: &self.named,
            offline: self.offline,
            progress: &|_| (),
        })
    }

    pub(super) fn import(&self, source: &Source, locked: &[LockedSource]) -> Result<TreeDigest, ImportError> {
        let sources = self.with_importer(|importer| importer.import([source], locked))?;
        Ok(sources.tree(source).unwrap())
    }

    /// The file for what is remembered of a local source.
    pub(super) fn remembered(&self, path: &str) -> PathBuf {
        self.with_importer(|importer| importer.remembered(path))
    }

    pub(super) fn resolve(&self, source: &Source) -> Result<LockedSource, ImportError> {
        self.with_importer(|importer| importer.resolve([source])).map(|mut locked| locked.remove(0))
    }

    pub(super) fn local(&self, path: &str, ignore: &[&str]) -> Result<TreeDigest, ImportError> {
        let ignore = ignore.iter().map(|pattern| (*pattern).to_owned()).collect();
        self.import(&Source::Local { path: path.into(), ignore }, &[])
    }

    pub(super) fn tree(&self, digest: TreeDigest) -> Tree {
        self.store.read_tree(&digest).unwrap()
    }

    /// A line for each entry of a tree but the root: mode, path, content.
    pub(super) fn listing(&self, digest: TreeDigest) -> String {
        let mut text = String::new();
        for entry in &self.tree(digest).entries()[1..] {
            assert_eq!((entry.meta.uid, entry.meta.gid, entry.meta.mtime), (0, 0, 0), "{entry:?}");
            let content = match &entry.kind {
                Kind::File { blob, size } => {
                    let bytes = self.store.read_blob(blob).unwrap();
                    assert_eq!(bytes.len() as u64, *size);
                    format!("{:?}", String::from_utf8_lossy(&bytes))
                }
                Kind::Symlink(target) => format!("→ {}", String::from_utf8_lossy(target)),
                Kind::Directory => "/".into(),
                other => panic!("{other:?}"),
            };
            let _ = writeln!(text, "{:04o} {} {content}", entry.meta.mode, entry.path);
        }
        text
    }
}

/// Runs `git` in a directory, with settings of nobody's.
pub(super) fn git(directory: &Path, arguments: &[&str]) -> String {
    let ran = Command::new("git")
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "init.defaultBranch=main"])
        .args(["-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", "/nonexistent")
        .output()
        .expect("`git` is needed for these tests: install the package `git`");
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8_lossy(&ran.stdout).trim().to_owned()
}
