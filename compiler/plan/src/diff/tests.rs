mod trees;

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use super::*;
use crate::derivation::{
    CheckArguments, EnvironmentArguments, Fetch, Input, PackageVersion, RootfsArguments, TreeArguments,
    TreeContent, TreeFile,
};

#[derive(Default)]
struct Known(RefCell<HashMap<DerivationHash, Derivation>>, RefCell<Vec<Tree>>);

impl Derivations for Known {
    fn get(&self, hash: &DerivationHash) -> Result<Option<Derivation>, String> {
        Ok(self.0.borrow().get(hash).cloned())
    }

    fn tree(&self, digest: &TreeDigest) -> Result<Option<Tree>, String> {
        Ok(self.1.borrow().iter().find(|tree| tree.digest() == *digest).cloned())
    }
}

impl Known {
    fn add(&self, name: &str, inputs: &[(Role, DerivationHash)], builder: Builder) -> DerivationHash {
        let inputs = inputs.iter().map(|(role, derivation)| Input { role: *role, derivation: *derivation });
        let derivation =
            Derivation { name: name.into(), platform: "amd64".into(), inputs: inputs.collect(), builder };
        let hash = derivation.hash();
        self.0.borrow_mut().insert(hash, derivation);
        hash
    }

    fn package(&self, name: &str, version: &str, sha256: &str) -> DerivationHash {
        let fetch = self.add(
            name,
            &[],
            Builder::Fetch(Arc::new(Fetch {
                archive: "debian".into(),
                suite: "bookworm".into(),
                path: format!("pool/{name}_{version}.deb"),
                sha256: sha256.into(),
                size: 1,
            })),
        );
        let package = Arc::new(PackageVersion::new(name, version, "amd64"));
        self.add(name, &[(Role::Deb, fetch)], Builder::Unpack(package))
    }

    fn root(&self, packages: &[DerivationHash], text: &str) -> DerivationHash {
        let inputs: Vec<_> = packages.iter().map(|p| (Role::Package, *p)).collect();
        let rootfs =
            || Builder::Rootfs(Box::new(RootfsArguments { manual: vec![], owners: vec![], mounts: vec![] }));
        let base = self.add("packages", &inputs, rootfs());
        let file =
            TreeFile { path: "/etc/a.cnf".into(), mode: 0o644, content: TreeContent::Text(text.into()) };
        let tree = self.add("configuration", &[], Builder::Tree(TreeArguments { files: vec![file] }));
        self.add("root", &[(Role::Base, base), (Role::Overlay, tree)], rootfs())
    }

    fn environment(&self, hosts: &[(&str, DerivationHash)], topology: &str) -> DerivationHash {
        let mut inputs: Vec<_> = hosts.iter().map(|(_, root)| (Role::Root, *root)).collect();
        let check = CheckArguments { exec: vec!["/bin/true".into()], user: "root".into() };
        let check = self.add("check", &[(Role::Root, hosts[0].1)], Builder::Check(check.into()));
        inputs.push((Role::Check, check));
        let hosts = hosts.iter().map(|(name, _)| (*name).to_owned()).collect();
        let arguments = EnvironmentArguments { hosts, topology: topology.into() };
        self.add("env", &inputs, Builder::Environment(arguments.into()))
    }
}

fn by_text(a: &str, b: &str) -> std::cmp::Ordering {
    a.cmp(b)
}

#[test]
fn nothing_differs_from_itself() {
    let known = Known::default();
    let root = known.root(&[known.package("php", "8.2", "aa")], "x = 1\n");
    assert!(diff(&known, &root, &root, &by_text).unwrap().is_empty());
}

#[test]
fn versions_then_lines_of_the_host_that_differs() {
    let known = Known::default();
    let (old, new) = (known.package("php", "8.2", "aa"), known.package("php", "8.4", "bb"));
    let (gone, come) = (known.package("gone", "1", "cc"), known.package("come", "2", "dd"));
    let same = known.root(&[], "same\n");
    let one = known.root(&[old, gone], "a\nx = 1\nz\n");
    let two = known.root(&[new, come], "a\nx = 2\nz\n");
    let a = known.environment(&[("app", one), ("db", same)], "{}");
    let b = known.environment(&[("app", two), ("db", same)], "{}");
    let drift = diff(&known, &a, &b, &by_text).unwrap();
    assert_eq!(drift.hosts.len(), 1);
    let host = &drift.hosts[0];
    assert_eq!(host.host, "app");
    assert_eq!(
        host.packages,
        [
            PackageChange::Added { name: "come".into(), version: "2".into() },
            PackageChange::Removed { name: "gone".into(), version: "1".into() },
            PackageChange::Upgraded { name: "php".into(), from: "8.2".into(), to: "8.4".into() },
        ]
    );
    let lines: Vec<String> =
        host.configuration[0].hunks[0].lines.iter().map(|l| format!("{}{}", l.tag, l.text)).collect();
    assert_eq!(lines, [" a", "-x = 1", "+x = 2", " z"]);
    assert_eq!(host.configuration[0].hunks[0].from, 1);
    let back = diff(&known, &b, &a, &by_text).unwrap();
    assert!(matches!(&back.hosts[0].packages[2], PackageChange::Downgraded { from, .. } if from == "8.4"));
}

#[test]
fn other_bytes_at_the_same_version_are_told() {
    let known = Known::default();
    let one = known.root(&[known.package("php", "8.2", "aa")], "");
    let two = known.root(&[known.package("php", "8.2", "bb")], "");
    let drift = diff(&known, &one, &two, &by_text).unwrap();
    assert_eq!(
        drift.hosts[0].packages,
        [PackageChange::Rebuilt { name: "php".into(), version: "8.2".into() }]
    );
}

#[test]
fn hosts_that_come_and_go_and_topology_values_are_told() {
    let known = Known::default();
    let root = known.root(&[], "");
    let a = known.environment(&[("app", root)], r#"{"hosts":[{"name":"app","replicas":1}]}"#);
    let b = known.environment(
        &[("app", root), ("db", root)],
        r#"{"hosts":[{"name":"app","replicas":2},{"name":"db"}]}"#,
    );
    let drift = diff(&known, &a, &b, &by_text).unwrap();
    assert_eq!(drift.hosts.len(), 1);
    assert_eq!((drift.hosts[0].host.as_str(), drift.hosts[0].presence), ("db", Presence::Added));
    assert_eq!(drift.other, ["app.replicas: 1 → 2", "hosts: added `db`"]);
}

#[test]
fn an_unknown_input_is_an_error() {
    let known = Known::default();
    let root = known.root(&[known.package("php", "8.2", "aa")], "");
    let other = known.root(&[], "");
    known.0.borrow_mut().retain(|_, d| d.builder.kind() != "unpack");
    assert!(matches!(diff(&known, &root, &other, &by_text), Err(DiffError::Unknown { .. })));
}
