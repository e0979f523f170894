//! Trees in a topology: what derivations they come to, and what a change reaches.

use std::collections::BTreeMap;

use plc_lang::topology::{Build, File, Instance, Parameter, Source, Tree, TreeMount};
use plc_store::TreeDigest;

use super::*;
use crate::{
    derivation::{Download, Extract, Fetch, Mount, RunArguments, SourceTree},
    lock::{Closure, ClosureOf, LockedArchive, LockedPackage},
    request::Want,
};

fn local(path: &str) -> Source {
    Source::Local { path: path.into(), ignore: Vec::new() }
}

fn mount(path: &str, tree: Tree) -> TreeMount {
    TreeMount {
        path: path.into(),
        tree,
        user: "www-data".into(),
        group: "root".into(),
        span: Default::default(),
    }
}

fn build(from: Option<Tree>, packages: &[&str]) -> Build {
    Build {
        from,
        archive: "debian".into(),
        packages: packages.iter().map(|name| (*name).to_owned()).collect(),
        run: vec!["make".into(), "make install".into()],
        environment: vec![("A".into(), "1".into())],
        output: "out".into(),
    }
}

fn topology(trees: Vec<TreeMount>) -> Topology {
    let file = File {
        path: "/srv/wiki/settings".into(),
        content: "x\n".into(),
        mode: 0o644,
        user: "root".into(),
        group: "root".into(),
        link: None,
        span: Default::default(),
        line_spans: Vec::new(),
    };
    let check = plc_lang::topology::Check {
        exec: vec!["/bin/true".into()],
        user: "root".into(),
        span: Default::default(),
    };
    let host = |name: &str, trees: Vec<TreeMount>| Host {
        name: name.into(),
        archive: "debian".into(),
        replicas: 1,
        instances: vec![Instance {
            name: "app".into(),
            files: vec![file.clone()],
            checks: vec![check.clone()],
            trees,
            ..Instance::default()
        }],
        ..Host::default()
    };
    let archive = Archive {
        name: "debian".into(),
        suites: Vec::new(),
        components: Vec::new(),
        signed_by: "keyring".into(),
        mirror: None,
        span: Default::default(),
    };
    Topology {
        environment: "e".into(),
        profile: "local".into(),
        archives: vec![archive],
        hosts: vec![host("web", trees), host("other", Vec::new())],
        ..Topology::default()
    }
}

fn lock() -> Lock {
    let key = |name: &str| Arc::new(PackageVersion::new(name, "1", "amd64"));
    let package = |name: &str| LockedPackage {
        key: key(name),
        file: Arc::new(Fetch {
            archive: "debian".into(),
            suite: "s".into(),
            path: format!("pool/{name}.deb"),
            sha256: "0".repeat(64),
            size: 1,
        }),
    };
    let closure = |of, wants: &[&str], packages: &[&str]| Closure {
        of,
        request: PackageRequest::new("debian", wants.iter().map(|name| Want::new(*name)), []),
        base: Vec::new(),
        packages: packages.iter().map(|name| key(name)).collect(),
    };
    Lock {
        archives: vec![LockedArchive {
            name: "debian".into(),
            components: Vec::new(),
            signed_by: "keyring".into(),
            suites: Vec::new(),
        }],
        closures: vec![
            closure(ClosureOf::Base("debian".into()), &[], &["dash"]),
            closure(ClosureOf::Host("web".into()), &[], &[]),
            closure(ClosureOf::Host("other".into()), &[], &[]),
            closure(ClosureOf::Tools("debian".into()), &["make", "nodejs"], &["make", "nodejs"]),
        ],
        packages: ["dash", "make", "nodejs"].map(package).into(),
        sources: Vec::new(),
    }
}

fn digest(byte: u8) -> TreeDigest {
    TreeDigest::from_bytes([byte; 32])
}

fn options(known: &[(Source, u8)]) -> LowerOptions {
    let mut sources = Sources::default();
    for (source, byte) in known {
        sources.insert(source.clone(), digest(*byte));
    }
    LowerOptions { platform: "amd64".into(), image: None, sources }
}

fn lowered(trees: Vec<TreeMount>, known: &[(Source, u8)]) -> Lowered {
    lower(&topology(trees), &lock(), &options(known)).unwrap()
}

fn by_name(lowered: &Lowered) -> BTreeMap<String, Node> {
    let nodes = lowered.graph.order().iter().map(|id| lowered.graph.node(*id).clone());
    nodes.map(|node| (node.derivation.name.clone(), node)).collect()
}

/// Role and name of the inputs of a derivation.
fn inputs(all: &BTreeMap<String, Node>, name: &str) -> Vec<String> {
    let of = |hash: &DerivationHash| &all.values().find(|node| node.hash == *hash).unwrap().derivation.name;
    let inputs = all[name].derivation.inputs.iter();
    inputs.map(|input| format!("{} {}", input.role, of(&input.derivation))).collect()
}

#[test]
fn trees_lie_between_packages_and_configuration() {
    let trees = vec![
        mount("/srv/wiki/extensions", Tree::Source(local("./extensions"))),
        mount("/srv/wiki", Tree::Source(local("./wiki"))),
    ];
    let all = by_name(&lowered(trees, &[(local("./extensions"), 1), (local("./wiki"), 2)]));
    assert_eq!(
        inputs(&all, "e.web"),
        ["base base of debian", "tree ./wiki", "tree ./extensions", "overlay e.web configuration"]
    );
    let Builder::Rootfs(arguments) = &all["e.web"].derivation.builder else { panic!() };
    let whose = |path: &str| Mount { path: path.into(), user: "www-data".into(), group: "root".into() };
    assert_eq!(arguments.mounts, [whose("/srv/wiki"), whose("/srv/wiki/extensions")]);
    assert_eq!(all["./wiki"].derivation.builder, Builder::Source(SourceTree { tree: digest(2) }));
}

#[test]
fn commands_run_in_the_packages_that_they_ask_for() {
    let from = Tree::Source(local("./app"));
    let tree = Tree::Build(Box::new(build(Some(from), &["nodejs", "make", "make"])));
    let all = by_name(&lowered(vec![mount("/srv", tree)], &[(local("./app"), 1)]));
    assert_eq!(inputs(&all, "e.web")[1], "tree build of ./app");
    assert_eq!(inputs(&all, "build of ./app"), ["root packages of make, nodejs", "source ./app"]);
    assert_eq!(
        inputs(&all, "packages of make, nodejs"),
        ["base base of debian", "package make 1", "package nodejs 1"]
    );
    let arguments = RunArguments {
        commands: vec!["make".into(), "make install".into()],
        environment: vec![("A".into(), "1".into())],
        output: "out".into(),
    };
    assert_eq!(all["build of ./app"].derivation.builder, Builder::Run(arguments.into()));
}

#[test]
fn commands_without_packages_run_in_the_base_and_work_on_one_another() {
    let first = Tree::Build(Box::new(build(None, &[])));
    let second = Tree::Build(Box::new(build(Some(first), &[])));
    let all = by_name(&lowered(vec![mount("/srv", second)], &[]));
    assert_eq!(inputs(&all, "e.web")[1], "tree further build by make");
    assert_eq!(inputs(&all, "further build by make"), ["root base of debian", "source build by make"]);
    assert_eq!(inputs(&all, "build by make"), ["root base of debian"]);
}

#[test]
fn a_download_is_a_file_and_then_a_tree() {
    let url = "https://example.org/wiki-1.tar.gz".to_owned();
    let source = |unpack| Source::Download { url: url.clone(), sha256: "a".repeat(64), unpack };
    for (unpack, extract) in [(true, Extract::Archive), (false, Extract::File("wiki-1.tar.gz".into()))] {
        let all = by_name(&lowered(vec![mount("/srv", Tree::Source(source(unpack)))], &[]));
        assert_eq!(inputs(&all, "files of wiki-1.tar.gz"), ["file wiki-1.tar.gz"]);
        assert_eq!(all["files of wiki-1.tar.gz"].derivation.builder, Builder::Extract(extract));
        let download = Download { url: url.clone(), sha256: "a".repeat(64) };
        assert_eq!(all["wiki-1.tar.gz"].derivation.builder, Builder::Download(download.into()));
    }
}

/// The names of derivations whose hashes differ.
fn changed(one: &Lowered, other: &Lowered) -> Vec<String> {
    let (one, other) = (by_name(one), by_name(other));
    let differs = |(name, node): (&String, &Node)| one.get(name).map(|old| old.hash) != Some(node.hash);
    other.iter().filter(|(name, node)| differs((name, node))).map(|(name, _)| name.clone()).collect()
}

#[test]
fn a_changed_source_reaches_what_it_is_in_and_nothing_else() {
    let plain = || vec![mount("/srv/wiki", Tree::Source(local("./wiki")))];
    let lower = |byte| lowered(plain(), &[(local("./wiki"), byte)]);
    assert_eq!(changed(&lower(1), &lower(1)), [""; 0]);
    assert_eq!(changed(&lower(1), &lower(2)), ["./wiki", "e.web", "e.web.app check true", "e@local"]);

    let made = || Tree::Build(Box::new(build(Some(Tree::Source(local("./wiki"))), &["make", "nodejs"])));
    let lower = |byte| lowered(vec![mount("/srv/wiki", made())], &[(local("./wiki"), byte)]);
    assert_eq!(
        changed(&lower(1), &lower(2)),
        ["./wiki", "build of ./wiki", "e.web", "e.web.app check true", "e@local"]
    );
}

#[test]
fn no_path_of_this_machine_reaches_a_hash() {
    let lower = |path: &str, byte| {
        let tree = Tree::Build(Box::new(build(Some(Tree::Source(local(path))), &[])));
        let value = format!("build {{ from = local {{ path = {path:?} }} }}");
        let mut topology = topology(vec![mount("/srv/wiki", tree)]);
        let parameter = Parameter { name: "site".into(), value, capacity: false };
        topology.parameters = vec![parameter.clone()];
        topology.hosts[1].instances[0].parameters = vec![parameter];
        super::lower(&topology, &lock(), &options(&[(local(path), byte)])).unwrap()
    };
    let (here, there) = (lower("/home/ann/wiki", 1), lower("/home/bob/wiki", 1));
    assert_eq!(here.environment, there.environment);
    for node in by_name(&here).values() {
        assert!(
            !String::from_utf8_lossy(&node.derivation.encode()).contains("/home"),
            "{}",
            node.derivation.name
        );
    }
    assert_ne!(here.environment, lower("/home/ann/wiki", 2).environment);
    // What the description itself says is part of it.
    assert_ne!(lower("./a", 1).environment, lower("./b", 1).environment);
}

#[test]
fn what_was_not_read_or_locked_is_an_error() {
    let tree = || Tree::Source(Source::Git { repository: "./wiki".into(), revision: "v1".into() });
    let topology = topology(vec![mount("/srv/wiki", tree())]);
    let error = lower(&topology, &lock(), &options(&[])).unwrap_err();
    assert_eq!(error, LowerError::NotRead("./wiki v1".into()));
    let unknown = Tree::Build(Box::new(build(None, &["php"])));
    let topology = self::topology(vec![mount("/srv/wiki", unknown)]);
    let error = lower(&topology, &lock(), &options(&[])).unwrap_err();
    assert_eq!(error.to_string(), "the lock has nothing for a build with `php`");
}
