//! How packages meet each other and the layer below.

use plc_store::Kind;

use super::{
    super::{Inputs, RootfsError, build},
    fixture::{Dpkg, Fixture, path},
};

fn inputs<'a>(base: &'a [plc_store::TreeDigest], packages: &'a [plc_store::TreeDigest]) -> Inputs<'a> {
    Inputs { base, packages, architecture: "amd64", ..Inputs::default() }
}

#[test]
fn paths_go_through_the_merged_directories() {
    let it = Fixture::new();
    let a = it.package("a", "", &[], &[("bin/sh", "shell"), ("lib64/ld", "-> ../lib/ld")]);
    let made = build(&it.store, &Dpkg::new(&it), &inputs(&[], &[a])).unwrap();
    let tree = it.store.read_tree(&made.tree).unwrap();
    assert_eq!(it.text(&made.tree, "usr/bin/sh"), "shell");
    assert_eq!(tree.get(&path("bin")).unwrap().kind, Kind::Symlink(b"usr/bin".as_slice().into()));
    assert_eq!(it.text(&made.tree, "var/lib/dpkg/info/a.list"), "/.\n/bin\n/bin/sh\n/lib64\n/lib64/ld\n");
    assert_eq!(made.layers.len(), 2);
    assert_eq!(made.layers.last(), Some(&made.tree));
}

#[test]
fn a_file_belongs_to_one_package() {
    let it = Fixture::new();
    let a = it.package("a", "", &[], &[("usr/bin/x", "of a")]);
    let b = it.package("b", "", &[], &[("bin/x", "of b")]);
    let replacing = it.package("b", "Replaces: a (<< 2)\n", &[], &[("bin/x", "of b")]);
    let not_replacing = it.package("b", "Replaces: a (<< 1)\n", &[], &[("bin/x", "of b")]);
    for other in [b, not_replacing] {
        let error = build(&it.store, &Dpkg::new(&it), &inputs(&[], &[a, other])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`/bin/x` is in the packages `b` and `a`, and neither replaces the other"
        );
    }
    let made = build(&it.store, &Dpkg::new(&it), &inputs(&[], &[a, replacing])).unwrap();
    assert_eq!(it.text(&made.tree, "usr/bin/x"), "of b");
    assert_eq!(it.text(&made.tree, "var/lib/dpkg/info/a.list"), "/.\n/usr\n/usr/bin\n");

    // The same against a layer below.
    let base = build(&it.store, &Dpkg::new(&it), &inputs(&[], &[a])).unwrap().layers;
    let error = build(&it.store, &Dpkg::new(&it), &inputs(&base, &[b])).unwrap_err();
    assert!(matches!(error, RootfsError::Clash { other, .. } if other == "a"));
    let made = build(&it.store, &Dpkg::new(&it), &inputs(&base, &[replacing])).unwrap();
    assert_eq!(it.text(&made.tree, "usr/bin/x"), "of b");
    assert_eq!(made.layers.len(), base.len() + 2);
}

#[test]
fn conffiles_and_checksums() {
    let it = Fixture::new();
    let members = [("conffiles", "/etc/a.conf\n"), ("postinst", "#!/bin/sh\n")];
    let a = it.package("a", "Multi-Arch: same\n", &members, &[("etc/a.conf", "x\n"), ("usr/a", "y\n")]);
    let made = build(&it.store, &Dpkg::new(&it), &inputs(&[], &[a])).unwrap();
    let status = it.text(&made.tree, "var/lib/dpkg/status");
    assert!(status.contains("Conffiles:\n /etc/a.conf 401b30e3b8b5d629635a5c613cdb7919\n"), "{status}");
    let sums = it.text(&made.tree, "var/lib/dpkg/info/a:amd64.md5sums");
    assert_eq!(sums, "009520053b00386d1173f3988c55d192  usr/a\n");
    assert_eq!(it.text(&made.tree, "var/lib/dpkg/info/a:amd64.postinst"), "#!/bin/sh\n");
}

#[test]
fn dpkg_decides_about_a_changed_conffile() {
    let it = Fixture::new();
    let below = it.tree(vec![it.file("etc/a.conf", "mine", 3)]);
    let a = it.package("a", "", &[("conffiles", "/etc/a.conf\n")], &[("etc/a.conf", "theirs")]);
    let made = build(&it.store, &Dpkg::new(&it), &inputs(&[below], &[a])).unwrap();
    assert_eq!(it.text(&made.tree, "etc/a.conf"), "mine");
    assert_eq!(it.text(&made.tree, "etc/a.conf.dpkg-new"), "theirs");
    assert!(it.text(&made.tree, "var/lib/dpkg/status").contains("\n /etc/a.conf newconffile\n"));
}

/// tex's hook for the size of paper is a configuration file, and fails when it runs before its package is configured.
#[test]
fn a_conffile_is_not_in_its_place_before_its_package_is_configured() {
    let it = Fixture::new();
    let members = [("conffiles", "/etc/hook\n")];
    let hook = it.package("hook", "", &members, &[("etc/hook", "run")]);
    let below = it.package("below", "", &[], &[]);
    let base = build(&it.store, &Dpkg::new(&it), &inputs(&[], &[below])).unwrap().layers;
    let runner = Dpkg::new(&it);
    build(&it.store, &runner, &inputs(&base, &[hook])).unwrap();
    let unpacked = *runner.asked.borrow()[0].layers.last().unwrap();
    assert!(it.store.read_tree(&unpacked).unwrap().get(&path("etc/hook")).is_none());
    assert_eq!(it.text(&unpacked, "etc/hook.dpkg-new"), "run");
    assert!(it.text(&unpacked, "var/lib/dpkg/status").contains("\n /etc/hook newconffile\n"));

    let other = it.package("other", "", &members, &[("etc/hook", "another")]);
    let error = build(&it.store, &runner, &inputs(&base, &[hook, other])).unwrap_err();
    assert!(matches!(error, RootfsError::Clash { .. }), "{error}");

    // What dpkg lays at its place is the package's: it keeps its time.
    let mut runner = Dpkg::new(&it);
    runner.leaves = vec![it.file("etc/hook", "run", 900), it.file("usr/new", "x", 900)];
    let made = build(&it.store, &runner, &inputs(&base, &[hook, it.package("late", "", &[], &[])])).unwrap();
    let tree = it.store.read_tree(&made.tree).unwrap();
    assert_eq!(tree.get(&path("etc/hook")).unwrap().meta.mtime, 5);
}

/// Upon a base a configuration file is laid beside its place; whose the place is decides all the same.
#[test]
fn a_conffile_belongs_to_one_package() {
    let it = Fixture::new();
    let members = [("conffiles", "/etc/x\n")];
    let text = [("etc/x", "of a")];
    let (plain, conffile) = (it.package("a", "", &[], &text), it.package("a", "", &members, &text));
    let other = it.package("b", "", &members, &[("etc/x", "of b")]);
    let replacing = it.package("b", "Replaces: a (<< 2)\n", &members, &[("etc/x", "of b")]);
    let runner = Dpkg::new(&it);
    let refused = |base: &[plc_store::TreeDigest], packages: &[plc_store::TreeDigest]| {
        let error = build(&it.store, &runner, &inputs(base, packages)).unwrap_err();
        assert!(matches!(&error, RootfsError::Clash { other, .. } if other == "a"), "{error}");
    };
    for a in [plain, conffile] {
        let base = build(&it.store, &runner, &inputs(&[], &[a])).unwrap().layers;
        refused(&base, &[other]);
        let made = build(&it.store, &runner, &inputs(&base, &[replacing])).unwrap();
        assert_eq!(it.text(&made.tree, "var/lib/dpkg/info/a.list"), "/.\n/etc\n");
        assert_eq!(it.text(&made.tree, "etc/x.dpkg-new"), "of b");
    }
    // The same within one layer, upon a base and without one.
    let below = build(&it.store, &runner, &inputs(&[], &[it.package("below", "", &[], &[])])).unwrap().layers;
    for base in [&below[..], &[]] {
        refused(base, &[plain, other]);
        let made = build(&it.store, &runner, &inputs(base, &[plain, replacing])).unwrap();
        assert_eq!(it.text(&made.tree, "var/lib/dpkg/info/a.list"), "/.\n/etc\n");
        assert_eq!(it.text(&made.tree, "etc/x.dpkg-new"), "of b");
    }
    // What is taken over before dpkg has decided about it is not laid any more.
    let taking = it.package("c", "Replaces: a\n", &[], &[("etc/x", "of c")]);
    let made = build(&it.store, &runner, &inputs(&below, &[conffile, taking])).unwrap();
    assert_eq!(it.text(&made.tree, "etc/x"), "of c");
    assert!(it.store.read_tree(&made.tree).unwrap().get(&path("etc/x.dpkg-new")).is_none());
    assert_eq!(it.text(&made.tree, "var/lib/dpkg/info/a.list"), "/.\n/etc\n");
    refused(&below, &[conffile, it.package("c", "", &[], &[("etc/x", "of c")])]);
}

#[test]
fn triggers_of_the_layer_below_are_activated() {
    let it = Fixture::new();
    let man = it.package(
        "man",
        "",
        &[("triggers", "interest-noawait /usr/share/man\ninterest go\n")],
        &[("usr/m", "")],
    );
    let base = build(&it.store, &Dpkg::new(&it), &inputs(&[], &[man])).unwrap();
    assert_eq!(it.text(&base.tree, "var/lib/dpkg/triggers/File"), "/usr/share/man man/noawait\n");
    assert_eq!(it.text(&base.tree, "var/lib/dpkg/triggers/go"), "man\n");
    let page = it.package("page", "", &[], &[("usr/share/man/man1/p.1", "page")]);
    let made = build(&it.store, &Dpkg::new(&it), &inputs(&base.layers, &[page])).unwrap();
    assert_eq!(it.text(&made.tree, "var/lib/dpkg/triggers/Unincorp"), "/usr/share/man -\n");
    let bad = it.package("bad", "", &[("triggers", "interest ../x\n")], &[]);
    assert!(matches!(
        build(&it.store, &Dpkg::new(&it), &inputs(&[], &[bad])),
        Err(RootfsError::BadLine { .. })
    ));
}

#[test]
fn what_is_diverted_goes_aside() {
    let it = Fixture::new();
    let diversions = "/usr/bin/x\n/usr/bin/x.real\nwrapper\n";
    let below =
        it.tree(vec![it.file("usr/bin/x", "wrapper", 1), it.file("var/lib/dpkg/diversions", diversions, 1)]);
    let a = it.package("a", "", &[], &[("usr/bin/x", "real")]);
    let made = build(&it.store, &Dpkg::new(&it), &inputs(&[below], &[a])).unwrap();
    assert_eq!(
        (it.text(&made.tree, "usr/bin/x"), it.text(&made.tree, "usr/bin/x.real")),
        ("wrapper".into(), "real".into())
    );
}

#[test]
fn what_is_overridden_belongs_to_whom_the_base_says() {
    let it = Fixture::new();
    let below = |overrides: &str| {
        let users = "root:x:0:0::/root:/bin/sh\nalice:x:1001:1002::/:/bin/sh\n";
        it.tree(vec![
            it.file("etc/passwd", users, 1),
            it.file("etc/group", "root:x:0:\nsecrets:x:1003:\n", 1),
            it.file("var/lib/dpkg/statoverride", overrides, 1),
        ])
    };
    let a = it.package("a", "", &[], &[("usr/bin/x", "x"), ("usr/bin/y", "y"), ("usr/lib/x y", "z")]);
    let lines = "alice secrets 4750 /usr/bin/x\n#7 #8 0600 /usr/lib/x y\nroot root 0700 /usr/bin/other\n";
    let made = build(&it.store, &Dpkg::new(&it), &inputs(&[below(lines)], &[a])).unwrap();
    let tree = it.store.read_tree(&made.tree).unwrap();
    let meta = |name: &str| {
        let entry = tree.entries().iter().find(|entry| entry.path == path(name)).unwrap();
        (entry.meta.uid, entry.meta.gid, entry.meta.mode)
    };
    assert_eq!(meta("usr/bin/x"), (1001, 1003, 0o4750));
    assert_eq!(meta("usr/lib/x y"), (7, 8, 0o600));
    assert_eq!(meta("usr/bin/y"), (0, 0, 0o644));
    for line in ["bob root 0755 /usr/bin/x\n", "root root 99 /usr/bin/x\n", "root root 0755\n"] {
        let made = build(&it.store, &Dpkg::new(&it), &inputs(&[below(line)], &[a]));
        assert!(matches!(made, Err(RootfsError::BadDatabase { .. })), "{line}: {made:?}");
    }
}

#[test]
fn a_package_that_diverts_is_left_to_dpkg() {
    let it = Fixture::new();
    let preinst = "#!/bin/sh\ndpkg-divert --package w --add --rename --divert /usr/bin/x.real /usr/bin/x\n";
    let asks = "#!/bin/sh\n# dpkg-divert\ndpkg-divert --truename /usr/bin/x\n\
        dpkg-divert --quiet --add --no-rename --divert /lib64/ld.usr-is-merged /lib64/ld\n";
    let w = it.package("w", "", &[("preinst", preinst)], &[("usr/bin/x", "wrapper")]);
    let x = it.package("x", "Depends: w\n", &[("preinst", asks)], &[("usr/bin/x", "real")]);
    let runner = Dpkg::new(&it);
    let made = build(&it.store, &runner, &inputs(&[], &[w, x])).unwrap();
    assert_eq!(it.text(&made.tree, "usr/bin/x"), "real");
    let asked = runner.asked.borrow();
    let steps: Vec<&str> = asked[0].steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(steps, ["preinst of x", "unpack w", "configure"]);
    let deb = asked[0].scaffold.iter().find(|file| file.path == path("var/cache/plc/w.deb")).unwrap();
    // What is written for dpkg is a package like any other.
    let again = crate::debian::deb::unpack(deb.content.as_slice(), &it.store).unwrap();
    assert_eq!(again.entries()[1..], it.store.read_tree(&w).unwrap().entries()[1..]);
}

#[test]
fn packages_are_told_before_they_ask() {
    let it = Fixture::new();
    let below = it.tree(vec![
        it.file("usr/bin/debconf-set-selections", "", 1),
        it.file("var/lib/dpkg/info/low.templates", "Template: low/where\nType: string\n", 1),
    ]);
    let base = [below];
    let templates = "Template: tea/hot\nType: boolean\n\nTemplate: tea/word\nType: password\n";
    let tea = [it.package("tea", "", &[("templates", templates), ("preinst", "#!/bin/sh\n")], &[])];
    let tell = |packages: &[plc_store::TreeDigest], base: &[plc_store::TreeDigest], told: [&str; 2]| {
        let answers = [told.map(str::to_owned).into()];
        let runner = Dpkg::new(&it);
        let made = build(&it.store, &runner, &Inputs { answers: &answers, ..inputs(base, packages) });
        let request = runner.asked.borrow().first().cloned();
        made.map(|_| request.unwrap()).map_err(|error| error.to_string())
    };
    let request = tell(&tea, &base, ["tea/hot", "true"]).unwrap();
    let steps: Vec<&str> = request.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(steps, ["answers", "preinst of tea", "configure"]);
    assert_eq!(request.steps[0].argv, ["/usr/bin/debconf-set-selections", "/var/cache/plc/.answers"]);
    let file = request.scaffold.iter().find(|file| file.path == path("var/cache/plc/.answers")).unwrap();
    assert_eq!(file.content, b"tea tea/hot boolean true\n");

    // A package of that name has its own place there.
    let named = [it.package("answers", "", &[("templates", templates), ("preinst", "#!/bin/sh\n")], &[])];
    let request = tell(&named, &base, ["tea/hot", "true"]).unwrap();
    let paths: Vec<_> = request.scaffold.iter().map(|file| file.path.to_string()).collect();
    let inside = |at: &String| paths.iter().any(|other| other.starts_with(&format!("{at}/")));
    assert!(!paths.iter().any(inside), "{paths:?}");

    let none = "no package of this host asks `tea/";
    for (packages, base, told, says) in [
        (&tea[..], &base[..], ["tea/cold", "true"], "asks `tea/cold`; asked are `tea/hot`"),
        (&tea, &base, ["low/where", "x"], "is asked by `low`, which is in the base that hosts share"),
        (&[], &base, ["tea/hot", "true"], none),
        (&tea, &base, ["tea/hot", "warm"], "takes `true` or `false`"),
        (&tea, &base, ["tea/word", "secret"], "asks for a password"),
        (&tea, &[], ["tea/hot", "true"], "has no debconf"),
    ] {
        let said = tell(packages, base, told).unwrap_err();
        assert!(said.contains(says), "{told:?}: {said}");
    }
}

#[test]
fn once_each() {
    let it = Fixture::new();
    let a = it.package("a", "", &[], &[]);
    assert!(matches!(
        build(&it.store, &Dpkg::new(&it), &inputs(&[], &[a, a])),
        Err(RootfsError::Twice { .. })
    ));
    let base = build(&it.store, &Dpkg::new(&it), &inputs(&[], &[a])).unwrap().layers;
    assert!(matches!(
        build(&it.store, &Dpkg::new(&it), &inputs(&base, &[a])),
        Err(RootfsError::Twice { .. })
    ));
}

#[test]
fn a_failure_names_the_step_and_the_package() {
    let it = Fixture::new();
    let a = it.package("broken", "", &[], &[]);
    let runner = Dpkg { fails: true, ..Dpkg::new(&it) };
    let error = build(&it.store, &runner, &inputs(&[], &[a])).unwrap_err();
    assert_eq!(error.to_string(), "configure failed: exit status 1 (package broken)");
}

#[test]
fn preinsts_follow_dependencies() {
    let it = Fixture::new();
    let script = [("preinst", "#!/bin/sh\n")];
    let a = it.package("a", "Depends: virtual | none, c (>= 1)\n", &script, &[]);
    let b = it.package("b", "Provides: virtual\n", &script, &[]);
    let c = it.package("c", "Pre-Depends: a\n", &script, &[]);
    let users = it.package("base-passwd", "Depends: c\n", &script, &[]);
    let runner = Dpkg::new(&it);
    build(&it.store, &runner, &inputs(&[], &[a, b, c, users])).unwrap();
    let names: Vec<String> = runner.asked.borrow()[0].steps.iter().map(|step| step.name.clone()).collect();
    assert_eq!(
        names,
        ["preinst of base-passwd", "preinst of b", "preinst of c", "preinst of a", "configure"]
    );
}

#[test]
fn apt_knows_who_asked() {
    let it = Fixture::new();
    let apt = it.package("apt", "Priority: required\n", &[], &[("var/lib/apt/x", "")]);
    let (a, b) = (it.package("a", "", &[], &[]), it.package("b", "", &[], &[]));
    let wants = ["a".to_owned()];
    let base =
        build(&it.store, &Dpkg::new(&it), &Inputs { wants: &wants, ..inputs(&[], &[apt, a, b]) }).unwrap();
    let marked = "Package: b\nArchitecture: amd64\nAuto-Installed: 1\n\n";
    assert_eq!(it.text(&base.tree, "var/lib/apt/extended_states"), marked);
    let (c, wants) = (it.package("c", "", &[], &[]), ["b".to_owned()]);
    let made =
        build(&it.store, &Dpkg::new(&it), &Inputs { wants: &wants, ..inputs(&base.layers, &[c]) }).unwrap();
    assert_eq!(
        it.text(&made.tree, "var/lib/apt/extended_states"),
        marked.replace("Package: b", "Package: c")
    );
}
