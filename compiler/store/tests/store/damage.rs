use std::{fs, io::Read, path::PathBuf};

use plc_store::{BlobDigest, Kind, Object, Problem, Store, StoreError, Tree, TreeDigest};

use crate::support::{entry, file, file_of, put_tree, realisation, scratch};

struct Damaged {
    store: Store,
    tree: TreeDigest,
    blob: BlobDigest,
    _root: tempfile::TempDir,
}

impl Damaged {
    fn new() -> Self {
        let root = scratch();
        let store = Store::open(root.path()).unwrap();
        let tree = put_tree(&store, b"content").unwrap();
        let blob = store.put_blob(b"content").unwrap();
        store.commit(&[realisation("a", tree)]).unwrap();
        Self { store, tree, blob, _root: root }
    }

    fn path(&self, shelf: &str, hex: &str) -> PathBuf {
        file_of(self.store.root(), shelf, hex)
    }

    fn blob_path(&self) -> PathBuf {
        self.path("blobs", &self.blob.to_hex())
    }

    fn tree_path(&self) -> PathBuf {
        self.path("trees", &self.tree.to_hex())
    }

    fn problems(&self) -> Vec<Problem> {
        self.store.verify().unwrap().problems
    }
}

fn replace(path: &PathBuf, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn every_changed_byte_and_every_shorter_length_is_found() {
    let damaged = Damaged::new();
    let (blob, tree) = (damaged.blob_path(), damaged.tree_path());
    for path in [&blob, &tree] {
        let good = fs::read(path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            replace(path, &bad);
            assert_eq!(damaged.problems().len(), 1, "byte {at}");
            replace(path, &good[..at]);
            assert!(!damaged.problems().is_empty(), "{at} bytes");
        }
        replace(path, &good);
    }
    assert_eq!(damaged.problems(), []);
}

#[test]
fn damage_is_named_at_the_end_of_reading_piece_by_piece() {
    let damaged = Damaged::new();
    for taken in [0, 3, 7] {
        let open = || damaged.store.open_blob_to_verify(&damaged.blob).unwrap();
        let mut read = vec![0; taken];
        let mut good = open();
        good.read_exact(&mut read).unwrap();
        assert_eq!(read, b"content"[..taken]);
        good.verify().unwrap();
        replace(&damaged.blob_path(), b"contenT");
        let mut bad = open();
        bad.read_exact(&mut read).unwrap();
        let error = bad.verify().unwrap_err();
        assert!(matches!(&error, StoreError::Damaged { object: Object::Blob(_), .. }), "{error}");
        replace(&damaged.blob_path(), b"content");
    }
}

#[test]
fn damage_is_named_on_reading() {
    let damaged = Damaged::new();
    replace(&damaged.blob_path(), b"CONTENT");
    let error = damaged.store.read_blob(&damaged.blob).unwrap_err();
    assert!(matches!(&error, StoreError::Damaged { object: Object::Blob(_), .. }));
    // A good manifest, but another's.
    let other = Tree::new(vec![entry("", Kind::Directory), file("x", b"")]).unwrap();
    replace(&damaged.tree_path(), &other.encode());
    let error = damaged.store.read_tree(&damaged.tree).unwrap_err();
    assert!(matches!(&error, StoreError::Damaged { object: Object::Tree(_), .. }));
    assert!(error.to_string().contains(&damaged.tree.to_hex()));
    assert!(error.hint().unwrap().contains("--store"));
}

#[test]
fn what_is_missing_is_found() {
    let damaged = Damaged::new();
    fs::remove_file(damaged.blob_path()).unwrap();
    let needed_by = Object::Tree(damaged.tree);
    assert_eq!(damaged.problems(), [Problem::Missing { object: Object::Blob(damaged.blob), needed_by }]);
    fs::remove_file(damaged.tree_path()).unwrap();
    let needed_by = Object::Realisation(realisation("a", damaged.tree).resolved);
    assert_eq!(damaged.problems(), [Problem::Missing { object: needed_tree(&damaged), needed_by }]);
}

fn needed_tree(damaged: &Damaged) -> Object {
    Object::Tree(damaged.tree)
}

#[test]
fn files_of_others_are_named() {
    let damaged = Damaged::new();
    let aliens = ["blobs/readme", "blobs/00/short", "trees/zz"].map(|path| damaged.store.root().join(path));
    for path in &aliens {
        fs::write(path, b"").unwrap();
    }
    let found = damaged.problems();
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(aliens.iter().all(|path| found.contains(&Problem::Alien(path.clone()))));
}
