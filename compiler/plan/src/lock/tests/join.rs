//! What a lock lacks, and a lock with another one's help.

use plc_lang::{
    source::Span,
    topology::{Archive, Build, Host, Instance, Source, Topology, Tree, TreeMount},
};

use super::*;

/// Blocks of closures, and for each `name version` a package.
fn lock(suites: &[(&str, &str)], closures: &str, packages: &[(&str, &str)]) -> Lock {
    let mut text = "plc lock 1\n".to_owned();
    for (suite, date) in suites {
        text += &format!(
            "\narchive {suite}\n  components main\n  signed-by k\n  suite {suite}\n    codename c\n    date {date}\n"
        );
    }
    text += closures;
    for (name, version) in packages {
        text += &format!(
            "\npackage {name}\n  version {version}\n  architecture all\n  archive old\n  suite old\n  path pool/{name}\n  \
             sha256 {}\n  size 1\n",
            "0".repeat(64)
        );
    }
    Lock::parse(&text).unwrap()
}

fn ours() -> Lock {
    let closures = "\nbase old\n  package libc\n\nhost web\n  wants web\n  package web\n";
    lock(&[("old", "2025")], closures, &[("libc", "1"), ("web", "1")])
}

/// The closure of `db` from `new`, with the base of the same state, or of a later one.
fn theirs(libc: &str) -> Lock {
    let closures = "\nbase old\n  package libc\n\nhost db\n  wants db from new\n  package db\n";
    lock(&[("new", "2026"), ("old", "2026")], closures, &[("db", "2"), ("libc", libc)])
}

fn topology(hosts: &[(&str, &str, Option<&str>)]) -> Topology {
    let archive = |name: &str| Archive {
        name: name.into(),
        suites: vec![name.into()],
        components: vec!["main".into()],
        signed_by: "k".into(),
        mirror: None,
        span: Span::default(),
    };
    let host = |(name, package, from): &(&str, &str, Option<&str>)| Host {
        name: (*name).into(),
        archive: "old".into(),
        instances: vec![Instance {
            packages: vec![(*package).into()],
            from: from.map(str::to_owned),
            ..Instance::default()
        }],
        ..Host::default()
    };
    Topology {
        archives: vec![archive("old"), archive("new")],
        hosts: hosts.iter().map(host).collect(),
        ..Topology::default()
    }
}

fn lacking(lock: &Lock, topology: &Topology) -> Vec<String> {
    let lacking = lock.lacks(topology);
    let asked = lacking.asked.iter().map(|asked| format!("{}: {}", asked.by, asked.packages));
    asked.chain(lacking.revisions.iter().map(|(what, revision)| format!("{what} {revision}"))).collect()
}

#[test]
fn what_is_asked_for_and_not_locked_is_named_once() {
    let all = topology(&[("web", "web", None), ("db", "db", Some("new")), ("more", "db", Some("new"))]);
    assert_eq!(lacking(&ours(), &all), ["host `db`: `db` from `new`"]);
    assert_eq!(lacking(&theirs("1"), &all), ["host `web`: `web`"]);
    assert!(lacking(&ours(), &topology(&[("another", "web", None)])).is_empty(), "names do not count");
}

#[test]
fn builds_and_revisions_of_repositories_are_lacking_too() {
    let mount = |tree| TreeMount {
        path: "/srv".into(),
        tree,
        user: "root".into(),
        group: "root".into(),
        span: Span::default(),
    };
    let git = Source::Git { repository: "./wiki".into(), revision: "v1".into() };
    let build = Build {
        from: Some(Tree::Source(git)),
        archive: "old".into(),
        packages: vec!["make".into()],
        run: Vec::new(),
        environment: Vec::new(),
        output: String::new(),
    };
    let mut all = topology(&[("web", "web", None)]);
    all.hosts[0].instances[0].trees = vec![mount(Tree::Build(Box::new(build)))];
    assert_eq!(lacking(&ours(), &all), ["a build: `make`", "./wiki v1"]);
    let mut more = lock(&[("old", "2025")], "\ntools old\n  wants make\n  package make\n", &[("make", "4")]);
    let commit = |commit: &str| LockedSource {
        repository: "./wiki".into(),
        revision: "v1".into(),
        commit: commit.into(),
    };
    more.sources = vec![commit("a")];
    let joined = ours().joined(&more).unwrap();
    assert!(joined.lacks(&all).is_empty());
    more.sources = vec![commit("b")];
    assert_eq!(joined.joined(&more).unwrap().sources, [commit("a")], "what is locked stays");
}

#[test]
fn another_description_of_an_archive_makes_its_packages_others() {
    let mut all = topology(&[("web", "web", None)]);
    all.archives[0].suites.push("old-security".into());
    assert_eq!(lacking(&ours(), &all), ["host `web`: `web`"]);
    all.archives.clear();
    assert_eq!(lacking(&ours(), &all), ["host `web`: `web`"]);
    let unbased = lock(&[("old", "2025")], "\nhost web\n  archive old\n  wants web\n", &[]);
    assert_eq!(lacking(&unbased, &topology(&[("web", "web", None)])), ["host `web`: `web`"]);
}

#[test]
fn both_locks_together_have_what_either_has() {
    let all = topology(&[("web", "web", None), ("db", "db", Some("new"))]);
    let joined = ours().joined(&theirs("1")).unwrap();
    assert!(joined.lacks(&all).is_empty());
    assert_eq!(Lock::parse(&joined.write()), Ok(joined.clone()));
    let names: Vec<_> = joined.packages.iter().map(|package| package.key.name.as_str()).collect();
    assert_eq!(names, ["db", "libc", "web"]);
    assert_eq!(joined.closures.len(), 3);
    assert!(joined.closures.iter().all(|closure| closure.base.is_empty()), "the base is the same");
    assert_eq!(joined.archive("old").unwrap().suites[0].date, "2025");
    assert_eq!(joined.joined(&theirs("1")).unwrap(), joined, "once is enough");
}

#[test]
fn a_host_of_a_later_state_keeps_the_base_of_that_state() {
    let joined = ours().joined(&theirs("2")).unwrap();
    let lookup = Lookup::new(&joined);
    let db = lookup.closure(&PackageRequest::new("old", [Want::from("db", "new")], [])).unwrap();
    assert_eq!(db.base, [Arc::new(PackageVersion::new("libc", "2", "all"))]);
    assert_eq!(lookup.base("old").unwrap().packages, [Arc::new(PackageVersion::new("libc", "1", "all"))]);
}

#[test]
fn what_was_drawn_from_an_archive_that_is_another_now_is_left_out() {
    let mut theirs = theirs("2");
    theirs.archives[1].components.push("contrib".into());
    let joined = ours().joined(&theirs).unwrap();
    let lookup = Lookup::new(&joined);
    assert_eq!(lookup.base("old").unwrap().packages, [Arc::new(PackageVersion::new("libc", "2", "all"))]);
    assert!(lookup.closure(&PackageRequest::new("old", [Want::new("web")], [])).is_none());
    assert_eq!(joined.archive("old").unwrap().components, ["main", "contrib"]);
}

#[test]
fn one_name_and_version_is_one_package() {
    let mut theirs = theirs("1");
    let file = Arc::make_mut(&mut theirs.packages[1].file);
    file.sha256 = "1".repeat(64);
    file.archive = "new".into();
    let error = ours().joined(&theirs).unwrap_err();
    assert_eq!(error.to_string(), "`libc` 1 is one package in archive `old` and another in `new`");
}
