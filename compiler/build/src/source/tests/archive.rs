//! Archives as tar programs write them, and as nobody should.

use std::io::{Seek, Write};

use ::tar::{Builder, EntryType, Header};
use plc_store::TreeDigest;

use super::{
    super::{ArchiveError, unpack},
    fixture::Fixture,
};

/// An archive of entries: type, name, mode, content or target.
fn tar(entries: &[(EntryType, &str, u32, &str)]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (kind, name, mode, text) in entries {
        let mut header = Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(*mode);
        header.set_uid(1234);
        header.set_gid(100);
        header.set_mtime(1_700_000_000);
        let is_link = matches!(kind, EntryType::Symlink | EntryType::Link);
        if is_link {
            header.set_link_name_literal(text).unwrap();
        }
        let content = if is_link { "" } else { text };
        header.set_size(content.len() as u64);
        header.set_device_major(1).unwrap();
        header.set_device_minor(3).unwrap();
        header.set_cksum();
        builder.append(&header, content.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

const FILE: EntryType = EntryType::Regular;
const DIRECTORY: EntryType = EntryType::Directory;

fn unpacked(it: &Fixture, bytes: &[u8]) -> Result<TreeDigest, ArchiveError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    unpack(file, bytes.len() as u64, &it.store).map(|tree| it.store.put_tree(&tree).unwrap())
}

fn listing(it: &Fixture, bytes: &[u8]) -> String {
    it.listing(unpacked(it, bytes).unwrap())
}

#[test]
fn owners_times_and_modes_are_settled() {
    let it = Fixture::new();
    let archive = tar(&[
        (FILE, "./a", 0o640, "a\n"),
        (FILE, "b/run", 0o4700, "#!/bin/sh\n"),
        (EntryType::Symlink, "b/link", 0o777, "/usr/bin/env"),
        (EntryType::Link, "c", 0o640, "./a"),
        (DIRECTORY, "d/", 0o1777, ""),
    ]);
    assert_eq!(
        listing(&it, &archive),
        "0644 a \"a\\n\"\n0755 b /\n0777 b/link → /usr/bin/env\n0755 b/run \"#!/bin/sh\\n\"\n0644 c \"a\\n\"\n0755 d /\n"
    );
}

#[test]
fn compressed_in_any_of_the_usual_ways() {
    let it = Fixture::new();
    let plain = tar(&[(FILE, "a", 0o644, "a\n"), (FILE, "b", 0o644, "b\n")]);
    let gz = {
        let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        to.write_all(&plain).unwrap();
        to.finish().unwrap()
    };
    let xz = {
        let mut to = liblzma::write::XzEncoder::new(Vec::new(), 1);
        to.write_all(&plain).unwrap();
        to.finish().unwrap()
    };
    let zst = zstd::encode_all(&*plain, 1).unwrap();
    for bytes in [plain, gz, xz, zst] {
        assert_eq!(listing(&it, &bytes), "0644 a \"a\\n\"\n0644 b \"b\\n\"\n");
    }
}

#[test]
fn the_one_directory_around_everything_is_taken_off() {
    let it = Fixture::new();
    let around = tar(&[
        (DIRECTORY, "wiki-1/", 0o755, ""),
        (FILE, "wiki-1/a", 0o644, "a\n"),
        (FILE, "wiki-1/b/c", 0o644, ""),
    ]);
    assert_eq!(listing(&it, &around), "0644 a \"a\\n\"\n0755 b /\n0644 b/c \"\"\n");
    let beside = tar(&[(FILE, "wiki-1/a", 0o644, "a\n"), (FILE, "README", 0o644, "")]);
    assert_eq!(listing(&it, &beside), "0644 README \"\"\n0755 wiki-1 /\n0644 wiki-1/a \"a\\n\"\n");
    let file = tar(&[(FILE, "README", 0o644, "")]);
    assert_eq!(listing(&it, &file), "0644 README \"\"\n");
}

#[test]
fn of_a_name_that_is_there_twice_the_later_counts() {
    let it = Fixture::new();
    let twice = tar(&[
        (FILE, "a", 0o644, "old\n"),
        (EntryType::Link, "b", 0o644, "a"),
        (FILE, "a", 0o755, "new\n"),
        (DIRECTORY, "d", 0o755, ""),
        (DIRECTORY, "d/", 0o755, ""),
    ]);
    assert_eq!(listing(&it, &twice), "0755 a \"new\\n\"\n0644 b \"old\\n\"\n0755 d /\n");
}

#[test]
fn what_is_hostile_is_refused() {
    let it = Fixture::new();
    let good = (FILE, "good", 0o644, "good\n");
    for (entry, message) in [
        ((FILE, "../a", 0o644, ""), "has the name `../a`"),
        ((FILE, "a/../../b", 0o644, ""), "has the name `a/../../b`"),
        ((FILE, "/etc/passwd", 0o644, ""), "has the name `/etc/passwd`"),
        ((FILE, "good/below", 0o644, ""), "has `good` twice"),
        ((DIRECTORY, "good", 0o755, ""), "has `good` twice"),
        ((EntryType::Link, "a", 0o644, "gone"), "has the hard link `a` to `gone`"),
        ((EntryType::Link, "a", 0o644, "../../etc/shadow"), "has the name `../../etc/shadow`"),
        ((EntryType::Char, "null", 0o644, ""), "has `null`, which is neither"),
        ((EntryType::Fifo, "pipe", 0o644, ""), "has `pipe`, which is neither"),
        ((EntryType::new(b'S'), "sparse", 0o644, ""), "has `sparse`, which is neither"),
    ] {
        let error = unpacked(&it, &tar(&[good, entry])).unwrap_err().to_string();
        assert!(error.starts_with(message), "{entry:?}: {error}");
    }
    // Through a link that came before it.
    let through = tar(&[(EntryType::Symlink, "a", 0o777, "/etc"), (FILE, "a/passwd", 0o644, "x")]);
    assert!(unpacked(&it, &through).unwrap_err().to_string().starts_with("has `a` twice"));
}

#[test]
fn what_is_no_archive_or_a_broken_one_is_refused() {
    let it = Fixture::new();
    let good = tar(&[(FILE, "a", 0o644, &"a".repeat(2_000))]);
    let mut flipped = good.clone();
    flipped[0] ^= 1;
    for (bytes, message) in [
        (b"<html>not found</html>".repeat(100), "is no tar archive that can be unpacked"),
        (
            good[..1_000].to_vec(),
            "is no tar archive that can be unpacked (plain, gz, xz or zst): ends in the middle",
        ),
        (
            flipped,
            "is no tar archive that can be unpacked (plain, gz, xz or zst): a tar header has a bad checksum",
        ),
        (b"\x1f\x8b broken".to_vec(), "is no tar archive"),
        (Vec::new(), "is an archive without files"),
        (
            tar(&[(DIRECTORY, "./", 0o755, ""), (DIRECTORY, "empty", 0o755, "")]),
            "is an archive without files",
        ),
    ] {
        let error = unpacked(&it, &bytes).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn a_bomb_is_given_up() {
    let it = Fixture::new();
    let mut header = Header::new_ustar();
    header.set_path("zeros").unwrap();
    header.set_mode(0o644);
    header.set_size(1 << 40);
    header.set_cksum();
    let mut zeros = zstd::Encoder::new(Vec::new(), 1).unwrap();
    zeros.write_all(header.as_bytes()).unwrap();
    zeros.write_all(&vec![0; 1 << 20]).unwrap();
    let error = unpacked(&it, &zeros.finish().unwrap()).unwrap_err().to_string();
    assert!(error.contains("the unpacked content is larger than the"), "{error}");
}
