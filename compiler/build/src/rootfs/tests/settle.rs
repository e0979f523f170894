//! What scripts leave behind, and what stays of it.

use plc_store::{Entry, Kind};

use super::{
    super::{Inputs, build},
    fixture::{Dpkg, Fixture, meta, path},
};

#[test]
fn times_and_offenders() {
    let it = Fixture::new();
    let a = it.package(
        "a",
        "",
        &[],
        &[("usr/kept", "same"), ("usr/changed", "old"), ("etc/mailname", "shipped")],
    );
    let epoch = 5;
    let mut runner = Dpkg::new(&it);
    let link = |at: &str, target: &str| Entry {
        path: path(at),
        meta: meta(0o777, 900),
        kind: Kind::Symlink(target.as_bytes().into()),
    };
    let directory = |at: &str| Entry { path: path(at), meta: meta(0o750, 900), kind: Kind::Directory };
    runner.leaves = vec![
        it.file("usr/kept", "same", 900),
        it.file("usr/changed", "new", 900),
        it.file("usr/new", "new", 900),
        it.file("etc/mailname", "shipped", 900),
        it.file("etc/machine-id", "0123", 900),
        it.file("etc/hostname", "builder", 900),
        it.file("etc/passwd-", "x", 900),
        it.file("etc/shadow", "u:!:20700::::::\n", 900),
        directory("etc/ssl"),
        directory("etc/ssl/certs"),
        it.file("etc/ssl/certs/ssl-cert-snakeoil.pem", "random", 900),
        link("etc/ssl/certs/1234.0", "ssl-cert-snakeoil.pem"),
        link("etc/ssl/certs/5678.0", "ca.pem"),
        directory("run"),
        it.file("run/pid", "1", 900),
        directory("var/log"),
        directory("var/log/a"),
        it.file("var/log/a/log", "said", 900),
        it.file("var/log/dpkg.log", "said", 900),
    ];
    let inputs = Inputs { packages: &[a], architecture: "amd64", ..Inputs::default() };
    let made = build(&it.store, &runner, &inputs).unwrap();
    let tree = it.store.read_tree(&made.tree).unwrap();
    let time = |at: &str| tree.get(&path(at)).unwrap_or_else(|| panic!("no {at}")).meta.mtime;
    assert_eq!(
        (time("usr/kept"), time("usr/changed"), time("usr/new"), time("var/log")),
        (5, epoch, epoch, epoch)
    );
    assert_eq!(it.text(&made.tree, "etc/mailname"), "shipped", "what a package ships stays");
    assert_eq!(it.text(&made.tree, "etc/machine-id"), "");
    assert_eq!(it.text(&made.tree, "etc/shadow"), "u:!:0::::::\n");
    assert_eq!(it.text(&made.tree, "var/log/a/log"), "");
    let gone = [
        "etc/hostname",
        "etc/passwd-",
        "etc/ssl/certs/1234.0",
        "etc/ssl/certs/ssl-cert-snakeoil.pem",
        "run/pid",
        "var/log/dpkg.log",
    ];
    for at in gone {
        assert!(tree.get(&path(at)).is_none(), "{at}");
    }
    assert!(tree.get(&path("etc/ssl/certs/5678.0")).is_some());
}

#[test]
fn a_new_name_of_an_old_file_is_a_hard_link() {
    let it = Fixture::new();
    let a = it.package("a", "", &[], &[("usr/a", "same")]);
    let mut runner = Dpkg::new(&it);
    let link = Entry { path: path("usr/b"), meta: meta(0o644, 900), kind: Kind::Hardlink(path("usr/a")) };
    runner.leaves = vec![it.file("usr/a", "same", 900), link];
    let inputs = Inputs { packages: &[a], architecture: "amd64", ..Inputs::default() };
    let made = build(&it.store, &runner, &inputs).unwrap();
    let tree = it.store.read_tree(&made.tree).unwrap();
    assert_eq!(tree.get(&path("usr/b")).unwrap().kind, Kind::Hardlink(path("usr/a")));
    assert_eq!(tree.get(&path("usr/b")).unwrap().meta, tree.get(&path("usr/a")).unwrap().meta);
}
