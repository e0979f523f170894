use plc_store::{BlobDigest, Entry, Kind, Meta, Tree, TreePath, Xattr, encode, tree::BadPath, tree::BadTree};
use proptest::prelude::*;

use crate::support::{entry, file, meta, path};

fn root() -> Entry {
    entry("", Kind::Directory)
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![
        4 => any::<([u8; 32], u64)>()
            .prop_map(|(blob, size)| Kind::File { blob: BlobDigest::from_bytes(blob), size }),
        1 => "[a-z./]{1,20}".prop_map(|target| Kind::Symlink(target.into_bytes().into())),
        1 => Just(Kind::Fifo),
        1 => any::<(u32, u32)>().prop_map(|(major, minor)| Kind::CharDevice { major, minor }),
        1 => any::<(u32, u32)>().prop_map(|(major, minor)| Kind::BlockDevice { major, minor }),
    ]
}

fn metas() -> impl Strategy<Value = Meta> {
    let xattrs = proptest::collection::btree_map("[a-z.]{1,12}", any::<Vec<u8>>(), 0..3).prop_map(|map| {
        map.into_iter()
            .map(|(name, value)| Xattr { name: name.into_bytes().into(), value: value.into() })
            .collect()
    });
    (0..=0o7777u16, any::<u32>(), any::<u32>(), any::<i64>(), xattrs)
        .prop_map(|(mode, uid, gid, mtime, xattrs)| Meta { mode, uid, gid, mtime, xattrs })
}

/// Directories `a` … `h` below the root, and in some of them things of any kind and name.
fn trees() -> impl Strategy<Value = Tree> {
    let name = "[^/\0]{1,8}".prop_filter("not the directory itself", |name| name != "." && name != "..");
    let things = proptest::collection::btree_map(("[a-h]", name), (metas(), kinds()), 0..40);
    (things, metas()).prop_map(|(things, of_root)| {
        let mut entries = vec![Entry { path: TreePath::root(), meta: of_root, kind: Kind::Directory }];
        entries.extend("abcdefgh".chars().map(|name| entry(&name.to_string(), Kind::Directory)));
        for ((directory, name), (meta, kind)) in things {
            entries.push(Entry { path: path(&format!("{directory}/{name}")), meta, kind });
        }
        Tree::new(entries).unwrap()
    })
}

proptest! {
    #[test]
    fn round_trip(tree in trees()) {
        let manifest = tree.encode();
        prop_assert_eq!(Tree::digest_of(&manifest), tree.digest());
        prop_assert_eq!(Tree::decode(&manifest).unwrap(), tree);
    }

    #[test]
    fn order_of_making_does_not_matter(tree in trees(), seed in any::<u64>()) {
        let mut entries = tree.entries().to_vec();
        let length = entries.len();
        for index in 0..length {
            entries.swap(index, (seed as usize).wrapping_mul(index + 1) % length);
        }
        prop_assert_eq!(Tree::new(entries).unwrap().digest(), tree.digest());
    }

    #[test]
    fn a_changed_byte_is_refused_or_another_tree(tree in trees(), at in any::<prop::sample::Index>(), by in 1..=255u8) {
        let mut manifest = tree.encode();
        let at = at.index(manifest.len());
        manifest[at] ^= by;
        if let Ok(other) = Tree::decode(&manifest) {
            prop_assert_ne!(&other, &tree);
            prop_assert_eq!(other.encode(), manifest);
        }
    }

    #[test]
    fn any_bytes_are_refused_or_canonical(manifest in any::<Vec<u8>>()) {
        if let Ok(tree) = Tree::decode(&manifest) {
            prop_assert_eq!(tree.encode(), manifest);
        }
    }

    #[test]
    fn paths(bytes in any::<Vec<u8>>()) {
        if let Ok(path) = TreePath::new(&bytes) {
            prop_assert_eq!(path.as_bytes(), &bytes[..]);
            let parts = bytes.split(|byte| *byte == b'/').all(|part| part != b"." && part != b"..");
            prop_assert!(parts && !bytes.contains(&0));
            if let Some(parent) = path.parent() {
                let mut whole = parent.as_bytes().to_vec();
                if !parent.is_root() {
                    whole.push(b'/');
                }
                whole.extend_from_slice(path.name());
                prop_assert_eq!(whole, bytes);
            }
        }
    }
}

#[test]
fn paths_that_lead_out_are_refused() {
    let long = "x/".repeat(2048) + "x";
    let part = "x".repeat(256);
    for (text, why) in [
        ("/etc", BadPath::Absolute),
        ("/", BadPath::Absolute),
        ("..", BadPath::Part),
        ("a/../b", BadPath::Part),
        (".", BadPath::Part),
        ("./a", BadPath::Part),
        ("a//b", BadPath::Part),
        ("a/", BadPath::Part),
        ("a\0b", BadPath::Nul),
        (&*long, BadPath::TooLong),
        (&*part, BadPath::TooLong),
    ] {
        assert_eq!(TreePath::new(text.as_bytes()), Err(why), "{text:?}");
    }
    assert_eq!(path("a/b").parent(), Some(path("a")));
    assert_eq!(path("a").parent(), Some(TreePath::root()));
    assert_eq!(TreePath::root().parent(), None);
    assert_eq!(path("a/b").name(), b"b");
}

#[test]
fn what_is_not_a_tree_is_refused() {
    let link = |at: &str, to: &str| entry(at, Kind::Hardlink(path(to)));
    let cases = [
        (vec![], BadTree::NoRoot),
        (vec![file("a", b"")], BadTree::NoRoot),
        (vec![entry("", Kind::Fifo)], BadTree::Orphan(path(""))),
        (vec![root(), root()], BadTree::Duplicate(path(""))),
        (vec![root(), file("a", b""), file("a", b"x")], BadTree::Duplicate(path("a"))),
        (vec![root(), file("a/b", b"")], BadTree::Orphan(path("a/b"))),
        (vec![root(), file("a", b""), file("a/b", b"")], BadTree::Orphan(path("a/b"))),
        (vec![root(), link("a", "b"), file("b", b"")], BadTree::Dangling(path("a"))),
        (vec![root(), link("a", "a")], BadTree::Dangling(path("a"))),
        (vec![root(), link("a", "missing")], BadTree::Dangling(path("a"))),
        (vec![root(), entry("a", Kind::Directory), link("b", "a")], BadTree::Dangling(path("b"))),
        (vec![root(), file("a", b""), link("b", "a"), link("c", "b")], BadTree::Dangling(path("c"))),
        (vec![root(), entry("a", Kind::Symlink(Box::from(*b"")))], BadTree::Metadata(path("a"))),
        (vec![root(), entry("a", Kind::Symlink(Box::from(*b"b\0c")))], BadTree::Metadata(path("a"))),
        (vec![root(), Entry { meta: meta(0o10000), ..file("a", b"") }], BadTree::Metadata(path("a"))),
    ];
    for (entries, why) in cases {
        assert_eq!(Tree::new(entries.clone()), Err(why), "{entries:?}");
    }
}

#[test]
fn hard_links_and_attributes_have_one_form() {
    let xattr = |name: &[u8]| Xattr { name: name.into(), value: Box::from([]) };
    let mut target = file("a", b"content");
    target.meta = Meta { mode: 0o4755, uid: 7, xattrs: vec![xattr(b"user.b"), xattr(b"user.a")], ..meta(0) };
    let link = entry("b", Kind::Hardlink(path("a")));
    let tree = Tree::new(vec![link.clone(), target.clone(), root()]).unwrap();
    let [_, a, b] = tree.entries() else { panic!("three entries") };
    assert_eq!(a.meta.xattrs, [xattr(b"user.a"), xattr(b"user.b")]);
    assert_eq!(a.meta, b.meta);
    assert_eq!(tree.size(), 7);

    for entries in
        [vec![root(), target.clone()], vec![root(), file("a", b"content"), Entry { meta: meta(0), ..link }]]
    {
        assert!(matches!(Tree::decode(&encode::encode(&entries)), Err(BadTree::Metadata(_))));
    }
    target.meta.xattrs = vec![xattr(b"user.a"), xattr(b"user.a")];
    assert_eq!(Tree::new(vec![root(), target]), Err(BadTree::Metadata(path("a"))));
}

#[test]
fn an_unsorted_manifest_is_refused() {
    let entries = vec![root(), file("b", b""), file("a", b"")];
    assert_eq!(Tree::decode(&encode::encode(&entries)), Err(BadTree::Malformed));
    let mut manifest = Tree::new(entries).unwrap().encode();
    manifest.push(0);
    assert_eq!(Tree::decode(&manifest), Err(BadTree::Malformed));
    assert_eq!(Tree::decode(&[]), Err(BadTree::Malformed));
    // A billion entries are announced, none follow: refused before memory is set aside for them.
    assert_eq!(Tree::decode(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Err(BadTree::Malformed));
}

#[test]
fn the_digest_of_a_known_tree_does_not_change() {
    let tree = Tree::new(vec![root(), file("hello", b"world")]).unwrap();
    assert_eq!(tree.digest().to_hex(), "bf8d5cefe1914f4b2117713dbaff5dc914deaa0789df8bb8debb6b4449e59449");
}

#[test]
fn forty_thousand_entries_are_checked_in_a_moment() {
    let mut entries = vec![root()];
    for directory in 0..200 {
        entries.push(entry(&format!("d{directory:03}"), Kind::Directory));
        entries.extend((0..200).map(|index| file(&format!("d{directory:03}/f{index:03}"), b"")));
    }
    let tree = Tree::new(entries).unwrap();
    let manifest = tree.encode();
    let start = std::time::Instant::now();
    assert_eq!(Tree::decode(&manifest).unwrap(), tree);
    // A few hundredths of a second in a debug build; a check that is quadratic takes a minute.
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

#[test]
fn json_is_text_where_the_encoding_is_bytes() {
    let tree = Tree::new(vec![root(), entry("link", Kind::Symlink(Box::from(*b"to/there")))]).unwrap();
    let json = serde_json::to_value(tree.entries()).unwrap();
    assert_eq!(json[1]["path"], "link");
    assert_eq!(json[1]["kind"]["Symlink"], "to/there");
    let back: Vec<Entry> = serde_json::from_value(json).unwrap();
    assert_eq!(back, tree.entries());
}
