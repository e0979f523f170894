//! Trees at places of their own: no package, no process.

use plc_plan::derivation::{Mount, Owner};
use plc_store::{Entry, Kind, TreeDigest};

use super::{
    super::{Inputs, RootfsError, RootfsOutput, build},
    fixture::{Dpkg, Fixture, meta, path},
};

fn mount(path: &str, user: &str, group: &str) -> Mount {
    Mount { path: path.into(), user: user.into(), group: group.into() }
}

/// A root file system with accounts, and some directories that packages may have made.
fn below(it: &Fixture) -> TreeDigest {
    let sticky = Entry { path: path("srv/shared"), meta: meta(0o1777, 2), kind: Kind::Directory };
    let link = Entry {
        path: path("var/www"),
        meta: meta(0o777, 2),
        kind: Kind::Symlink(b"../srv/www".as_slice().into()),
    };
    it.tree(vec![
        it.file("etc/passwd", "root:x:0:0::/:/bin/sh\nweb:x:33:44::/:/bin/sh\n", 2),
        it.file("etc/group", "www:x:55:\n", 2),
        it.file("srv/www/index", "of a package", 9),
        it.file("srv/www/other", "of a package", 2),
        sticky,
        link,
    ])
}

fn lay(it: &Fixture, trees: &[TreeDigest], mounts: &[Mount], overlays: &[TreeDigest]) -> RootfsOutput {
    try_lay(it, trees, mounts, overlays).unwrap()
}

fn try_lay(
    it: &Fixture,
    trees: &[TreeDigest],
    mounts: &[Mount],
    overlays: &[TreeDigest],
) -> Result<RootfsOutput, RootfsError> {
    let (runner, below) = (Dpkg::new(it), below(it));
    let inputs = Inputs { base: &[below], trees, mounts, overlays, ..Inputs::default() };
    let made = build(&it.store, &runner, &inputs);
    assert!(runner.asked.borrow().is_empty(), "nothing is run");
    made
}

/// `mode uid:gid mtime` of paths.
fn lines(it: &Fixture, made: &RootfsOutput, paths: &[&str]) -> Vec<String> {
    let tree = it.store.read_tree(&made.tree).unwrap();
    let line = |at: &&str| match tree.get(&path(at)) {
        Some(Entry { meta, .. }) => format!("{:o} {}:{} {}", meta.mode, meta.uid, meta.gid, meta.mtime),
        None => "nothing".into(),
    };
    paths.iter().map(line).collect()
}

#[test]
fn a_tree_has_one_owner_and_the_way_to_it_is_roots() {
    let it = Fixture::new();
    let tree = it.tree(vec![it.file("a", "a", 0), it.file("d/b", "b", 0)]);
    let made = lay(&it, &[tree], &[mount("/opt/deep/wiki", "web", "www")], &[]);
    assert_eq!(
        lines(&it, &made, &["opt", "opt/deep", "opt/deep/wiki", "opt/deep/wiki/a", "opt/deep/wiki/d/b"]),
        ["755 0:0 9", "755 0:0 9", "755 33:55 9", "644 33:55 9", "644 33:55 9"]
    );
    assert_eq!(it.text(&made.tree, "opt/deep/wiki/d/b"), "b");
    // A name that begins alike is another.
    assert_eq!(lines(&it, &made, &["srv/www/index"]), ["644 0:0 9"]);
}

#[test]
fn a_tree_goes_over_packages_and_under_configuration() {
    let it = Fixture::new();
    let tree = it.tree(vec![it.file("index", "of the tree", 0), it.file("settings", "of the tree", 0)]);
    let configuration = it.tree(vec![it.file("srv/www/settings", "of the description", 0)]);
    let made = lay(&it, &[tree], &[mount("/var/www", "root", "root")], &[configuration]);
    assert_eq!(it.text(&made.tree, "srv/www/index"), "of the tree", "through the link");
    assert_eq!(it.text(&made.tree, "srv/www/other"), "of a package");
    assert_eq!(it.text(&made.tree, "srv/www/settings"), "of the description");
    // A deeper tree comes over the one that it is in.
    let inner = it.tree(vec![it.file("index", "of the inner one", 0)]);
    let outer = it.tree(vec![it.file("www/index", "of the outer one", 0)]);
    let mounts = [mount("/srv", "root", "root"), mount("/srv/www", "web", "root")];
    let made = lay(&it, &[outer, inner], &mounts, &[]);
    assert_eq!(it.text(&made.tree, "srv/www/index"), "of the inner one");
    assert_eq!(
        lines(&it, &made, &["srv", "srv/www/index", "srv/www/other"]),
        ["755 0:0 1", "644 33:0 9", "644 0:0 2"]
    );
}

#[test]
fn directories_that_are_there_stay_roots_and_become_somebody_elses() {
    let it = Fixture::new();
    let tree = it.tree(vec![it.file("shared/a", "a", 0)]);
    let made = lay(&it, &[tree], &[mount("/srv", "root", "root")], &[]);
    assert_eq!(lines(&it, &made, &["srv/shared", "srv/shared/a"]), ["1777 0:0 2", "644 0:0 9"]);
    let made = lay(&it, &[tree], &[mount("/srv", "web", "root")], &[]);
    assert_eq!(lines(&it, &made, &["srv/shared", "srv/shared/a"]), ["755 33:0 9", "644 33:0 9"]);
}

#[test]
fn hard_links_of_a_tree_stay_links() {
    let it = Fixture::new();
    let link = Entry { path: path("b"), meta: meta(0o644, 0), kind: Kind::Hardlink(path("a")) };
    let tree = it.tree(vec![it.file("a", "a", 0), link]);
    let made = lay(&it, &[tree], &[mount("/srv/x", "web", "www")], &[]);
    let tree = it.store.read_tree(&made.tree).unwrap();
    assert_eq!(tree.get(&path("srv/x/b")).unwrap().kind, Kind::Hardlink(path("srv/x/a")));
    assert_eq!(lines(&it, &made, &["srv/x/b"]), ["644 33:55 9"]);
}

#[test]
fn an_owner_must_be_there_and_a_place_a_path() {
    let it = Fixture::new();
    let tree = it.tree(vec![it.file("a", "a", 0)]);
    for (mount, message) in [
        (
            mount("/srv/x", "wiki", "root"),
            "`/srv/x` is to belong to the user `wiki`, which the root file system does not have",
        ),
        (
            mount("/srv/x", "web", "wiki"),
            "`/srv/x` is to belong to the group `wiki`, which the root file system does not have",
        ),
        (mount("/srv/../x", "web", "www"), "`/srv/../x` cannot be a path of the root file system: "),
    ] {
        let error = try_lay(&it, &[tree], &[mount], &[]).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
    // Owners of configuration are looked for as before.
    let owners = [Owner { path: "/srv/www/index".into(), user: "web".into(), group: "www".into() }];
    let (below, over) = (below(&it), it.tree(vec![it.file("srv/www/index", "x", 0)]));
    let inputs = Inputs {
        base: &[below],
        trees: &[tree],
        mounts: &[mount("/srv/www", "root", "root")],
        overlays: &[over],
        owners: &owners,
        ..Inputs::default()
    };
    let made = build(&it.store, &Dpkg::new(&it), &inputs).unwrap();
    assert_eq!(lines(&it, &made, &["srv/www/index", "srv/www/a"]), ["644 33:55 9", "644 0:0 9"]);
}
