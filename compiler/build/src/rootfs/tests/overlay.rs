//! Configuration over a root file system: no package, no process.

use plc_plan::derivation::Owner;
use plc_store::{Entry, Kind};

use super::{
    super::{Inputs, RootfsError, build},
    fixture::{Dpkg, Fixture, meta, path},
};

fn owner(path: &str, user: &str, group: &str) -> Owner {
    Owner { path: path.to_owned(), user: user.to_owned(), group: group.to_owned() }
}

#[test]
fn files_replace_and_directories_stay() {
    let it = Fixture::new();
    let link = Entry {
        path: path("etc/link"),
        meta: meta(0o777, 2),
        kind: Kind::Symlink(b"real".as_slice().into()),
    };
    let private = Entry { path: path("etc/private"), meta: meta(0o700, 2), kind: Kind::Directory };
    let passwd = it.file("etc/passwd", "root:x:0:0::/:/bin/sh\nweb:x:33:44::/:/bin/sh\n", 2);
    let group = it.file("etc/group", "www:x:55:\n", 2);
    let files =
        vec![link, private, passwd, group, it.file("etc/real/a", "old", 2), it.file("etc/b", "old", 9)];
    let below = it.tree(files);
    let over = it.tree(vec![
        it.file("etc/link/a", "new", 0),
        it.file("etc/private/c", "c", 0),
        it.file("etc/b", "b", 0),
    ]);
    let runner = Dpkg::new(&it);
    let owners = [owner("/etc/private/c", "web", "www"), owner("/etc/b", "root", "root")];
    let inputs = Inputs { base: &[below], overlays: &[over], owners: &owners, ..Inputs::default() };
    let made = build(&it.store, &runner, &inputs).unwrap();
    assert!(runner.asked.borrow().is_empty(), "nothing is run");
    assert_eq!(made.layers, [below, made.tree]);
    assert_eq!(it.text(&made.tree, "etc/real/a"), "new", "through the link");
    let tree = it.store.read_tree(&made.tree).unwrap();
    let c = &tree.get(&path("etc/private/c")).unwrap().meta;
    assert_eq!((c.uid, c.gid, c.mtime), (33, 55, 9));
    assert_eq!(tree.get(&path("etc/private")).unwrap().meta.mode, 0o700);
}

#[test]
fn an_owner_must_be_there() {
    let it = Fixture::new();
    let (below, over) = (it.tree(Vec::new()), it.tree(vec![it.file("etc/b", "b", 0)]));
    let owners = [owner("/etc/b", "haproxy", "root")];
    let inputs = Inputs { base: &[below], overlays: &[over], owners: &owners, ..Inputs::default() };
    let error = build(&it.store, &Dpkg::new(&it), &inputs).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`/etc/b` is to belong to the user `haproxy`, which the root file system does not have"
    );
}

#[test]
fn nothing_goes_below_a_file() {
    let it = Fixture::new();
    let below = it.tree(vec![it.file("etc", "a file", 1)]);
    let over = it.tree(vec![it.file("etc/b", "b", 0)]);
    let inputs = Inputs { base: &[below], overlays: &[over], ..Inputs::default() };
    // The overlay has `etc` as a directory, and what the description says goes over what is there.
    assert_eq!(it.text(&build(&it.store, &Dpkg::new(&it), &inputs).unwrap().tree, "etc/b"), "b");
    let dangling = Entry {
        path: path("etc"),
        meta: meta(0o777, 1),
        kind: Kind::Symlink(b"gone/away".as_slice().into()),
    };
    let below = it.tree(vec![dangling]);
    let inputs = Inputs { base: &[below], overlays: &[over], ..Inputs::default() };
    assert!(matches!(build(&it.store, &Dpkg::new(&it), &inputs), Err(RootfsError::OverlayBelowFile { .. })));
}
