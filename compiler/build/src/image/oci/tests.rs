//! What layers come to when they are laid upon one another: the tree that they were made from.

use std::{io::Read, sync::LazyLock};

use plc_store::Xattr;
use proptest::prelude::*;

use super::*;

/// What a tar says of an entry: kind, mode, owner, time, attributes, what it holds or points to.
type Said = (u8, u32, u64, u64, u64, Vec<String>, Vec<u8>);

/// What is on a disk after layers have been unpacked, one upon the other, as the specification has it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Disk(BTreeMap<Vec<u8>, Said>);

impl Disk {
    fn unpack(&mut self, tar: &[u8]) {
        let mut archive = tar::Archive::new(tar);
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let path =
                entry.path_bytes().strip_suffix(b"/").map_or(entry.path_bytes().into_owned(), <[u8]>::to_vec);
            let cut = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
            if let Some(gone) = path[cut..].strip_prefix(b".wh.") {
                let gone = [&path[..cut], gone].concat();
                assert!(self.0.contains_key(&gone), "{} was not there", String::from_utf8_lossy(&gone));
                self.remove(&gone);
                continue;
            }
            let pax = entry.pax_extensions().unwrap().into_iter().flatten();
            let xattrs = pax.map(|record| {
                let record = record.unwrap();
                format!("{:?} {:?}", record.key_bytes(), record.value_bytes())
            });
            let xattrs = xattrs.collect();
            let header = entry.header().clone();
            let mut held = entry.link_name_bytes().map(|link| link.into_owned()).unwrap_or_default();
            entry.read_to_end(&mut held).unwrap();
            let kind = header.entry_type().as_byte();
            if !header.entry_type().is_dir() {
                self.remove(&path);
            }
            if header.entry_type().is_hard_link() {
                assert!(self.0.contains_key(&held), "{held:?} is not there yet");
            }
            let (uid, gid) = (header.uid().unwrap(), header.gid().unwrap());
            let said = (kind, header.mode().unwrap(), uid, gid, header.mtime().unwrap(), xattrs, held);
            self.0.insert(path, said);
        }
    }

    fn remove(&mut self, path: &[u8]) {
        let below = [path, b"/"].concat();
        self.0.retain(|known, _| known != path && !known.starts_with(&below));
    }
}

fn scratch() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&directory.path().join("store")).unwrap();
    (directory, store)
}

fn entry(path: &str, mode: u16, kind: Kind) -> Entry {
    let meta = Meta { mode, uid: 0, gid: 0, mtime: 7, xattrs: Vec::new() };
    Entry { path: TreePath::new(path.as_bytes()).unwrap(), meta, kind }
}

fn directory(path: &str) -> Entry {
    entry(path, 0o755, Kind::Directory)
}

fn file(path: &str, text: &str, store: &Store) -> Entry {
    let blob = store.put_blob(text.as_bytes()).unwrap();
    entry(path, 0o644, Kind::File { blob, size: text.len() as u64 })
}

fn link(path: &str, target: &str) -> Entry {
    entry(path, 0o644, Kind::Hardlink(TreePath::new(target.as_bytes()).unwrap()))
}

fn tree(entries: Vec<Entry>) -> Tree {
    Tree::new([vec![directory("")], entries].concat()).unwrap()
}

/// The layer that a tree is upon another.
fn tar_of(tree: &Tree, below: Option<&Tree>, store: &Store) -> Vec<u8> {
    let layer = layer(tree, below, store).unwrap();
    let (name, Blob { blob, size }) = the_blob(&layer).unwrap();
    let bytes = store.read_blob(&blob).unwrap();
    assert_eq!((hex(&Sha256::digest(&bytes)), bytes.len() as u64), (name, size));
    bytes
}

/// The names in a layer, in their order.
fn names(tar: &[u8]) -> Vec<String> {
    let mut archive = tar::Archive::new(tar);
    let entries = archive.entries().unwrap();
    entries.map(|entry| String::from_utf8(entry.unwrap().path_bytes().into_owned()).unwrap()).collect()
}

#[test]
fn a_layer_has_what_is_otherwise_than_below() {
    let (_directory, store) = scratch();
    let below = tree(vec![
        directory("etc"),
        file("etc/a", "1", &store),
        file("etc/same", "1", &store),
        directory("etc/gone"),
        file("etc/gone/b", "1", &store),
        directory("usr"),
        file("usr/c", "1", &store),
        link("usr/d", "usr/c"),
        file("usr/e", "1", &store),
    ]);
    let above = tree(vec![
        directory("etc"),
        file("etc/a", "2", &store),
        file("etc/same", "1", &store),
        directory("usr"),
        file("usr/c", "1", &store),
        link("usr/d", "usr/c"),
        link("usr/f", "usr/c"),
        file("usr/e", "1", &store),
    ]);
    let tar = tar_of(&above, Some(&below), &store);
    assert_eq!(names(&tar), ["etc/.wh.gone", "./", "etc/", "etc/a", "usr/", "usr/c", "usr/d", "usr/f"]);
    assert_eq!(names(&tar_of(&above, Some(&above), &store)), [] as [&str; 0]);
}

#[test]
fn names_that_a_layer_cannot_say_are_refused() {
    let (_directory, store) = scratch();
    let marked = tree(vec![file(".wh.a", "1", &store)]);
    assert!(
        matches!(layer(&marked, None, &store), Err(ImageError::Mark(path)) if path.as_bytes() == b".wh.a")
    );
    let long = tree(vec![file(&"a".repeat(252), "1", &store)]);
    let empty = tree(Vec::new());
    assert!(matches!(layer(&empty, Some(&long), &store), Err(ImageError::LongName(_))));
    let longest = tree(vec![file(&"a".repeat(251), "1", &store)]);
    assert_eq!(
        names(&tar_of(&empty, Some(&longest), &store)),
        [format!(".wh.{}", "a".repeat(251)), "./".into()]
    );
}

#[test]
fn an_image_names_its_layers() {
    let (_directory, store) = scratch();
    let base = tree(vec![directory("etc")]);
    let top = tree(vec![directory("etc"), file("etc/a", "1", &store)]);
    let layers = [layer(&base, None, &store).unwrap(), layer(&top, Some(&base), &store).unwrap()];
    let made = image(&layers, "arm64", &store).unwrap();
    let read = |name: &str| -> Value {
        let path = TreePath::new(name.as_bytes()).unwrap();
        let Kind::File { blob, size } = made.get(&path).unwrap().kind else { panic!("{name}") };
        let text = store.read_blob(&blob).unwrap();
        assert_eq!(text.len() as u64, size);
        serde_json::from_slice(&text).unwrap()
    };
    let blob = |descriptor: &Value| {
        read(&format!("{BLOBS}/{}", descriptor["digest"].as_str().unwrap().strip_prefix("sha256:").unwrap()))
    };
    assert_eq!(read(LAYOUT)["imageLayoutVersion"], "1.0.0");
    let manifest = blob(&read(INDEX)["manifests"][0]);
    let config = blob(&manifest["config"]);
    assert_eq!((&config["architecture"], &config["variant"]), (&"arm64".into(), &"v8".into()));
    let named: Vec<String> =
        layers.iter().map(|layer| format!("sha256:{}", the_blob(layer).unwrap().0)).collect();
    assert_eq!(config["rootfs"]["diff_ids"], json!(named));
    let digests: Vec<&Value> =
        manifest["layers"].as_array().unwrap().iter().map(|layer| &layer["digest"]).collect();
    assert_eq!(digests, named.iter().collect::<Vec<_>>());
    assert_eq!(image(&layers, "arm64", &store).unwrap(), made);
    assert_ne!(image(&layers, "amd64", &store).unwrap(), made);
    assert!(matches!(image(&[base], "amd64", &store), Err(ImageError::NoLayer)));
}

/// Trees over so few names that two have many in common.
fn trees() -> impl Strategy<Value = Vec<(u8, u8, u8)>> {
    proptest::collection::vec((0..12_u8, 0..6_u8, 0..3_u8), 0..14)
}

/// A tree of what was drawn: where, what, and how.
fn drawn(parts: &[(u8, u8, u8)], store: &Store) -> Tree {
    const PLACES: [&str; 12] =
        ["a", "a/a", "a/b", "a/b/a", "a-", "b", "b/a", "b/b", "b/b/b", "c", "c/a", "d"];
    let mut entries: BTreeMap<&str, Entry> = BTreeMap::new();
    for (place, what, how) in parts {
        let path = PLACES[usize::from(*place)];
        let mode = [0o755, 0o700, 0o4755][usize::from(*how)];
        let mut made = match what {
            0 | 1 => entry(path, mode, Kind::Directory),
            2 => entry(path, mode, Kind::Symlink(Box::from(*b"a"))),
            3 => entry(path, mode, Kind::Hardlink(TreePath::new(b"a-").unwrap())),
            _ => Entry { meta: entry(path, mode, Kind::Fifo).meta, ..file(path, &how.to_string(), store) },
        };
        if *how == 2 {
            made.meta.xattrs = vec![Xattr { name: Box::from(*b"user.x"), value: Box::from([*what]) }];
        }
        entries.insert(path, made);
    }
    // What is in no directory is left out, and so are links to what is no file before them.
    let is_file = matches!(entries.get("a-").map(|entry| &entry.kind), Some(Kind::File { .. }));
    let mut kept = vec![directory("")];
    for (path, entry) in entries {
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let inside = kept.iter().any(|e| e.path.as_bytes() == parent.as_bytes() && e.kind == Kind::Directory);
        let linked = !matches!(entry.kind, Kind::Hardlink(_)) || (is_file && path > "a-");
        if inside && linked {
            kept.push(entry);
        }
    }
    Tree::new(kept).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Layers upon one another are what the uppermost was made from, times and attributes included.
    #[test]
    fn layers_come_to_the_tree(one in trees(), two in trees(), three in trees()) {
        // One for all cases: opening it is what takes time.
        static STORE: LazyLock<(tempfile::TempDir, Store)> = LazyLock::new(scratch);
        let store = &STORE.1;
        let (one, two, three) = (drawn(&one, store), drawn(&two, store), drawn(&three, store));
        let (mut layered, mut whole) = (Disk::default(), Disk::default());
        layered.unpack(&tar_of(&one, None, store));
        layered.unpack(&tar_of(&two, Some(&one), store));
        layered.unpack(&tar_of(&three, Some(&two), store));
        whole.unpack(&tar_of(&three, None, store));
        prop_assert_eq!(layered, whole);
    }
}
