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

#[test]
fn secrets_and_histories_go() {
    let it = Fixture::new();
    let a = it.package("a", "", &[], &[("usr/kept", "same"), ("usr/lib/y.cfg", "x")]);
    let mut runner = Dpkg::new(&it);
    let left = [
        ("etc/ldap/slapd.d/cn=config.ldif", "entryUUID: 1\n"),
        ("etc/mailman3/mailman.cfg", "admin_pass: random\n"),
        ("etc/other.cfg", "x"),
        ("etc/xml/catalog.old", "x"),
        ("usr/share/info/dir.old", "x"),
        ("var/lib/ldap/data.mdb", "x"),
        ("var/lib/postgresql/15/main/base/1/2", "x"),
        ("var/lib/rabbitmq/.erlang.cookie", "random"),
        ("var/lib/texmf/ls-R", "% ls-R\n\n./:\nb\na\n"),
        ("var/lib/texmf/web2c/tex/tex.fmt", "addresses"),
        ("var/lib/texmf/web2c/tex/tex.log", "24 NOV 2026"),
        ("var/lib/texmf/web2c/updmap.log", "Tue Nov 24"),
        ("var/lib/ucf/cache/:etc:mailman3:mailman.cfg", "admin_pass: random\n"),
        ("var/lib/ucf/hashfile", "2  /etc/other.cfg\n3  /lib/y.cfg\n1  /etc/mailman3/mailman.cfg\n"),
        ("var/lib/varnish/builder/_.vsm", "x"),
    ];
    let all =
        it.store.read_tree(&it.tree(left.iter().map(|(at, text)| it.file(at, text, 900)).collect())).unwrap();
    runner.leaves = all.entries().iter().filter(|entry| !entry.path.is_root()).cloned().collect();
    let inputs = Inputs { packages: &[a], architecture: "amd64", ..Inputs::default() };
    let made = build(&it.store, &runner, &inputs).unwrap();
    let tree = it.store.read_tree(&made.tree).unwrap();
    let stays: Vec<&str> =
        left.iter().map(|(at, _)| *at).filter(|at| tree.get(&path(at)).is_some()).collect();
    assert_eq!(
        stays,
        [
            "etc/other.cfg",
            "var/lib/texmf/ls-R",
            "var/lib/texmf/web2c/tex/tex.log",
            "var/lib/texmf/web2c/updmap.log",
            "var/lib/ucf/hashfile"
        ]
    );
    assert_eq!(it.text(&made.tree, "var/lib/ucf/hashfile"), "2  /etc/other.cfg\n3  /lib/y.cfg\n");
    assert_eq!(it.text(&made.tree, "var/lib/texmf/ls-R"), "% ls-R\n\n./:\na\nb\n");
    assert_eq!(it.text(&made.tree, "var/lib/texmf/web2c/updmap.log"), "");
    // What services write to stays, with the owner that it has.
    for at in ["etc/ldap/slapd.d", "var/lib/ldap", "var/lib/postgresql/15/main", "var/lib/varnish"] {
        assert!(tree.get(&path(at)).is_some(), "{at}");
    }
}
