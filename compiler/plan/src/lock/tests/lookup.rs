//! Requests in the text of a lock, and how they are found again.

use plc_lang::{
    Versions,
    topology::{Archive, Host, Instance, Pin, Topology},
};

use super::*;

/// A lock with a mixture: `db` has a base of its own, `one` and `two` ask for the same.
const MIXED: &str = "\
plc lock 1

base debian
  package libc6=1

base other
  package libc6=2

host one
  wants web
  package web

host db
  wants db from trixie
  pin base-files
  pin libc6 2 from debian trixie
  pin perl 5
  pin tzdata from trixie
  base libc6=2
  package db

host old
  archive other
  wants web
  package web
";

fn mixed() -> Lock {
    let package = |name: &str, version: &str| {
        format!(
            "\npackage {name}\n  version {version}\n  architecture all\n  archive debian\n  suite stable\n  \
             path pool/{name}\n  sha256 {}\n  size 1\n",
            "0".repeat(64)
        )
    };
    let packages = [package("db", "11"), package("libc6", "1"), package("libc6", "2"), package("web", "3")];
    let text = format!("{MIXED}{}", packages.concat());
    let lock = Lock::parse(&text).unwrap();
    assert_eq!(lock.write(), text);
    lock
}

fn pins() -> [Held; 4] {
    let held = |package: &str, version: Option<&str>, from: &[&str]| Held {
        package: package.into(),
        version: version.map(str::to_owned),
        from: from.iter().map(|archive| (*archive).to_owned()).collect(),
    };
    [
        held("tzdata", None, &["trixie"]),
        held("libc6", Some("2"), &["debian", "trixie"]),
        held("perl", Some("5"), &["debian"]),
        held("base-files", None, &["debian"]),
    ]
}

#[test]
fn a_closure_is_found_by_what_is_asked_for() {
    let lock = mixed();
    let lookup = Lookup::new(&lock);
    let named = |request: &PackageRequest| lookup.closure(request).map(|closure| closure.of.clone());
    let host = |name: &str| Some(ClosureOf::Host(name.into()));
    assert_eq!(named(&PackageRequest::new("debian", [Want::new("web")], [])), host("one"));
    assert_eq!(named(&PackageRequest::new("other", [Want::new("web")], [])), host("old"));
    assert_eq!(named(&PackageRequest::new("debian", [Want::from("db", "trixie")], pins())), host("db"));
    assert_eq!(named(&PackageRequest::new("debian", [Want::from("db", "trixie")], [])), None);
    assert_eq!(named(&PackageRequest::new("debian", [Want::new("db")], pins())), None);
}

#[test]
fn a_host_has_the_packages_of_the_base_that_it_is_made_upon() {
    let lock = mixed();
    let lookup = Lookup::new(&lock);
    let shown = |request: &PackageRequest| -> Vec<String> {
        lookup.packages(request).map(|key| format!("{} {}", key.name, key.version)).collect()
    };
    assert_eq!(shown(&PackageRequest::new("debian", [Want::new("web")], [])), ["libc6 1", "web 3"]);
    assert_eq!(shown(&PackageRequest::new("other", [Want::new("web")], [])), ["libc6 2", "web 3"]);
    let db = PackageRequest::new("debian", [Want::from("db", "trixie")], pins());
    assert_eq!(shown(&db), ["libc6 2", "db 11"]);
    assert!(shown(&PackageRequest::new("debian", [Want::new("gone")], [])).is_empty());
}

fn archive() -> Archive {
    Archive {
        name: String::new(),
        suites: vec!["stable".into()],
        components: Vec::new(),
        signed_by: String::new(),
        mirror: None,
        span: plc_lang::source::Span::default(),
    }
}

#[test]
fn versions_are_those_of_the_host_that_asks() {
    let lock = mixed();
    let host = |name: &str, package: &str, from: Option<&str>| Host {
        name: name.into(),
        archive: "debian".into(),
        instances: vec![Instance {
            packages: vec![package.into()],
            from: from.map(str::to_owned),
            ..Instance::default()
        }],
        ..Host::default()
    };
    let archive = |name: &str| Archive { name: name.into(), ..archive() };
    let pin = |package: &str, version: Option<&str>, from: Option<&str>| Pin {
        package: package.into(),
        version: version.map(str::to_owned),
        from: from.map(str::to_owned),
    };
    let mut topology = Topology {
        archives: vec![archive("trixie"), archive("debian")],
        pins: vec![
            pin("base-files", None, Some("debian")),
            pin("libc6", Some("2"), None),
            pin("perl", Some("5"), Some("debian")),
            pin("tzdata", None, Some("trixie")),
        ],
        hosts: vec![host("db", "db", Some("trixie")), host("two", "web", None)],
        ..Topology::default()
    };
    // Nobody of the lock asks for `web` with these pins.
    let versions = LockedVersions::new(&lock, &topology);
    assert_eq!(versions.version("db", "libc6").as_deref(), Some("2"));
    assert_eq!(versions.version("db", "db").as_deref(), Some("11"));
    assert_eq!(versions.version("db", "web"), None);
    assert_eq!(versions.version("two", "libc6"), None);
    topology.pins.clear();
    let versions = LockedVersions::new(&lock, &topology);
    assert_eq!(versions.version("two", "libc6").as_deref(), Some("1"));
    assert_eq!(versions.version("two", "web").as_deref(), Some("3"));
    assert_eq!(versions.version("three", "web"), None);
}
