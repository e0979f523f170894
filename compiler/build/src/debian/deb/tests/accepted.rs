//! What must be read, and as what.

use std::{io::Write, os::unix::fs::MetadataExt};

use ::tar::{EntryType, Header};
use plc_store::{Kind, Store, TreePath};

use super::{
    super::unpack,
    make::{
        archive, control, directory, entry, file, hard_link, member, package, pax, raw, read, symlink,
        version,
    },
};

fn path(path: &str) -> TreePath {
    TreePath::new(path.as_bytes()).unwrap()
}

#[test]
fn parts_become_directories() {
    let tree = read(&package(&[directory("./"), directory("./usr/"), file("./usr/a")])).unwrap();
    let names: Vec<String> = tree.entries().iter().map(|entry| entry.path.to_string()).collect();
    assert_eq!(names, ["", "control", "control/control", "data", "data/usr", "data/usr/a"]);
    assert_eq!(tree.get(&path("data/usr/a")).unwrap().meta.mtime, 7);
}

#[test]
fn missing_directories_are_made() {
    let tree = read(&package(&[file("usr/share/a")])).unwrap();
    let made = tree.get(&path("data/usr/share")).unwrap();
    assert_eq!((made.kind.clone(), made.meta.mode, made.meta.uid), (Kind::Directory, 0o755, 0));
}

#[test]
fn the_file_is_where_its_name_sorts_first() {
    let tree = read(&package(&[file("./z"), hard_link("./m", "./z"), hard_link("./a", "./m")])).unwrap();
    assert!(matches!(tree.get(&path("data/a")).unwrap().kind, Kind::File { size: 7, .. }));
    for name in ["data/m", "data/z"] {
        assert_eq!(tree.get(&path(name)).unwrap().kind, Kind::Hardlink(path("data/a")));
    }
}

#[test]
fn links_lead_anywhere_and_names_are_bytes() {
    let latin = entry(EntryType::Regular, b"./\xe9t\xe9", b"", b"");
    let tree = read(&package(&[symlink("./up", "../../etc"), symlink("./abs", "/etc"), latin])).unwrap();
    assert_eq!(tree.get(&path("data/up")).unwrap().kind, Kind::Symlink(b"../../etc".as_slice().into()));
    assert!(tree.get(&TreePath::new(b"data/\xe9t\xe9").unwrap()).is_some());
}

#[test]
fn extensions_are_read() {
    let long = format!("./{}", "d/".repeat(80)) + "name";
    let gnu = entry(EntryType::GNULongName, b"././@LongLink", b"", format!("{long}\0").as_bytes());
    let capability = pax("SCHILY.xattr.security.capability", "a\n=b");
    let data = [
        gnu,
        file("./cut"),
        capability,
        pax("mtime", "12.75"),
        file("./b"),
        pax("uid", "70000"),
        file("./c"),
    ];
    // Two pax headers in a row add up.
    let tree = read(&package(&data)).unwrap();
    assert!(tree.get(&path(&long.replacen("./", "data/", 1))).is_some());
    let b = tree.get(&path("data/b")).unwrap();
    assert_eq!((b.meta.mtime, &*b.meta.xattrs[0].name), (12, b"security.capability".as_slice()));
    assert_eq!(&*b.meta.xattrs[0].value, b"a\n=b", "values are binary");
    assert_eq!(tree.get(&path("data/c")).unwrap().meta.uid, 70_000);
}

#[test]
fn devices_and_pipes_are_entries() {
    let data = [entry(EntryType::Char, b"./null", b"", b""), entry(EntryType::Fifo, b"./pipe", b"", b"")];
    let tree = read(&package(&data)).unwrap();
    assert_eq!(tree.get(&path("data/null")).unwrap().kind, Kind::CharDevice { major: 1, minor: 3 });
    assert_eq!(tree.get(&path("data/pipe")).unwrap().kind, Kind::Fifo);
}

#[test]
fn each_compression() {
    let plain = [file("./a"), vec![0; 1024]].concat();
    let gz = {
        let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        to.write_all(&plain).unwrap();
        to.finish().unwrap()
    };
    let xz = {
        let mut to = liblzma::write::XzEncoder::new(Vec::new(), 1);
        to.write_all(&plain).unwrap();
        to.finish().unwrap()
    };
    let zst = zstd::encode_all(plain.as_slice(), 1).unwrap();
    for (name, content) in
        [("data.tar", plain), ("data.tar.gz", gz), ("data.tar.xz", xz), ("data.tar.zst", zst)]
    {
        let tree = read(&archive(&[version(), control(), member(name, &content)])).unwrap();
        assert!(tree.get(&path("data/a")).is_some(), "{name}");
    }
}

#[test]
fn what_others_add_is_passed_over() {
    let data = member("data.tar", &file("./a"));
    let deb =
        archive(&[version(), control(), member("_gpgorigin", b"signature"), data, member("more", b"x")]);
    assert!(read(&deb).is_ok());
    assert!(read(&[package(&[file("./a")]), b"garbage".to_vec()].concat()).is_ok());
}

/// What would be dangerous as a file of this machine is in the manifest only.
#[test]
fn modes_and_capabilities_stay_in_the_manifest() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&directory.path().join("store")).unwrap();
    let with_mode = |name: &str, kind, mode| {
        let bytes = entry(kind, name.as_bytes(), b"", b"");
        let mut header = Header::from_byte_slice(&bytes[..512]).clone();
        header.set_mode(mode);
        header.set_cksum();
        raw(&header, b"")
    };
    let closed = [with_mode("./closed/", EntryType::Directory, 0), file("./closed/a")].concat();
    let suid = with_mode("./suid", EntryType::Regular, 0o6755);
    let deb = package(&[closed, pax("SCHILY.xattr.security.capability", "c"), suid]);
    let tree = unpack(&deb[..], &store).unwrap();
    assert_eq!(tree.get(&path("data/closed")).unwrap().meta.mode, 0);
    let suid = tree.get(&path("data/suid")).unwrap();
    assert_eq!((suid.meta.mode, suid.meta.xattrs.len()), (0o6755, 1));
    let Kind::File { blob, .. } = &suid.kind else { panic!("{suid:?}") };
    let kept = store.open_blob(blob).unwrap();
    let kept = kept.plain().unwrap();
    assert_eq!(kept.metadata().unwrap().mode() & 0o7777, 0o444);
    let mut names = [0_u8; 256];
    assert_eq!(rustix::fs::flistxattr(kept, &mut names), Ok(0));
}
