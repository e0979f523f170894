//! Trees that are there for the steps only, and the directory that is read back of them.

use plc_build::sandbox::{PlacedTree, ReadBack, Request};
use plc_store::Kind;

use super::fixture::{Entries, Fixture, meta, names, path, step, summary};

/// A request with a tree at `/build` that belongs to 33:8, whose `out` is read back.
fn request(fixture: &Fixture, scripts: &[&str]) -> Request {
    let mut tree = Entries::default();
    tree.add("", meta(0o755), Kind::Directory);
    tree.file(&fixture.store, "src/a", meta(0o644), b"a\n");
    tree.file(&fixture.store, "src/run", meta(0o755), b"#!/bin/sh\n");
    tree.file(&fixture.store, "out/old", meta(0o644), b"old\n");
    tree.add("src/link", meta(0o777), Kind::Symlink(b"a".as_slice().into()));
    let tree = tree.put(&fixture.store);
    Request {
        placed: vec![PlacedTree { path: path("build"), tree, uid: 33, gid: 8, mtime: 1_000_000 }],
        read_back: ReadBack::Directory(path("build/out")),
        ..fixture.request(scripts)
    }
}

/// Runs a script that must succeed; gives what is read back, and what it has printed.
fn run(fixture: &Fixture, script: &str) -> (plc_build::sandbox::Delta, String) {
    let (outcome, log) = fixture.try_run(&request(fixture, &[script])).expect("a sandbox");
    assert!(outcome.failure.is_none(), "{:?}\n{log}", outcome.failure);
    (outcome.delta.expect("a delta"), log)
}

#[test]
fn a_placed_tree_belongs_to_whom_it_should() {
    let fixture = Fixture::new();
    let (_, log) =
        run(&fixture, "cd /build; stat -c '%n %a %u:%g %Y' . src src/a src/run src/link; cat src/link");
    assert_eq!(
        log,
        ". 755 33:8 1000000\nsrc 755 33:8 1000000\nsrc/a 644 33:8 1000000\nsrc/run 755 33:8 1000000\n\
         src/link 777 33:8 1000000\na\n"
    );
    // Nothing of it was laid out for others, and the next one finds it as it was.
    run(&fixture, "rm -r /build/src; echo changed > /build/out/old");
    let (_, log) = run(&fixture, "cat /build/src/a /build/out/old");
    assert_eq!(log, "a\nold\n");
    assert!(fixture.leftovers().is_empty());
}

#[test]
fn it_hides_what_is_below() {
    let mut fixture = Fixture::new();
    fixture.base.file(&fixture.store, "build/below", meta(0o644), b"x");
    let (_, log) = run(&fixture, "ls /build");
    assert_eq!(log, "out\nsrc\n");
}

#[test]
fn steps_work_where_they_are_told_to() {
    let fixture = Fixture::new();
    let mut request = request(&fixture, &[]);
    request.steps =
        vec![plc_build::sandbox::Step { directory: "/build/src".into(), ..step("echo $PWD; cat a") }];
    let (outcome, log) = fixture.try_run(&request).expect("a sandbox");
    assert!(outcome.failure.is_none(), "{log}");
    assert_eq!(log, "/build/src\na\n");
    request.steps[0].directory = "/build/gone".into();
    let (outcome, _) = fixture.try_run(&request).expect("a sandbox");
    assert_eq!(
        outcome.failure.expect("a failure").reason,
        "cannot be started: No such file or directory (os error 2)"
    );
}

#[test]
fn one_directory_is_read_back_whole_and_alone() {
    let fixture = Fixture::new();
    let script = "cd /build; echo new > out/new; ln out/new out/same; ln -s /etc out/link; mkdir out/d; \
                  echo x > src/b; echo x > /etc/x; rm /lib/owned";
    let (delta, _) = run(&fixture, script);
    let found: Vec<_> = delta.entries.iter().map(|entry| entry.path.clone()).collect();
    assert_eq!(
        names(&found),
        ["build/out", "build/out/d", "build/out/link", "build/out/new", "build/out/old", "build/out/same"]
    );
    assert_eq!(summary(&delta, "build/out/old"), "644 33:8 file of 4");
    assert_eq!(summary(&delta, "build/out/same"), "644 0:0 hard link to build/out/new");
    assert!(delta.removed.is_empty());
}

#[test]
fn a_directory_that_was_made_anew_holds_what_is_new() {
    let fixture = Fixture::new();
    let (delta, _) = run(&fixture, "cd /build; rm -r out; mkdir out; echo new > out/new");
    let found: Vec<_> = delta.entries.iter().map(|entry| entry.path.clone()).collect();
    assert_eq!(names(&found), ["build/out", "build/out/new"]);
}

#[test]
fn what_is_no_directory_is_not_read_back() {
    let fixture = Fixture::new();
    for script in [
        "rm -r /build/out",
        "rm -r /build/out; echo x > /build/out",
        "rm -r /build/out; ln -s /etc /build/out",
        "mv /build /elsewhere; ln -s /elsewhere /build",
        "rm -r /build",
    ] {
        let (delta, _) = run(&fixture, script);
        assert!(delta.entries.is_empty(), "{script}: {delta:?}");
    }
}

#[test]
fn only_names_of_the_root_directory_are_places() {
    let fixture = Fixture::new();
    for bad in ["usr/build", ""] {
        let mut request = request(&fixture, &["true"]);
        request.placed[0].path = path(bad);
        let error = fixture.try_run(&request).expect_err("a place that is none").to_string();
        assert!(error.contains("a tree is to be placed at"), "{error}");
    }
    assert!(fixture.leftovers().is_empty());
}
