use std::{fs::File, io, path::Path, sync::Arc};

use plc_plan::{
    derivation::{Derivation, Download, Fetch, TreeArguments},
    graph::Node,
};
use plc_store::Store;

use super::*;
use crate::{
    fetch::{FetchError, Sink},
    job::{Source, SourceError},
    progress::Quiet,
    sandbox::{Outcome, Request as SandboxRequest, Runner, SandboxError},
};

/// For derivations that run nothing.
struct NoRunner;

impl Runner for NoRunner {
    fn run(&self, _: &SandboxRequest, _: &File) -> Result<Outcome, SandboxError> {
        Err(SandboxError::Stopped)
    }
}

/// Where files come from, and how that goes wrong.
struct From(fn() -> SourceError);

impl Source for From {
    fn fetch(&self, _: &Fetch, _: &mut dyn Sink, _: &dyn Fn(u64)) -> Result<(), SourceError> {
        Err((self.0)())
    }

    fn download(&self, _: &Download, _: &mut dyn Sink, _: &dyn Fn(u64)) -> Result<(), SourceError> {
        Err((self.0)())
    }
}

fn fetch() -> Builder {
    Builder::Fetch(Arc::new(Fetch {
        archive: "debian".into(),
        suite: "bookworm".into(),
        path: "pool/a.deb".into(),
        sha256: "0".repeat(64),
        size: 1,
    }))
}

/// Builds one derivation without inputs.
fn build_one(root: &Path, builder: Builder, source: &From, rebuild: bool) -> Result<Built, BuildError> {
    let store = Store::open(root).unwrap();
    let derivation = Derivation { name: "one".into(), platform: "amd64".into(), inputs: Vec::new(), builder };
    let hash = derivation.hash();
    let graph = Graph::new([Node { hash, derivation }]).unwrap();
    let context = Context { store: &store, runner: &NoRunner, source };
    let options = Options { jobs: 1, downloads: 1, keep_going: false, rebuild };
    build(&graph, &[hash], &context, &options, &Quiet)
}

fn failure(result: Result<Built, BuildError>) -> JobError {
    match result {
        Err(BuildError::Failed { mut failures, .. }) => failures.remove(0).error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_builder_that_panics_has_failed() {
    let directory = tempfile::tempdir().unwrap();
    let error = failure(build_one(directory.path(), fetch(), &From(|| panic!("out of luck")), false));
    assert!(matches!(&error, JobError::Panicked(text) if text == "out of luck"), "{error}");
}

#[test]
fn a_full_disk_is_not_blamed_on_the_mirror() {
    let full = || SourceError::Fetch(FetchError::Write(io::ErrorKind::StorageFull.into()));
    let directory = tempfile::tempdir().unwrap();
    let help = failure(build_one(directory.path(), fetch(), &From(full), false)).help().unwrap();
    assert!(help.contains("disk") && !help.contains("mirror"), "{help}");
}

#[test]
fn building_again_spares_downloads_only() {
    let directory = tempfile::tempdir().unwrap();
    let source = From(|| SourceError::Offline);
    let tree = || Builder::Tree(TreeArguments { files: Vec::new() });
    let built = |rebuild| build_one(directory.path(), tree(), &source, rebuild).unwrap().built;
    assert_eq!([built(false), built(false), built(true)], [1, 0, 1]);
}
