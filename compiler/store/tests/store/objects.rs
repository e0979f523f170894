use std::{
    io::{Read, Write},
    os::unix::fs::PermissionsExt,
};

use plc_store::{BlobDigest, Object, Store, StoreError};

use crate::support::{assert_good, file_of, files, put_tree, scratch};

fn digest(bytes: &[u8]) -> BlobDigest {
    BlobDigest::from_bytes(*blake3::hash(bytes).as_bytes())
}

#[test]
fn a_blob_is_read_before_and_after_the_commit() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let blob = store.put_blob(b"content").unwrap();
    assert_eq!(blob, digest(b"content"));
    for _ in 0..2 {
        assert!(store.has_blob(&blob));
        assert_eq!(store.read_blob(&blob).unwrap(), b"content");
        let mut read = String::new();
        store.open_blob(&blob).unwrap().read_to_string(&mut read).unwrap();
        assert_eq!(read, "content");
        store.commit(&[]).unwrap();
    }
    let hex = blob.to_hex();
    let place = file_of(store.root(), "blobs", &hex);
    let status = std::fs::metadata(place).unwrap();
    assert_eq!(status.permissions().mode() & 0o7777, 0o444);
    assert_good(&store);
}

#[test]
fn a_writer_gives_the_same_as_putting_at_once() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    for length in [0, 1, 255 * 1024, 256 * 1024, 256 * 1024 + 1, 1_000_000] {
        let bytes: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
        let mut writer = store.blob_writer().unwrap();
        for piece in bytes.chunks(77_777) {
            writer.write_all(piece).unwrap();
        }
        let (blob, size) = writer.finish().unwrap();
        assert_eq!((blob, size), (digest(&bytes), length as u64));
        assert_eq!(store.read_blob(&blob).unwrap(), bytes);
    }
    store.commit(&[]).unwrap();
    assert_eq!(store.verify().unwrap().blobs, 6);
    assert!(files(&store.session().join("incoming")).is_empty());
}

#[test]
fn a_writer_that_is_dropped_leaves_nothing() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let mut writer = store.blob_writer().unwrap();
    writer.write_all(&vec![7; 1_000_000]).unwrap();
    assert_eq!(files(store.session()).len(), 1);
    drop(writer);
    assert!(files(store.session()).is_empty());
}

#[test]
fn known_content_is_not_written_again() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let large = vec![1; 600_000];
    store.put_blob(b"small").unwrap();
    store.put_blob(&large).unwrap();
    put_tree(&store, b"in a tree").unwrap();
    store.commit(&[]).unwrap();
    store.put_blob(b"small").unwrap();
    let mut writer = store.blob_writer().unwrap();
    writer.write_all(&large).unwrap();
    writer.finish().unwrap();
    put_tree(&store, b"in a tree").unwrap();
    assert!(files(store.session()).is_empty());
}

#[test]
fn what_is_missing_is_named() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let blob = digest(b"nowhere");
    assert!(!store.has_blob(&blob));
    let error = store.open_blob(&blob).unwrap_err();
    assert!(matches!(error, StoreError::Missing { object: Object::Blob(missing), .. } if missing == blob));
    assert!(error.to_string().contains(&blob.to_hex()));
    assert!(error.hint().unwrap().contains("--store"));
}

#[test]
fn a_tree_is_read_before_and_after_the_commit() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let digest = put_tree(&store, b"content").unwrap();
    for _ in 0..2 {
        assert!(store.has_tree(&digest));
        assert_eq!(store.read_tree(&digest).unwrap().digest(), digest);
        store.commit(&[]).unwrap();
    }
    assert_good(&store);
}

#[test]
fn other_sessions_see_only_what_is_committed() {
    let root = scratch();
    let one = Store::open(root.path()).unwrap();
    let two = Store::open(root.path()).unwrap();
    let blob = one.put_blob(b"content").unwrap();
    assert!(!two.has_blob(&blob));
    two.put_blob(b"content").unwrap();
    one.commit(&[]).unwrap();
    assert!(two.has_blob(&blob));
    two.commit(&[]).unwrap();
    assert!(files(two.session()).is_empty());
    assert_eq!(two.read_blob(&blob).unwrap(), b"content");
    assert_good(&two);
}
