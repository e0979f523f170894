//! Trees that no package has.

use plc_store::{BlobDigest, Entry, Kind, Meta, TreePath};

use super::*;
use crate::derivation::{Download, Extract, Mount, RunArguments, SourceTree};

impl Known {
    /// A source of files whose content is a number, known as a tree or not.
    fn source(&self, name: &str, files: &[(&str, u8)], is_known: bool) -> DerivationHash {
        let meta = Meta { mode: 0o755, uid: 0, gid: 0, mtime: 0, xattrs: Vec::new() };
        let entry = |path: &str, kind| Entry {
            path: TreePath::new(path.as_bytes()).unwrap(),
            meta: meta.clone(),
            kind,
        };
        let mut entries = vec![entry("", Kind::Directory), entry("d", Kind::Directory)];
        for (path, content) in files {
            let blob = BlobDigest::from_bytes([*content; 32]);
            entries.push(entry(path, Kind::File { blob, size: 1 }));
        }
        let tree = Tree::new(entries).unwrap();
        let digest = tree.digest();
        if is_known {
            self.1.borrow_mut().push(tree);
        }
        self.add(name, &[], Builder::Source(SourceTree { tree: digest }))
    }

    /// A root file system with a tree at `/srv`.
    fn with_tree(&self, tree: DerivationHash, user: &str) -> DerivationHash {
        let mounts = vec![Mount { path: "/srv".into(), user: user.into(), group: "root".into() }];
        let arguments = RootfsArguments { manual: vec![], owners: vec![], mounts };
        let base = self.root(&[self.package("php", "8.2", "aa")], "");
        self.add("app", &[(Role::Base, base), (Role::Tree, tree)], Builder::Rootfs(arguments.into()))
    }

    fn made(&self, root: DerivationHash, source: DerivationHash, commands: &[&str]) -> DerivationHash {
        let arguments = RunArguments {
            commands: commands.iter().map(|command| (*command).to_owned()).collect(),
            environment: vec![("A".into(), "1".into())],
            output: "out".into(),
        };
        self.add("made", &[(Role::Root, root), (Role::Source, source)], Builder::Run(arguments.into()))
    }

    /// What `plc diff` would print of the one tree that differs.
    fn told(&self, a: DerivationHash, b: DerivationHash) -> Vec<String> {
        let (a, b) = (self.with_tree(a, "root"), self.with_tree(b, "root"));
        let drift = diff(self, &a, &b, &by_text).unwrap();
        let host = &drift.hosts[0];
        assert!(
            host.packages.is_empty() && host.configuration.is_empty() && host.other.is_empty(),
            "{host:?}"
        );
        assert_eq!(host.trees[0].path, "/srv");
        let files = host.trees[0].files.iter().map(|file| format!("{} {}", file.tag, file.path));
        files.chain(host.trees[0].notes.iter().cloned()).collect()
    }
}

#[test]
fn files_of_a_source_are_named() {
    let known = Known::default();
    let one = known.source("./src", &[("d/a", 1), ("d/b", 1), ("c", 1)], true);
    let two = known.source("./src", &[("d/a", 2), ("d/b", 1), ("e", 1)], true);
    assert_eq!(known.told(one, two), ["- c", "~ d/a", "+ e"]);
    let many: Vec<String> = (0..30).map(|n| format!("f{n:02}")).collect();
    let many: Vec<(&str, u8)> = many.iter().map(|name| (&**name, 1)).collect();
    let told = known.told(known.source("./src", &[("c", 1)], true), known.source("./src", &many, true));
    assert_eq!((told.len(), told[20].as_str()), (21, "11 further files"));
    let elsewhere = known.source("./src", &[("c", 7)], false);
    assert_eq!(known.told(one, elsewhere), ["other files, which are in another store"]);
    let moved = known.source("./other", &[("d/a", 1), ("d/b", 1), ("c", 1)], true);
    assert_eq!(known.told(one, moved), ["./src → ./other"]);
}

#[test]
fn what_made_a_tree_is_told_and_its_packages_are_not_the_hosts() {
    let known = Known::default();
    let (one, two) = (known.source("./src", &[("a", 1)], true), known.source("./src", &[("a", 2)], true));
    let root = known.root(&[known.package("nodejs", "18", "aa")], "");
    let newer = known.root(&[known.package("nodejs", "20", "bb"), known.package("make", "4", "cc")], "");
    let first = known.made(root, one, &["npm ci", "npm run build"]);
    assert_eq!(known.told(first, known.made(root, two, &["npm ci", "npm run build"])), ["~ a"]);
    assert_eq!(
        known.told(first, known.made(newer, one, &["npm ci", "make"])),
        [
            "command removed: npm run build",
            "command added: make",
            "made with make 4, which is new",
            "made with nodejs 18 → 20"
        ]
    );
    assert_eq!(
        known.told(first, known.made(root, one, &["npm run build", "npm ci"])),
        ["commands in another order"]
    );
    assert_eq!(known.told(first, one), ["made → ./src"]);
}

#[test]
fn downloads_owners_and_places_are_told() {
    let known = Known::default();
    let download = |url: &str, sha256: &str, extract| {
        let file = known.add(
            "file",
            &[],
            Builder::Download(Box::new(Download { url: url.into(), sha256: sha256.into() })),
        );
        known.add("files", &[(Role::File, file)], Builder::Extract(extract))
    };
    let one = download("https://a", "1", Extract::Archive);
    assert_eq!(
        known.told(one, download("https://b", "2", Extract::Archive)),
        ["https://a → https://b", "SHA-256 1 → 2"]
    );
    assert_eq!(
        known.told(one, download("https://a", "1", Extract::File("a".into()))),
        ["unpacked, or not unpacked any more"]
    );
    let (root, web) = (known.with_tree(one, "root"), known.with_tree(one, "www-data"));
    let drift = diff(&known, &root, &web, &by_text).unwrap();
    assert_eq!(drift.hosts[0].trees[0].notes, ["owner root:root → www-data:root"]);
    let none = known.root(&[known.package("php", "8.2", "aa")], "");
    for (a, b, note) in [(none, root, "added: files"), (root, none, "removed: files")] {
        assert_eq!(diff(&known, &a, &b, &by_text).unwrap().hosts[0].trees[0].notes, [note]);
    }
}
