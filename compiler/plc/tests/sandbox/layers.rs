//! Trees as directories: one over the other for the sandbox, whole on demand.

use std::{fs, os::unix::fs::MetadataExt, path::PathBuf};

use plc_store::{Kind, TreeDigest};

use super::fixture::{Fixture, THEN, meta, path};

fn checkouts(fixture: &Fixture) -> Vec<PathBuf> {
    let shelves = fs::read_dir(fixture.store.checkouts())
        .expect("checkouts")
        .map(|shelf| shelf.expect("a shelf").path());
    shelves
        .flat_map(|shelf| fs::read_dir(shelf).expect("a shelf"))
        .map(|layer| layer.expect("a layer").path())
        .collect()
}

#[test]
fn a_chain_shows_its_last_tree() {
    let fixture = Fixture::new();
    let mut second = fixture.base.clone();
    second.file(&fixture.store, "etc/conf", meta(0o600), b"second\n");
    second.0.remove(&path("etc/conf.d/one"));
    second.file(&fixture.store, "etc/role/name", meta(0o644), b"role\n");
    second.add("lib/twice-more", meta(0o644), Kind::Hardlink(path("lib/twice")));
    let mut third = second.clone();
    third.0.retain(|path, _| !path.as_bytes().starts_with(b"etc/conf.d"));
    third.file(&fixture.store, "etc/conf.d", meta(0o644), b"a file now\n");
    third.0.remove(&path("etc/conf"));
    third.add("etc/conf/in", meta(0o700), Kind::Directory);

    let mut request = fixture.request(&[
        "cat /etc/role/name; test ! -e /etc/conf.d/one; stat -c '%h %Y' /lib/twice /lib/twice-more /lib/twice-too",
        "cat /etc/conf.d; stat -c %a /etc/conf /etc/conf/in; test ! -e /etc/conf.d/two; stat -c %Y /etc",
    ]);
    request.layers = [&fixture.base, &second, &third].map(|entries| entries.put(&fixture.store)).into();
    let (outcome, log) = fixture.try_run(&request).expect("a sandbox");
    assert!(outcome.failure.is_none(), "{log}");
    let links = format!("3 {THEN}\n").repeat(3);
    assert_eq!(log, format!("role\n{links}a file now\n755\n700\n{THEN}\n"));
    assert_eq!(checkouts(&fixture).len(), 3);

    // The second tree's layer is shared by another third.
    request.layers.pop();
    request.steps.truncate(1);
    assert!(fixture.try_run(&request).expect("a sandbox").0.failure.is_none());
    assert_eq!(checkouts(&fixture).len(), 3);
}

#[test]
fn a_whole_directory_has_what_the_tree_has() {
    let fixture = Fixture::new();
    let tree = fixture.base.put(&fixture.store);
    let target = fixture.directory.path().join("whole");
    fixture.sandbox.lay_out(&tree, &target).expect("laid out");
    let stat = |at: &str| fs::symlink_metadata(target.join(at)).expect("it is there");
    assert_eq!(fs::read(target.join("etc/conf")).expect("readable"), b"old\n");
    assert_eq!((stat("lib/owned").mode() & 0o7777, stat("lib/owned").mtime()), (0o4755, THEN));
    assert_eq!(stat("lib/twice").ino(), stat("lib/twice-too").ino());
    assert_eq!(stat("lib/locked").mode() & 0o7777, 0);
    assert_eq!(stat("").mtime(), THEN);
    if rustix::process::geteuid().is_root() {
        assert_eq!(stat("lib/owned").uid(), 33);
    } else {
        assert_ne!(stat("lib/owned").uid(), stat("lib/twice").uid());
    }
    let again = fixture.sandbox.lay_out(&tree, &target).expect_err("it is there").to_string();
    assert!(again.contains("File exists"), "{again}");
    assert!(target.join("etc/conf").exists(), "what was there stays");
    fixture.sandbox.remove(&target).expect("removed");
    assert!(!target.exists());
    fixture.sandbox.remove(&target).expect("nothing to remove");
}

#[test]
fn a_missing_tree_is_an_error_that_leaves_nothing() {
    let fixture = Fixture::new();
    let target = fixture.directory.path().join("whole");
    let nothing = TreeDigest::from_bytes([7; 32]);
    assert!(fixture.sandbox.lay_out(&nothing, &target).is_err() && !target.exists());
    let mut request = fixture.request(&["true"]);
    request.layers = vec![nothing];
    assert!(fixture.try_run(&request).is_err());
    assert!(fixture.leftovers().is_empty() && checkouts(&fixture).is_empty());
}
