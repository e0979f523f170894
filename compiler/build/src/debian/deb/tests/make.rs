//! Packages made by hand, good and bad.

use std::io::Read;

use ::tar::{EntryType, Header};
use plc_store::{Store, Tree};

use super::super::{DebError, unpack};

pub(super) const CONTROL: &[u8] = b"Package: p\nVersion: 1\nArchitecture: all\nDescription: x\n y\n";

/// One tar entry with what its header says, right or wrong.
pub(super) fn entry(kind: EntryType, name: &[u8], link: &[u8], content: &[u8]) -> Vec<u8> {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.as_old_mut().linkname[..link.len()].copy_from_slice(link);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(7);
    header.set_size(content.len() as u64);
    if matches!(kind, EntryType::Char | EntryType::Block) {
        header.set_device_major(1).unwrap();
        header.set_device_minor(3).unwrap();
    }
    header.set_cksum();
    raw(&header, content)
}

pub(super) fn raw(header: &Header, content: &[u8]) -> Vec<u8> {
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

pub(super) fn file(name: &str) -> Vec<u8> {
    entry(EntryType::Regular, name.as_bytes(), b"", b"content")
}

pub(super) fn directory(name: &str) -> Vec<u8> {
    entry(EntryType::Directory, name.as_bytes(), b"", b"")
}

pub(super) fn symlink(name: &str, target: &str) -> Vec<u8> {
    entry(EntryType::Symlink, name.as_bytes(), target.as_bytes(), b"")
}

pub(super) fn hard_link(name: &str, target: &str) -> Vec<u8> {
    entry(EntryType::Link, name.as_bytes(), target.as_bytes(), b"")
}

/// A pax header with one record, its length counted right.
pub(super) fn pax(key: &str, value: &str) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let length = (rest + 1..).find(|length| rest + length.to_string().len() == *length).unwrap();
    entry(EntryType::XHeader, b"pax", b"", format!("{length} {key}={value}\n").as_bytes())
}

pub(super) fn member(name: &str, content: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 100_644, content.len()).into_bytes();
    bytes.extend(content);
    if content.len() % 2 == 1 {
        bytes.push(b'\n');
    }
    bytes
}

pub(super) fn archive(members: &[Vec<u8>]) -> Vec<u8> {
    [b"!<arch>\n".to_vec(), members.concat()].concat()
}

pub(super) fn control() -> Vec<u8> {
    member("control.tar", &[entry(EntryType::Regular, b"./control", b"", CONTROL), vec![0; 1024]].concat())
}

pub(super) fn version() -> Vec<u8> {
    member("debian-binary", b"2.0\n")
}

/// A package with these entries as its data.
pub(super) fn package(data: &[Vec<u8>]) -> Vec<u8> {
    archive(&[version(), control(), member("data.tar", &[data.concat(), vec![0; 1024]].concat())])
}

pub(super) fn read(deb: &[u8]) -> Result<Tree, DebError> {
    unpacked(deb)
}

pub(super) fn unpacked(deb: impl Read) -> Result<Tree, DebError> {
    // Making a store costs more than reading a package; each test has a thread of its own.
    thread_local! {
        static STORE: (Store, tempfile::TempDir) = {
            let directory = tempfile::tempdir().unwrap();
            (Store::open(&directory.path().join("store")).unwrap(), directory)
        };
    }
    STORE.with(|(store, _)| unpack(deb, store))
}

/// Its name, the package, and what must be said of it.
pub(super) type Case<'a> = (&'a str, Vec<u8>, &'a str);

/// Reads all cases, of which each must be refused, for the reason that belongs to it.
pub(super) fn refuse(cases: Vec<Case<'_>>) {
    let wrong = |(name, deb, expected): &Case<'_>| {
        // All are told, also after one that panics: `.ci/break-archives` goes by their names.
        let ran = std::panic::catch_unwind(|| read(deb).map(drop).map_err(|error| error.to_string()));
        match ran {
            Ok(Err(error)) if error.contains(expected) => None,
            other => Some(format!("case `{name}`: {other:?}")),
        }
    };
    let wrong: Vec<String> = cases.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
