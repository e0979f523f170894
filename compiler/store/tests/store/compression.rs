use std::{
    fs::{self, File},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

use plc_store::{BlobDigest, Object, Problem, Store, StoreError};

use crate::support::{assert_good, file_of, put_tree, realisation, scratch};

/// What the header of a compressed blob begins with.
const MAGIC: &[u8] = b"plc zst\n";

fn text(length: usize) -> Vec<u8> {
    (0..).flat_map(|line: u32| format!("line {line} of a text\n").into_bytes()).take(length).collect()
}

/// Bytes that nothing makes shorter.
fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&length.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

fn contents() -> Vec<(&'static str, Vec<u8>)> {
    let joined = |parts: &[&[u8]]| parts.concat();
    vec![
        ("nothing", Vec::new()),
        ("short", text(100)),
        ("some blocks", text(40_000)),
        ("noise", noise(40_000)),
        ("almost long", text((256 << 10) - 1)),
        ("as long as is kept in memory", text(256 << 10)),
        ("a byte more", text((256 << 10) + 1)),
        ("long", text(3 << 20)),
        ("very long", text(9 << 20)),
        ("long noise", noise(3 << 20)),
        ("noise after a text", joined(&[&text(300_000), &noise(600_000)])),
        ("a text after noise", joined(&[&noise(300_000), &text(600_000)])),
        ("the magic alone", MAGIC.to_vec()),
        ("a header without more", joined(&[MAGIC, &7_u64.to_le_bytes()])),
        ("like a header", joined(&[MAGIC, &noise(40_000)])),
        ("like a header, and long", joined(&[MAGIC, &noise(600_000)])),
        ("almost like a header", joined(&[&MAGIC[..7], &noise(100)])),
    ]
}

fn place(store: &Store, blob: &BlobDigest) -> PathBuf {
    file_of(store.root(), "blobs", &blob.to_hex())
}

fn is_compressed(file: &Path) -> bool {
    fs::read(file).unwrap().starts_with(MAGIC)
}

/// In every way in which a blob can be read.
fn assert_reads(store: &Store, blob: &BlobDigest, bytes: &[u8], what: &str) {
    assert!(store.read_blob(blob).unwrap() == bytes, "{what}");
    for piece in [1000, 1 << 20] {
        let (mut read, mut buffer) = (Vec::new(), vec![0; piece]);
        let mut content = store.open_blob(blob).unwrap();
        loop {
            match content.read(&mut buffer).unwrap() {
                0 => break,
                count => read.extend_from_slice(&buffer[..count]),
            }
        }
        assert!(read == bytes && content.read(&mut buffer).unwrap() == 0, "{what}");
    }
    store.open_blob_to_verify(blob).unwrap().verify().unwrap();
    let mut copy = tempfile::tempfile().unwrap();
    assert_eq!(store.open_blob(blob).unwrap().copy_to(&copy).unwrap(), bytes.len() as u64, "{what}");
    let mut read = Vec::new();
    copy.rewind().unwrap();
    copy.read_to_end(&mut read).unwrap();
    assert!(read == bytes, "{what}");
}

#[test]
fn every_content_is_read_as_it_was_written() {
    for by_pieces in [false, true] {
        let root = scratch();
        let store = Store::open(root.path()).unwrap();
        for (what, bytes) in contents() {
            let blob = if by_pieces {
                let mut writer = store.blob_writer().unwrap();
                bytes.chunks(77_777).for_each(|piece| writer.write_all(piece).unwrap());
                writer.finish().unwrap().0
            } else {
                store.put_blob(&bytes).unwrap()
            };
            assert_eq!(blob.as_bytes(), blake3::hash(&bytes).as_bytes());
            assert_reads(&store, &blob, &bytes, what);
            store.commit(&[]).unwrap();
            assert_reads(&store, &blob, &bytes, what);
            let file = place(&store, &blob);
            let (on_disk, length) = (fs::metadata(&file).unwrap().len(), bytes.len() as u64);
            match what {
                "as long as is kept in memory" | "a byte more" | "long" | "very long" => {
                    assert!(on_disk < length / 2, "{what}: {on_disk}")
                }
                "nothing" | "short" | "some blocks" | "almost long" | "noise" | "long noise" => {
                    assert_eq!(on_disk, length, "{what}")
                }
                "the magic alone" | "a header without more" | "like a header" | "like a header, and long" => {
                    assert!(is_compressed(&file) && on_disk > length, "{what}");
                }
                _ => {}
            }
            // For programs that take a path: the same file, as it is, and it stays so.
            for _ in 0..2 {
                if bytes.starts_with(MAGIC) {
                    assert!(store.blob_path(&blob).is_err(), "{what}");
                    continue;
                }
                assert_eq!(store.blob_path(&blob).unwrap(), file);
                assert!(fs::read(&file).unwrap() == bytes, "{what}");
            }
        }
        assert_good(&store);
    }
}

#[test]
fn what_is_damaged_is_never_taken_for_the_blob() {
    for length in [270_000, 300_000] {
        let root = scratch();
        let store = Store::open(root.path()).unwrap();
        let bytes = text(length);
        let tree = put_tree(&store, &bytes).unwrap();
        store.commit(&[realisation("a", tree)]).unwrap();
        let blob = BlobDigest::from_bytes(*blake3::hash(&bytes).as_bytes());
        let file = place(&store, &blob);
        let good = fs::read(&file).unwrap();
        assert!(good.starts_with(MAGIC));
        let damaged = |bad: &[u8], what: &str| {
            fs::remove_file(&file).unwrap();
            fs::write(&file, bad).unwrap();
            match store.read_blob(&blob) {
                // Some bits say how much memory is to be had, and no more.
                Ok(read) => assert!(read == bytes, "{what}"),
                Err(error) => {
                    assert!(matches!(error, StoreError::Damaged { .. }), "{what}: {error}");
                    let problems = store.verify().unwrap().problems;
                    let object = Object::Blob(blob);
                    assert_eq!(
                        problems.first(),
                        Some(&Problem::Damaged { object, path: file.clone() }),
                        "{what}"
                    );
                    let mut reader = store.open_blob_to_verify(&blob);
                    assert!(reader.as_mut().is_err() || reader.unwrap().verify().is_err(), "{what}");
                }
            }
        };
        for at in (0..good.len()).filter(|at| *at < 64 || at % 997 == 0) {
            for bit in [1, 0x80] {
                let mut bad = good.clone();
                bad[at] ^= bit;
                damaged(&bad, &format!("byte {at}"));
            }
            damaged(&good[..at], &format!("{at} bytes"));
        }
        damaged(&[&good[..], b"x"].concat(), "a byte more");
        let mut longer = good.clone();
        longer[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
        damaged(&longer, "longer than there is memory");
        fs::remove_file(&file).unwrap();
        fs::write(&file, &good).unwrap();
        assert_good(&store);
    }
}

#[test]
fn a_store_of_the_version_before_becomes_one_of_this() {
    let root = scratch();
    let blob = {
        let store = Store::open(root.path()).unwrap();
        let blob = store.put_blob(&text(400_000)).unwrap();
        store.commit(&[]).unwrap();
        store.blob_path(&blob).unwrap();
        blob
    };
    let version = root.path().join("version");
    fs::remove_file(&version).unwrap();
    fs::write(&version, "plc store 1\n").unwrap();
    let store = Store::open_read_only(root.path()).unwrap();
    assert_eq!(store.read_blob(&blob).unwrap(), text(400_000));
    assert_eq!(fs::read_to_string(&version).unwrap(), "plc store 1\n");
    let store = Store::open(root.path()).unwrap();
    assert_eq!(fs::read_to_string(&version).unwrap(), "plc store 2\n");
    assert_eq!(store.read_blob(&blob).unwrap(), text(400_000));
    assert!(!is_compressed(&place(&store, &blob)));
    let other = store.put_blob(&text(500_000)).unwrap();
    store.commit(&[]).unwrap();
    assert!(is_compressed(&place(&store, &other)));
    assert_good(&store);
}

#[test]
fn nothing_is_compressed_while_a_program_of_before_may_read() {
    let root = scratch();
    let old = Store::open(root.path()).unwrap();
    let version = root.path().join("version");
    fs::remove_file(&version).unwrap();
    fs::write(&version, "plc store 1\n").unwrap();
    let new = Store::open(root.path()).unwrap();
    let blob = new.put_blob(&text(400_000)).unwrap();
    new.commit(&[]).unwrap();
    assert!(!is_compressed(&place(&new, &blob)));
    assert_eq!(fs::read_to_string(&version).unwrap(), "plc store 1\n");
    drop((old, new));
    let store = Store::open(root.path()).unwrap();
    assert_eq!(fs::read_to_string(&version).unwrap(), "plc store 2\n");
    assert_good(&store);
}

#[test]
fn a_path_is_not_had_from_a_store_that_is_only_read() {
    let root = scratch();
    let writing = Store::open(root.path()).unwrap();
    let (plain, compressed) =
        (writing.put_blob(b"short").unwrap(), writing.put_blob(&text(400_000)).unwrap());
    writing.commit(&[]).unwrap();
    let reading = Store::open_read_only(root.path()).unwrap();
    assert_eq!(fs::read(reading.blob_path(&plain).unwrap()).unwrap(), b"short");
    assert!(matches!(reading.blob_path(&compressed), Err(StoreError::ReadOnly { .. })));
    let kept = File::open(place(&writing, &compressed)).unwrap();
    assert_eq!(fs::read(writing.blob_path(&compressed).unwrap()).unwrap(), text(400_000));
    // Whoever has the file open has it as it was.
    assert!(kept.metadata().unwrap().len() < 200_000);
    assert_good(&writing);
}
