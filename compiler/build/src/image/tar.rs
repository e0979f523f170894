//! A tree as a POSIX.1-2001 (pax) tar: the same tree, the same bytes.
//!
//! Entries in the tree's order, numeric owners without names, whole seconds, and pax records only for what a ustar
//! header cannot hold: long names, large numbers, times before 1970, extended attributes.

use std::io::{self, Write};

use plc_store::{BlobDigest, Entry, Kind, Meta, Store, Tree, TreePath};
use tar::{EntryType, Header};

use super::{ImageError, content::copy_verified};

const BLOCK: usize = 512;
/// The largest number in the eight-byte fields of ustar.
const SMALL_MAX: u64 = 0o7_777_777;
/// The largest number in its twelve-byte fields.
const LARGE_MAX: u64 = 0o77_777_777_777;

/// Writes a tree. Names are relative and without `./`; the root directory itself is `./`.
pub fn write(tree: &Tree, store: &Store, to: impl Write) -> Result<(), ImageError> {
    write_prefixed(tree, store, b"", to)
}

/// As [`write`](self::write), with something before each name but the root's.
pub(crate) fn write_prefixed(
    tree: &Tree,
    store: &Store,
    prefix: &[u8],
    mut to: impl Write,
) -> Result<(), ImageError> {
    for entry in tree.entries() {
        write_entry(entry, store, prefix, &mut to)?;
    }
    end(&mut to)
}

/// Ends an archive.
pub(super) fn end(to: &mut impl Write) -> Result<(), ImageError> {
    to.write_all(&[0; 2 * BLOCK])?;
    Ok(to.flush()?)
}

/// Writes an empty file without rights, which says something by its name.
pub(super) fn write_mark(path: TreePath, to: &mut impl Write) -> Result<(), ImageError> {
    let blob = BlobDigest::from_bytes([0; 32]);
    let meta = Meta { mode: 0, uid: 0, gid: 0, mtime: 0, xattrs: Vec::new() };
    let mut records = Records::default();
    let header = header(&Entry { path, meta, kind: Kind::File { blob, size: 0 } }, b"", &mut records);
    records.write(to)?;
    Ok(to.write_all(header.as_bytes())?)
}

/// Writes one entry of a tree.
pub(super) fn write_entry(
    entry: &Entry,
    store: &Store,
    prefix: &[u8],
    to: &mut impl Write,
) -> Result<(), ImageError> {
    let mut records = Records::default();
    let header = header(entry, prefix, &mut records);
    records.write(to)?;
    to.write_all(header.as_bytes())?;
    if let Kind::File { blob, size } = &entry.kind {
        let written = copy_verified(store, blob, to)?;
        if written != *size {
            return Err(ImageError::Length(entry.path.clone()));
        }
        pad(written, to)?;
    }
    Ok(())
}

fn header(entry: &Entry, prefix: &[u8], records: &mut Records) -> Header {
    let mut header = Header::new_ustar();
    let (kind, link, size, device) = match &entry.kind {
        Kind::Directory => (EntryType::Directory, Vec::new(), 0, None),
        Kind::File { size, .. } => (EntryType::Regular, Vec::new(), *size, None),
        Kind::Symlink(target) => (EntryType::Symlink, target.to_vec(), 0, None),
        Kind::Hardlink(target) => (EntryType::Link, [prefix, target.as_bytes()].concat(), 0, None),
        Kind::Fifo => (EntryType::Fifo, Vec::new(), 0, None),
        Kind::CharDevice { major, minor } => (EntryType::Char, Vec::new(), 0, Some((*major, *minor))),
        Kind::BlockDevice { major, minor } => (EntryType::Block, Vec::new(), 0, Some((*major, *minor))),
    };
    let mut name =
        if entry.path.is_root() { b".".to_vec() } else { [prefix, entry.path.as_bytes()].concat() };
    if kind == EntryType::Directory {
        name.push(b'/');
    }
    header.set_entry_type(kind);
    set_name(&mut header, &name, records);
    if link.len() > 100 {
        records.add(b"linkpath", &link);
    }
    let field = &mut header.as_old_mut().linkname;
    let kept = link.len().min(field.len());
    field[..kept].copy_from_slice(&link[..kept]);
    header.set_size(records.large(b"size", size));
    set_meta(&mut header, &entry.meta, records);
    let (major, minor) = device.unwrap_or_default();
    // Linux's device numbers fit: 12 bits and 20.
    header.set_device_major(major & 0o7_777_777).expect("a ustar header has device numbers");
    header.set_device_minor(minor & 0o7_777_777).expect("a ustar header has device numbers");
    header.set_cksum();
    header
}

/// Into the name field, or split at a `/` into prefix and name, or into a record.
fn set_name(header: &mut Header, name: &[u8], records: &mut Records) {
    let ustar = header.as_ustar_mut().expect("made as a ustar header");
    if name.len() <= 100 {
        ustar.name[..name.len()].copy_from_slice(name);
        return;
    }
    let cut = (1..name.len() - 1)
        .find(|at| name[*at] == b'/' && name.len() - at - 1 <= 100)
        .filter(|at| *at <= 155);
    if let Some(at) = cut {
        ustar.prefix[..at].copy_from_slice(&name[..at]);
        ustar.name[..name.len() - at - 1].copy_from_slice(&name[at + 1..]);
    } else {
        ustar.name.copy_from_slice(&name[..100]);
        records.add(b"path", name);
    }
}

fn set_meta(header: &mut Header, meta: &Meta, records: &mut Records) {
    header.set_mode(u32::from(meta.mode));
    header.set_uid(records.small(b"uid", u64::from(meta.uid)));
    header.set_gid(records.small(b"gid", u64::from(meta.gid)));
    header.set_mtime(match u64::try_from(meta.mtime) {
        Ok(mtime) => records.large(b"mtime", mtime),
        Err(_) => {
            records.add(b"mtime", meta.mtime.to_string().as_bytes());
            0
        }
    });
    for xattr in &meta.xattrs {
        records.add(&[b"SCHILY.xattr.", &*xattr.name].concat(), &xattr.value);
    }
}

/// The pax records of one entry.
#[derive(Default)]
struct Records(Vec<u8>);

impl Records {
    /// `<length of the whole record> <key>=<value>\n`.
    fn add(&mut self, key: &[u8], value: &[u8]) {
        let rest = key.len() + value.len() + 3;
        let mut length = rest + 1;
        while rest + length.to_string().len() > length {
            length += 1;
        }
        self.0.extend(length.to_string().bytes());
        for part in [b" ", key, b"=", value, b"\n"] {
            self.0.extend(part);
        }
    }

    /// A number for an eight-byte field; goes into a record when it does not fit.
    fn small(&mut self, key: &[u8], value: u64) -> u64 {
        self.fitting(key, value, SMALL_MAX)
    }

    /// A number for a twelve-byte field.
    fn large(&mut self, key: &[u8], value: u64) -> u64 {
        self.fitting(key, value, LARGE_MAX)
    }

    fn fitting(&mut self, key: &[u8], value: u64, most: u64) -> u64 {
        if value <= most {
            return value;
        }
        self.add(key, value.to_string().as_bytes());
        0
    }

    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::XHeader);
        let name = b"PaxHeaders/entry";
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(self.0.len() as u64);
        header.set_cksum();
        to.write_all(header.as_bytes())?;
        to.write_all(&self.0)?;
        pad(self.0.len() as u64, to)
    }
}

fn pad(written: u64, to: &mut impl Write) -> io::Result<()> {
    let over = (written % BLOCK as u64) as usize;
    if over == 0 { Ok(()) } else { to.write_all(&[0; BLOCK][over..]) }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use plc_store::Xattr;

    use super::*;

    fn entry(path: &str, kind: Kind) -> Entry {
        let meta = Meta { mode: 0o4755, uid: 7, gid: 3_000_000_000, mtime: -3, xattrs: Vec::new() };
        Entry { path: TreePath::new(path.as_bytes()).unwrap(), meta, kind }
    }

    #[test]
    fn reads_back_as_the_tree() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("store")).unwrap();
        let blob = store.put_blob(b"content").unwrap();
        let long = "d".repeat(200);
        let mut file = entry("a", Kind::File { blob, size: 7 });
        file.meta.xattrs = vec![Xattr {
            name: b"security.capability".as_slice().into(),
            value: b"\x01=\0".as_slice().into(),
        }];
        let tree = Tree::new(vec![
            entry("", Kind::Directory),
            file,
            entry("b", Kind::Hardlink(TreePath::new(b"a").unwrap())),
            entry("c", Kind::CharDevice { major: 1, minor: 3 }),
            entry(&long, Kind::Directory),
            entry(&format!("{long}/l"), Kind::Symlink(long.clone().into_bytes().into())),
        ])
        .unwrap();
        let (mut once, mut twice) = (Vec::new(), Vec::new());
        write(&tree, &store, &mut once).unwrap();
        write(&tree, &store, &mut twice).unwrap();
        assert_eq!(once, twice);

        let mut archive = ::tar::Archive::new(once.as_slice());
        let mut names = Vec::new();
        for item in archive.entries().unwrap() {
            let mut item = item.unwrap();
            let name = String::from_utf8(item.path_bytes().into_owned()).unwrap();
            let records: Vec<(String, Vec<u8>)> = item
                .pax_extensions()
                .unwrap()
                .into_iter()
                .flatten()
                .map(|record| record.unwrap())
                .map(|record| (record.key().unwrap().to_owned(), record.value_bytes().to_vec()))
                .collect();
            let value =
                |key: &str| records.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_slice());
            assert_eq!(
                (value("gid"), value("mtime")),
                (Some(b"3000000000".as_slice()), Some(b"-3".as_slice()))
            );
            assert_eq!(item.header().mode().unwrap(), 0o4755);
            if name == "a" {
                assert_eq!(value("SCHILY.xattr.security.capability"), Some(b"\x01=\0".as_slice()));
                let mut content = String::new();
                item.read_to_string(&mut content).unwrap();
                assert_eq!(content, "content");
            }
            if name.ends_with("/l") {
                assert_eq!(item.link_name_bytes().unwrap(), long.as_bytes());
            }
            names.push(name);
        }
        assert_eq!(
            names,
            [
                "./".to_owned(),
                "a".to_owned(),
                "b".to_owned(),
                "c".to_owned(),
                format!("{long}/"),
                format!("{long}/l")
            ]
        );
    }

    #[test]
    fn a_damaged_blob_is_not_passed_on() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("store")).unwrap();
        let blob = store.put_blob(b"content").unwrap();
        store.commit(&[]).unwrap();
        let hex = blob.to_hex();
        let place = store.root().join("blobs").join(&hex[..2]).join(&hex[2..]);
        std::fs::remove_file(&place).unwrap();
        std::fs::write(&place, b"CONTENT").unwrap();
        let file = entry("a", Kind::File { blob, size: 7 });
        let tree = Tree::new(vec![entry("", Kind::Directory), file]).unwrap();
        assert!(matches!(write(&tree, &store, Vec::new()), Err(ImageError::Damaged(found)) if found == blob));
    }
}
