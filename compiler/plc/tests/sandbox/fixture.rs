//! A store with a small root file system in it, made of this machine's own shell and tools, and a sandbox for it.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{Read, Seek},
    path::{Path, PathBuf},
    process::Command,
};

use plc_build::sandbox::{Delta, Outcome, ReadBack, Request, Sandbox, SandboxError, Step};
use plc_store::{Entry, Kind, Meta, Store, Tree, TreeDigest, TreePath, Xattr};
use tempfile::TempDir;

const TOOLS: [&str; 21] = [
    "bash", "cat", "chmod", "chown", "env", "id", "ln", "ls", "mkdir", "mkfifo", "mknod", "mount", "mv",
    "readlink", "rm", "rmdir", "sleep", "stat", "sync", "touch", "unshare",
];

/// The time of every file of the root file system.
pub(crate) const THEN: i64 = 1_600_000_000;

/// A file capability as setcap writes it: version 2, `cap_net_raw+ep`.
pub(crate) const CAPABILITY: [u8; 20] = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

pub(crate) fn path(text: &str) -> TreePath {
    TreePath::new(text.as_bytes()).expect("a path in a tree")
}

pub(crate) fn meta(mode: u16) -> Meta {
    Meta { mode, uid: 0, gid: 0, mtime: THEN, xattrs: Vec::new() }
}

/// The entries of a tree to be.
#[derive(Clone, Default)]
pub(crate) struct Entries(pub(crate) BTreeMap<TreePath, Entry>);

impl Entries {
    pub(crate) fn add(&mut self, at: &str, meta: Meta, kind: Kind) {
        let path = path(at);
        let mut parent = path.parent();
        while let Some(directory) = parent {
            parent = directory.parent();
            let entry = Entry { path: directory.clone(), meta: self::meta(0o755), kind: Kind::Directory };
            self.0.entry(directory).or_insert(entry);
        }
        self.0.insert(path.clone(), Entry { path, meta, kind });
    }

    pub(crate) fn file(&mut self, store: &Store, at: &str, meta: Meta, content: &[u8]) {
        let blob = store.put_blob(content).expect("a blob");
        self.add(at, meta, Kind::File { blob, size: content.len() as u64 });
    }

    pub(crate) fn put(&self, store: &Store) -> TreeDigest {
        store.put_tree(&Tree::new(self.0.values().cloned().collect()).expect("a tree")).expect("kept")
    }
}

pub(crate) struct Fixture {
    pub(crate) sandbox: Sandbox,
    pub(crate) store: Store,
    pub(crate) base: Entries,
    pub(crate) directory: TempDir,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let directory = temporary();
        let store = directory.path().join("store");
        Self::with(directory, &store)
    }

    /// With its store at a place of the caller's, who also cleans up.
    pub(crate) fn at(store: &Path) -> Self {
        let parent = store.parent().expect("a directory to be in");
        Self::with(tempfile::tempdir_in(parent).expect("a temporary directory"), store)
    }

    fn with(directory: TempDir, store: &Path) -> Self {
        let store = Store::open(store).expect("a store");
        let sandbox = Sandbox::new(&store, env!("CARGO_BIN_EXE_plc").into()).expect("a helper");
        let base = base(&store);
        Self { sandbox, store, base, directory }
    }

    /// Runs each script as a step of its own, in the base.
    pub(crate) fn run(&self, scripts: &[&str]) -> (Outcome, String) {
        self.try_run(&self.request(scripts)).expect("a sandbox")
    }

    /// The delta of one script that must succeed.
    pub(crate) fn delta(&self, script: &str) -> Delta {
        let (outcome, log) = self.run(&[script]);
        assert!(outcome.failure.is_none(), "{:?}\n{log}", outcome.failure);
        outcome.delta.expect("a delta")
    }

    /// What a script that must succeed prints.
    pub(crate) fn print(&self, script: &str) -> String {
        let (outcome, log) = self.run(&[script]);
        assert!(outcome.failure.is_none(), "{:?}\n{log}", outcome.failure);
        log
    }

    pub(crate) fn request(&self, scripts: &[&str]) -> Request {
        Request {
            layers: vec![self.base.put(&self.store)],
            placed: Vec::new(),
            scaffold: Vec::new(),
            steps: scripts.iter().map(|script| step(script)).collect(),
            read_back: ReadBack::Changes,
        }
    }

    pub(crate) fn try_run(&self, request: &Request) -> Result<(Outcome, String), SandboxError> {
        let mut log = tempfile::tempfile().expect("a log");
        let outcome = self.sandbox.run(request, &log)?;
        let mut text = Vec::new();
        log.rewind().and_then(|()| log.read_to_end(&mut text)).expect("the log");
        Ok((outcome, String::from_utf8_lossy(&text).into_owned()))
    }

    /// What is in the session's directory besides the store's own.
    pub(crate) fn leftovers(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.store.session())
            .expect("the session")
            .map(|entry| entry.expect("a name").path());
        entries.filter(|path| !path.ends_with("incoming") && !path.ends_with("pending")).collect()
    }

    pub(crate) fn read(&self, entry: &Entry) -> String {
        let Kind::File { blob, .. } = &entry.kind else { panic!("{entry:?} is no file") };
        String::from_utf8(self.store.read_blob(blob).expect("the blob")).expect("text")
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        // An ordinary user cannot remove what belongs to his subordinate ids by himself.
        let checkouts = fs::read_dir(self.store.checkouts()).into_iter().flatten().flatten();
        for checkout in checkouts {
            let _ = self.sandbox.remove(&checkout.path());
        }
    }
}

pub(crate) fn step(script: &str) -> Step {
    Step {
        name: "a script".into(),
        argv: ["bash", "-euc", script].map(str::to_owned).into(),
        environment: vec![("PATH".into(), "/bin".into())],
        user: "root".into(),
        directory: "/".into(),
    }
}

/// `mode uid:gid kind` of a path in a delta.
pub(crate) fn summary(delta: &Delta, at: &str) -> String {
    let Some(entry) = find(delta, at) else { return "nothing".into() };
    let kind = match &entry.kind {
        Kind::Directory => "directory".into(),
        Kind::File { size, .. } => format!("file of {size}"),
        Kind::Symlink(target) => format!("link to {}", String::from_utf8_lossy(target)),
        Kind::Hardlink(target) => format!("hard link to {target}"),
        other => format!("{other:?}"),
    };
    format!("{:o} {}:{} {kind}", entry.meta.mode, entry.meta.uid, entry.meta.gid)
}

pub(crate) fn find<'a>(delta: &'a Delta, at: &str) -> Option<&'a Entry> {
    delta.entries.iter().find(|entry| entry.path == path(at))
}

pub(crate) fn names(paths: &[TreePath]) -> Vec<String> {
    paths.iter().map(TreePath::to_string).collect()
}

/// On the file system that the build is on where it can be written: `/tmp` of a container is often one that can hold no
/// overlay.
fn temporary() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))
        .or_else(|_| tempfile::tempdir())
        .expect("a temporary directory")
}

fn base(store: &Store) -> Entries {
    let mut entries = Entries::default();
    for tool in TOOLS {
        let program = find_tool(tool);
        entries.file(store, &format!("bin/{tool}"), meta(0o755), &read(&program));
        for library in libraries(&program) {
            let at = library.strip_prefix("/").expect("absolute").to_str().expect("a plain name");
            entries.file(store, at, meta(0o755), &read(&library));
        }
    }
    entries.add("bin/sh", meta(0o777), Kind::Symlink(b"bash".as_slice().into()));
    let passwd = b"root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n";
    entries.file(store, "etc/passwd", meta(0o644), passwd);
    entries.file(store, "etc/conf", meta(0o644), b"old\n");
    entries.file(store, "etc/conf.d/one", meta(0o640), b"1\n");
    entries.file(store, "etc/conf.d/two", meta(0o640), b"2\n");
    entries.file(store, "lib/twice", meta(0o644), b"twice\n");
    entries.add("lib/twice-too", meta(0o644), Kind::Hardlink(path("lib/twice")));
    entries.file(store, "lib/owned", Meta { mode: 0o4755, uid: 33, gid: 8, ..meta(0) }, b"owned\n");
    let xattrs = vec![Xattr { name: b"security.capability".as_slice().into(), value: CAPABILITY.into() }];
    entries.file(store, "lib/capable", Meta { xattrs, ..meta(0o755) }, b"capable\n");
    entries.add("lib/locked", meta(0), Kind::Directory);
    entries.file(store, "lib/locked/in", meta(0), b"in\n");
    entries
}

fn read(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .unwrap_or_else(|e| panic!("{path:?}: {e}"));
    bytes
}

fn find_tool(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let standard = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"].map(PathBuf::from);
    let mut places = std::env::split_paths(&path).chain(standard);
    places
        .find_map(|place| place.join(name).canonicalize().ok())
        .unwrap_or_else(|| panic!("`{name}` is not installed"))
}

fn libraries(program: &Path) -> Vec<PathBuf> {
    let listed = Command::new(find_tool("ldd")).arg(program).output().expect("ldd");
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    text.split_whitespace().filter(|word| word.starts_with('/')).map(PathBuf::from).collect()
}
