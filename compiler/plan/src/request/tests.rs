use plc_lang::topology::{Instance, Tree, TreeMount};

use super::*;

fn host(name: &str, instances: &[(&[&str], Option<&str>)]) -> Host {
    let instance = |(packages, from): &(&[&str], Option<&str>)| Instance {
        packages: packages.iter().map(|package| (*package).to_owned()).collect(),
        from: from.map(str::to_owned),
        ..Instance::default()
    };
    Host {
        name: name.into(),
        archive: "debian".into(),
        instances: instances.iter().map(instance).collect(),
        ..Host::default()
    }
}

fn archive(name: &str, suite: &str) -> Archive {
    Archive {
        name: name.into(),
        suites: vec![suite.into()],
        components: vec!["main".into()],
        signed_by: "keyring".into(),
        mirror: None,
        span: plc_lang::source::Span::default(),
    }
}

fn pin(package: &str, version: &str) -> Held {
    Held { package: package.into(), version: Some(version.into()), from: Vec::new() }
}

fn topology(profile: &str, hosts: Vec<Host>) -> Topology {
    Topology {
        profile: profile.into(),
        archives: vec![archive("debian", "bookworm")],
        hosts,
        ..Topology::default()
    }
}

#[test]
fn order_and_repetition_make_no_difference() {
    let one = topology("p", vec![host("one", &[(&["b", "a"], None), (&["a", "c"], Some("trixie"))])]);
    let two =
        topology("p", vec![host("two", &[(&["c", "a"], Some("trixie")), (&["b", "b"], Some("debian"))])]);
    let request = PackageRequest::of(&one, &one.hosts[0]);
    assert_eq!(request, PackageRequest::of(&two, &two.hosts[0]));
    assert_eq!(request.to_string(), "`a` from `trixie`, `b`, `c` from `trixie`");
    assert_eq!(request.archives(), ["debian", "trixie"]);
    assert_eq!(request.names(), ["a", "b", "c"]);
    assert!(request.is_mixed());
}

#[test]
fn what_is_asked_for_with_what_it_recommends_is_so_once_and_another_request() {
    let mut asked = topology("p", vec![host("one", &[(&["a", "b"], None), (&["a"], None)])]);
    let plain = PackageRequest::of(&asked, &asked.hosts[0]);
    asked.hosts[0].instances[0].recommends = vec!["a".into()];
    let with = PackageRequest::of(&asked, &asked.hosts[0]);
    assert_eq!(with.to_string(), "`a` with what it recommends, `b`");
    assert_ne!(with, plain);
    assert!(!with.is_mixed());
    asked.hosts[0].instances[1].from = Some("trixie".into());
    let elsewhere = PackageRequest::of(&asked, &asked.hosts[0]);
    assert_eq!(elsewhere.to_string(), "`a` from `trixie` with what it recommends, `b`");
}

#[test]
fn pins_are_part_of_what_every_host_asks_for() {
    let mut held = topology("p", vec![host("one", &[(&["a"], None)])]);
    assert!(!PackageRequest::of(&held, &held.hosts[0]).is_mixed());
    let pin = |package: &str, version: Option<&str>, from: Option<&str>| Pin {
        package: package.into(),
        version: version.map(str::to_owned),
        from: from.map(str::to_owned),
    };
    held.pins = vec![
        pin("b", Some("1"), None),
        pin("c", None, Some("trixie")),
        pin("d", None, None),
        pin("e", None, Some("debian")),
        pin("f", Some("2"), Some("debian")),
        pin("f", Some("2"), Some("debian")),
    ];
    let request = PackageRequest::of(&held, &held.hosts[0]);
    let alone = "`a`, `b` held to 1, `c` held to `trixie`, `e` held to its archive, `f` held to 2";
    assert_eq!(request.to_string(), alone);
    assert_eq!(request.archives(), ["debian", "trixie"]);

    // Whoever has the version, the host's own archive first.
    held.archives.insert(0, archive("sid", "sid"));
    let request = PackageRequest::of(&held, &held.hosts[0]);
    assert!(request.to_string().contains("`b` held to 1 of `debian` or `sid`, "), "{request}");
    assert_eq!(request.archives(), ["debian", "sid", "trixie"]);
}

#[test]
fn what_differs_is_said_in_words() {
    let old = PackageRequest::new("debian", [Want::new("a"), Want::new("b")], [pin("x", "1")]);
    let new = PackageRequest::new("debian", [Want::from("a", "trixie"), Want::new("b")], [pin("x", "2")]);
    assert_eq!(
        new.differs_from(&old),
        "it lacks `a` from `trixie`, `x` held to 2, and the description does not ask for `a`, `x` held to 1 any more"
    );
    assert_eq!(new.distance(&old), 4);
    let moved = PackageRequest::new("trixie", old.wants().to_vec(), old.pins().to_vec());
    assert_eq!(moved.differs_from(&old), "it draws from `debian`, and the description from `trixie`");
    assert_eq!((moved.distance(&old), old.distance(&old)), (1, 0));
}

#[test]
fn all_profiles_together_ask_for_each_thing_once() {
    let first = topology("production", vec![host("one", &[(&["a"], None)]), host("two", &[(&["a"], None)])]);
    let mut second =
        topology("ci", vec![host("one", &[(&["double"], None)]), host("two", &[(&["a"], None)])]);
    second.archives.push(archive("trixie", "trixie"));
    let build = |packages: &[&str]| TreeMount {
        path: "/srv".into(),
        tree: Tree::Build(Box::new(Build {
            from: None,
            archive: "debian".into(),
            packages: packages.iter().map(|package| (*package).to_owned()).collect(),
            run: Vec::new(),
            environment: Vec::new(),
            output: String::new(),
        })),
        user: "root".into(),
        group: "root".into(),
        span: plc_lang::source::Span::default(),
    };
    second.hosts[0].instances[0].trees = vec![build(&["make", "make"]), build(&[]), build(&["a"])];
    let all = Requests::of([&first, &second]).unwrap();
    let names: Vec<_> = all.asked.iter().map(|asked| format!("{}: {}", asked.by, asked.packages)).collect();
    assert_eq!(names, ["host `one`: `a`", "host `one`: `double`", "a build: `make`"]);
    assert_eq!(all.archives.iter().map(|archive| &archive.name).collect::<Vec<_>>(), ["debian", "trixie"]);

    second.archives[0].suites.push("bookworm-security".into());
    second.variants.push("secure".into());
    let error = Requests::of([&first, &second]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "archive `debian` is one thing in profile `production` and another in profile `ci` with `secure`"
    );
}
