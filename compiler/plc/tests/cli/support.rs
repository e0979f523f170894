//! Running `plc` in directories of its own.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use plc_store::{Entry, Kind, Store, Tree, TreePath};
use serde_json::Value;

/// The program under test.
pub(crate) const PLC: &str = env!("CARGO_BIN_EXE_plc");

/// The top of the project.
pub(crate) fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A directory with a store, to run `plc` in. Whatever the store holds goes away with it, also what belongs to other ids.
pub(crate) struct Place {
    pub(crate) directory: PathBuf,
    temporary: tempfile::TempDir,
}

impl Place {
    /// On the file system that the build is on: `/tmp` of a container is often one that can hold no overlay.
    pub(crate) fn new() -> Self {
        let builder = || {
            let mut builder = tempfile::Builder::new();
            builder.prefix("plc-test-");
            builder
        };
        let there = builder().tempdir_in(env!("CARGO_TARGET_TMPDIR"));
        Self::of(there.or_else(|_| builder().tempdir()).unwrap())
    }

    /// Where other users of this machine can get at it.
    pub(crate) fn in_the_open() -> Self {
        Self::of(tempfile::Builder::new().prefix("plc-test-").tempdir().unwrap())
    }

    fn of(temporary: tempfile::TempDir) -> Self {
        Self { directory: temporary.path().canonicalize().unwrap(), temporary }
    }

    /// A file of this place.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Changes text of a file that must be there, once.
    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {name}");
        self.write(name, &text.replace(from, to));
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.directory.join("store")
    }

    /// From here on the store is an empty one.
    pub(crate) fn forget_store(&self) {
        remove(&self.store());
        assert!(!self.store().exists());
    }

    /// A command that runs `plc` here, with the store of this place and nothing of the caller's environment but PATH.
    pub(crate) fn plc<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, args: I) -> Command {
        let mut command = Command::new(PLC);
        command.args(args).current_dir(&self.directory).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", &self.directory).env("PLC_STORE", self.store());
        command
    }

    /// Runs `plc` and expects an exit code.
    pub(crate) fn run<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, args: I, code: i32) -> Ran {
        Ran::of(&mut self.plc(args), code)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        remove(self.temporary.path());
    }
}

/// Removes a directory with stores. Checkouts belong to subordinate ids when the tests are run by an ordinary user: only inside
/// a user namespace can they be removed.
fn remove(directory: &Path) {
    if fs::remove_dir_all(directory).is_err() {
        let _ = Command::new("unshare")
            .args(["--user", "--map-root-user", "--map-auto", "rm", "-rf"])
            .arg(directory)
            .status();
    }
}

/// What a run printed.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(command: &mut Command, code: i32) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let ran = Self {
            out: String::from_utf8_lossy(&stdout).into_owned(),
            err: String::from_utf8_lossy(&stderr).into_owned(),
        };
        assert_eq!(
            status.code(),
            Some(code),
            "{command:?}\n-- standard output\n{}\n-- standard error\n{}",
            ran.out,
            ran.err
        );
        ran
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// The tree digests of a build's hosts, in their order.
pub(crate) fn host_trees(result: &Value) -> Vec<String> {
    result["hosts"].as_array().unwrap().iter().map(|host| host["tree"].as_str().unwrap().to_owned()).collect()
}

/// The root file system of a host, as the store has it.
pub(crate) struct Root {
    store: Store,
    tree: Tree,
}

impl Root {
    /// Of a host of a build's result.
    pub(crate) fn of(store: &Path, result: &Value, host: &str) -> Self {
        let hosts = result["hosts"].as_array().unwrap();
        let found = hosts.iter().find(|found| found["name"] == host).unwrap();
        let store = Store::open_read_only(store).unwrap();
        let digest = found["tree"].as_str().unwrap().parse().unwrap();
        let tree = store.read_tree(&digest).unwrap();
        Self { store, tree }
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        self.tree.entries()
    }

    pub(crate) fn entry(&self, path: &[u8]) -> Option<&Entry> {
        self.tree.get(&TreePath::new(path).unwrap())
    }

    /// `MODE UID:GID KIND` of a path, or `nothing`.
    pub(crate) fn line(&self, path: &str) -> String {
        let Some(entry) = self.entry(path.as_bytes()) else { return "nothing".into() };
        let kind = match &entry.kind {
            Kind::Directory => "directory".into(),
            Kind::File { size: 0, .. } => "empty".into(),
            Kind::File { .. } => "file".into(),
            Kind::Symlink(target) => format!("→ {}", String::from_utf8_lossy(target)),
            Kind::Hardlink(target) => format!("= {target}"),
            other => format!("{other:?}"),
        };
        format!("{:04o} {}:{} {kind}", entry.meta.mode, entry.meta.uid, entry.meta.gid)
    }

    /// A file's text.
    pub(crate) fn text(&self, path: &str) -> String {
        let entry = self.entry(path.as_bytes()).unwrap_or_else(|| panic!("no {path}"));
        let Kind::File { blob, .. } = &entry.kind else { panic!("{path} is no file") };
        String::from_utf8(self.store.read_blob(blob).unwrap()).unwrap()
    }
}

/// Whether the tests are run by root.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
