//! Builders of files that no package has, with a sandbox that is played.

use std::{cell::RefCell, fs::File, sync::Mutex};

use plc_plan::derivation::{Derivation, Extract, PackageVersion, RunArguments, SourceTree};
use plc_store::{Entry, Kind, Meta, Tree, TreeDigest, TreePath};

use super::*;
use crate::{
    progress::Quiet,
    request::Request,
    sandbox::{Delta, Outcome, ReadBack, Request as SandboxRequest, StepFailure},
};

/// Says what a test wants to hear, and remembers what it was asked for.
#[derive(Default)]
struct Played {
    outcome: Mutex<Option<Outcome>>,
    asked: Mutex<Vec<SandboxRequest>>,
}

impl Runner for Played {
    fn run(&self, request: &SandboxRequest, _: &File) -> Result<Outcome, SandboxError> {
        self.asked.lock().unwrap().push(request.clone());
        self.outcome.lock().unwrap().take().ok_or(SandboxError::Stopped)
    }
}

struct Nowhere;

impl Source for Nowhere {
    fn fetch(&self, _: &Fetch, _: &mut dyn Sink, _: &dyn Fn(u64)) -> Result<(), SourceError> {
        Err(SourceError::Offline)
    }

    fn download(&self, _: &Download, _: &mut dyn Sink, _: &dyn Fn(u64)) -> Result<(), SourceError> {
        Err(SourceError::Offline)
    }
}

struct Fixture {
    store: Store,
    runner: Played,
    inputs: RefCell<Vec<(Role, Realisation)>>,
    _directory: tempfile::TempDir,
}

fn path(text: &str) -> TreePath {
    TreePath::new(text.as_bytes()).unwrap()
}

fn entry(at: &str, mode: u16, kind: Kind) -> Entry {
    let meta = Meta { mode, uid: 1000, gid: 1000, mtime: 77, xattrs: Vec::new() };
    Entry { path: path(at), meta, kind }
}

impl Fixture {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("store")).unwrap();
        Self { store, runner: Played::default(), inputs: RefCell::default(), _directory: directory }
    }

    fn file(&self, at: &str, mode: u16, text: &str) -> Entry {
        let blob = self.store.put_blob(text.as_bytes()).unwrap();
        entry(at, mode, Kind::File { blob, size: text.len() as u64 })
    }

    fn tree(&self, mut entries: Vec<Entry>) -> TreeDigest {
        entries.push(entry("", 0o755, Kind::Directory));
        self.store.put_tree(&Tree::new(entries).unwrap()).unwrap()
    }

    fn input(&self, role: Role, output: Output) {
        let realisation = Realisation {
            resolved: plc_store::ResolvedHash::from_bytes([0; 32]),
            derivation: plc_store::DerivationHash::from_bytes([0; 32]),
            layers: match output {
                Output::Tree(tree) => vec![tree],
                Output::Blob { .. } => Vec::new(),
            },
            output,
        };
        self.inputs.borrow_mut().push((role, realisation));
    }

    /// What the steps leave, or how they fail.
    fn plays(&self, failure: Option<StepFailure>, entries: Vec<Entry>) {
        let delta = failure.is_none().then(|| Delta { entries, ..Delta::default() });
        *self.runner.outcome.lock().unwrap() = Some(Outcome { failure, delta });
    }

    fn build(&self, builder: Builder) -> Result<Output, JobError> {
        let derivation =
            Derivation { name: "one".into(), platform: "amd64".into(), inputs: Vec::new(), builder };
        let inputs = self.inputs.borrow().clone();
        let request = Request { hash: derivation.hash(), derivation, inputs };
        let context = Context { store: &self.store, runner: &self.runner, source: &Nowhere };
        let shared = Shared::new(&self.store, false, &|_| ());
        run(&request, &context, &shared, &Quiet).map(|realisation| realisation.output)
    }

    /// Mode, owner, time and kind of each entry of a tree.
    fn lines(&self, output: &Output) -> Vec<String> {
        let Output::Tree(tree) = output else { panic!("{output:?}") };
        let tree = self.store.read_tree(tree).unwrap();
        let line = |Entry { path, meta, kind }: &Entry| {
            let kind = match kind {
                Kind::File { size, .. } => format!("file of {size}"),
                Kind::Hardlink(target) => format!("= {target}"),
                Kind::Symlink(target) => format!("→ {}", String::from_utf8_lossy(target)),
                _ => "/".into(),
            };
            format!("{:o} {}:{} {} `{path}` {kind}", meta.mode, meta.uid, meta.gid, meta.mtime)
        };
        tree.entries().iter().map(line).collect()
    }
}

fn commands(output: &str) -> Builder {
    Builder::Run(Box::new(RunArguments {
        commands: vec!["npm ci".into(), "\n  npm run build\n  true\n".into()],
        environment: vec![("HOME".into(), "/elsewhere".into()), ("MODE".into(), "production".into())],
        output: output.into(),
    }))
}

/// A root file system and a source.
fn prepared() -> Fixture {
    let it = Fixture::new();
    let passwd = it.file("etc/passwd", 0o644, "root:x:0:0::/root:/bin/sh\n");
    let root = it.tree(vec![entry("etc", 0o755, Kind::Directory), passwd]);
    it.input(Role::Root, Output::Tree(root));
    it.input(Role::Source, Output::Tree(it.tree(vec![it.file("package.json", 0o644, "{}")])));
    it
}

#[test]
fn commands_are_given_to_a_shell_with_all_that_they_may_count_on() {
    let it = prepared();
    it.plays(None, vec![entry("build/dist", 0o755, Kind::Directory), it.file("build/dist/a", 0o644, "a")]);
    it.build(commands("dist")).unwrap();
    let asked = it.runner.asked.lock().unwrap().remove(0);
    let [root, source] = [0, 1].map(|index| it.inputs.borrow()[index].1.layers.clone());
    assert_eq!(asked.layers, root);
    let placed = &asked.placed[0];
    assert_eq!((asked.placed.len(), placed.path.to_string(), placed.tree), (1, "build".into(), source[0]));
    assert_eq!((placed.uid, placed.gid, placed.mtime), (1000, 1000, 315_532_800));
    assert_eq!(asked.read_back, ReadBack::Directory(path("build/dist")));
    let argv: Vec<_> = asked.steps.iter().map(|step| step.argv.clone()).collect();
    assert_eq!(argv[0], ["/bin/sh", "-eu", "-c", "npm ci"]);
    assert_eq!(argv[1][3], "\n  npm run build\n  true\n");
    for step in &asked.steps {
        assert_eq!((&*step.user, &*step.directory), ("build", "/build"));
        // As a process sees it: of a name that is there twice, the later one.
        let seen: std::collections::BTreeMap<_, _> = step.environment.iter().cloned().collect();
        let seen: Vec<String> = seen.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            seen,
            [
                "HOME=/elsewhere",
                "LC_ALL=C.UTF-8",
                "LOGNAME=build",
                "MODE=production",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "SHELL=/bin/sh",
                "SOURCE_DATE_EPOCH=315532800",
                "TERM=dumb",
                "TZ=UTC",
                "USER=build",
            ]
        );
    }
    let accounts: Vec<String> =
        asked.scaffold.iter().map(|file| String::from_utf8_lossy(&file.content).into_owned()).collect();
    assert_eq!(
        accounts,
        ["build:x:1000:1000::/build:/bin/sh\nroot:x:0:0::/root:/bin/sh\n", "build:x:1000:\n"]
    );
}

#[test]
fn the_result_is_nobodys_and_of_no_time() {
    let it = prepared();
    it.plays(
        None,
        vec![
            entry("build/dist", 0o2750, Kind::Directory),
            it.file("build/dist/a", 0o4755, "a"),
            entry("build/dist/b", 0o755, Kind::Hardlink(path("build/dist/a"))),
            entry("build/dist/l", 0o777, Kind::Symlink(b"a".as_slice().into())),
        ],
    );
    let output = it.build(commands("./dist/")).unwrap();
    assert_eq!(
        it.lines(&output),
        ["750 0:0 0 `` /", "755 0:0 0 `a` file of 1", "755 0:0 0 `b` = a", "777 0:0 0 `l` → a"]
    );
    // All of the directory, where no part of it is named.
    it.plays(None, vec![entry("build", 0o755, Kind::Directory), it.file("build/a", 0o600, "a")]);
    assert_eq!(it.lines(&it.build(commands("")).unwrap())[1], "600 0:0 0 `a` file of 1");
}

#[test]
fn failures_and_missing_results_are_named() {
    let it = prepared();
    it.plays(Some(StepFailure { step: 1, reason: "exit status 2".into() }), Vec::new());
    let error = it.build(commands("dist")).unwrap_err();
    assert_eq!(error.to_string(), "command 2 of 2, `npm run build …`, failed: exit status 2");
    assert!(error.has_log());
    let top = || entry("build/dist", 0o755, Kind::Directory);
    for (output, entries, message) in [
        ("dist", vec![], "all commands succeeded, and there is no directory `dist`"),
        ("dist", vec![top()], "all commands succeeded, and the directory `dist` is empty"),
        ("", vec![entry("build", 0o755, Kind::Directory)], "all commands succeeded, and nothing is left"),
        (
            "dist",
            vec![top(), entry("build/dist/pipe", 0o644, Kind::Fifo)],
            "all commands succeeded, and `pipe` of their result is a named pipe or a device",
        ),
    ] {
        it.plays(None, entries);
        let error = it.build(commands(output)).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert!(error.has_log());
    }
}

#[test]
fn without_a_source_there_is_an_empty_directory() {
    let it = prepared();
    it.inputs.borrow_mut().pop();
    it.plays(None, vec![entry("build", 0o755, Kind::Directory), it.file("build/a", 0o644, "a")]);
    it.build(commands("")).unwrap();
    let asked = it.runner.asked.lock().unwrap().remove(0);
    let tree = it.store.read_tree(&asked.placed[0].tree).unwrap();
    assert_eq!(tree.entries().len(), 1);
    it.inputs.borrow_mut().clear();
    let error = it.build(commands("")).unwrap_err();
    assert_eq!(error.to_string(), "the derivation lacks a usable `root` input");
}

#[test]
fn a_source_is_what_was_put_into_the_store() {
    let it = Fixture::new();
    let tree = it.tree(vec![it.file("a", 0o644, "a")]);
    assert_eq!(it.build(Builder::Source(SourceTree { tree })).unwrap(), Output::Tree(tree));
    let gone = TreeDigest::from_bytes([9; 32]);
    assert!(matches!(it.build(Builder::Source(SourceTree { tree: gone })), Err(JobError::Store(_))));
}

#[test]
fn a_file_becomes_a_tree() {
    let it = Fixture::new();
    let digest = it.store.put_blob(b"one").unwrap();
    it.input(Role::File, Output::Blob { digest, size: 3 });
    let output = it.build(Builder::Extract(Extract::File("wiki.phar".into()))).unwrap();
    assert_eq!(it.lines(&output), ["755 0:0 0 `` /", "644 0:0 0 `wiki.phar` file of 3"]);
    let error = it.build(Builder::Extract(Extract::Archive)).unwrap_err();
    assert!(error.to_string().starts_with("the file is no tar archive that can be unpacked"), "{error}");
}

#[test]
fn a_package_is_held_against_its_hash_when_it_is_unpacked() {
    let it = Fixture::new();
    let digest = it.store.put_blob(b"!<arch>\n").unwrap();
    it.input(Role::Deb, Output::Blob { digest, size: 8 });
    let package = PackageVersion { name: "p".into(), version: "1".into(), architecture: "all".into() };
    let unpack = || it.build(Builder::Unpack(package.clone().into())).unwrap_err();
    assert!(matches!(unpack(), JobError::Deb(_)));
    let blob = it.store.blob_path(&digest).unwrap();
    std::fs::remove_file(&blob).unwrap();
    std::fs::write(&blob, b"!<ARCH>\n").unwrap();
    assert!(matches!(unpack(), JobError::Store(StoreError::Damaged { .. })));
}

#[test]
fn a_download_that_fails_does_not_blame_mirrors() {
    let it = Fixture::new();
    let download = Download { url: "https://example.invalid/a".into(), sha256: "0".repeat(64) };
    let error = it.build(Builder::Download(download.into())).unwrap_err();
    assert_eq!(error.help().as_deref(), Some("leave out `--offline` once"));
    let error = JobError::Download(SourceError::Fetch(FetchError::Nowhere));
    assert!(error.help().is_some_and(|help| help.contains("sha256") && !help.contains("mirror")));
}
