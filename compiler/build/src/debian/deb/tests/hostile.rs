//! What must be refused, and that nothing panics.

use ::tar::{EntryType, Header};
use proptest::prelude::*;

use super::make::{
    CONTROL, archive, control, directory, entry, file, hard_link, member, package, pax, raw, read, refuse,
    symlink, version,
};

fn data() -> Vec<u8> {
    member("data.tar", &file("./a"))
}

fn control_of(entries: &[Vec<u8>]) -> Vec<u8> {
    archive(&[version(), member("control.tar", &entries.concat()), data()])
}

fn with_header(change: impl Fn(&mut Header)) -> Vec<u8> {
    let bytes = file("./a");
    let mut header = Header::from_byte_slice(&bytes[..512]).clone();
    change(&mut header);
    header.set_cksum();
    package(&[raw(&header, b"content")])
}

/// A file of which only the header is there.
fn declared(size: u64) -> Vec<u8> {
    let mut header = Header::from_byte_slice(&file("./a")[..512]).clone();
    header.set_size(size);
    header.set_cksum();
    raw(&header, b"")
}

fn stanza(text: &str) -> Vec<u8> {
    control_of(&[entry(EntryType::Regular, b"./control", b"", text.as_bytes())])
}

#[test]
fn outer_archives() {
    let sized = |size: &str| {
        let mut bytes = archive(&[version(), control(), data()]);
        bytes[8 + 48..8 + 58].copy_from_slice(format!("{size:<10}").as_bytes());
        bytes
    };
    let whole = archive(&[version(), control(), data()]);
    refuse(vec![
        ("empty", Vec::new(), "no `ar` archive"),
        ("bad magic", b"!<arch>X".to_vec(), "no `ar` archive"),
        ("size no number", sized("4x"), "bad size"),
        ("size negative", sized("-4"), "bad size"),
        ("size with a sign", sized("+4"), "bad size"),
        ("size too large", sized("9999999999"), "cannot be read"),
        ("size empty", sized(""), "bad size"),
        ("cut in a header", whole[..100].to_vec(), "in the middle of a member's header"),
        ("cut in the data", whole[..whole.len() - 100].to_vec(), "cannot be read"),
        ("no debian-binary", archive(&[control(), data()]), "where `debian-binary` belongs"),
        ("version 3", archive(&[member("debian-binary", b"3.0\n"), control(), data()]), "version `3.0`"),
        ("no version", archive(&[member("debian-binary", b"2.0"), control(), data()]), "version `2.0`"),
        ("control twice", archive(&[version(), control(), control(), data()]), "where `data.tar` belongs"),
        ("wrong order", archive(&[version(), data(), control()]), "where `control.tar` belongs"),
        ("no data", archive(&[version(), control()]), "has `` where"),
        ("bzip2", archive(&[version(), control(), member("data.tar.bz2", b"BZh")]), "compressed in a way"),
        (
            "unknown compressor",
            archive(&[version(), control(), member("data.tarX", b"")]),
            "compressed in a way",
        ),
    ]);
}

#[test]
fn control_parts() {
    let good = entry(EntryType::Regular, b"./control", b"", CONTROL);
    let oversized = control_of(&[good.clone(), declared(33 << 20)]);
    refuse(vec![
        ("no control file", control_of(&[]), "is missing"),
        ("control a link", control_of(&[symlink("./control", "/etc/shadow")]), "not a plain file"),
        (
            "a link beside it",
            control_of(&[good.clone(), symlink("./postinst", "/bin/sh")]),
            "not a plain file",
        ),
        ("a directory below", control_of(&[good.clone(), directory("./x/")]), "not a plain file"),
        ("a file below", control_of(&[good.clone(), file("./x/y")]), "not a plain file"),
        ("control file twice", control_of(&[good.clone(), good]), "twice"),
        ("name a path", stanza("Package: ../x\nVersion: 1\nArchitecture: all\n"), "has the Package `../x`"),
        ("version a path", stanza("Package: x\nVersion: 1/2\nArchitecture: all\n"), "has the Version"),
        ("architecture", stanza("Package: x\nVersion: 1\nArchitecture: a b\n"), "has the Architecture"),
        ("no version", stanza("Package: x\nArchitecture: all\n"), "no field `Version`"),
        ("field twice", stanza("Package: x\npackage: y\nVersion: 1\nArchitecture: all\n"), "`package` twice"),
        ("oversized control", oversized, "larger than the 33554432"),
        (
            "not UTF-8",
            control_of(&[entry(EntryType::Regular, b"./control", b"", b"Package: \xe9\n")]),
            "not UTF-8",
        ),
        ("two stanzas", stanza("Package: x\nVersion: 1\nArchitecture: all\n\nPackage: y\n"), "more than one"),
        ("no field", stanza("hello\n"), "not a field"),
    ]);
}

#[test]
fn inner_archives() {
    let long = |name: &[u8]| [entry(EntryType::GNULongName, b"l", b"", name), file("./a")].concat();
    let sparse = entry(EntryType::GNUSparse, b"./s", b"", b"");
    let raw_pax = |records: &[u8]| entry(EntryType::XHeader, b"x", b"", records);
    let mut bad_device = entry(EntryType::Block, b"./sda", b"", b"");
    bad_device[329] = b'x';
    let mut header = Header::from_byte_slice(&bad_device[..512]).clone();
    header.set_cksum();
    let bad_device = raw(&header, b"");
    let mut cut = file("./a");
    cut.truncate(300);
    refuse(vec![
        ("parent", package(&[file("../a")]), "cannot be a name"),
        ("parent inside", package(&[file("a/../../b")]), "cannot be a name"),
        ("absolute", package(&[file("/etc/a")]), "cannot be a name"),
        ("absolute after ./", package(&[file(".//etc/a")]), "cannot be a name"),
        ("empty part", package(&[file("a//b")]), "cannot be a name"),
        ("no name", package(&[file("")]), "cannot be a name"),
        ("NUL", package(&[long(b"a\0b")]), "cannot be a name"),
        ("1 MB", package(&[long(&vec![b'a'; 1 << 20])]), "larger than"),
        ("deep", package(&[long("d/".repeat(10_000).as_bytes())]), "cannot be a name"),
        (
            "below a relative link",
            package(&[symlink("./d/l", "../../etc"), file("./d/l/a")]),
            "below something",
        ),
        (
            "link through a link",
            package(&[symlink("./l", "/etc"), hard_link("./a", "./l/shadow")]),
            "no earlier file",
        ),
        ("below a link", package(&[symlink("./l", "/etc"), file("./l/a")]), "below something"),
        ("directory over link", package(&[symlink("./l", "/etc"), directory("./l/")]), "twice"),
        (
            "below a chain",
            package(&[symlink("./k", "/"), symlink("./l", "k"), file("./l/etc/a")]),
            "below something",
        ),
        ("below a file", package(&[file("./f"), file("./f/a")]), "below something"),
        ("twice", package(&[file("./a"), file("a")]), "twice"),
        ("link outside", package(&[hard_link("./a", "../../etc/shadow")]), "no earlier file"),
        ("link absolute", package(&[hard_link("./a", "/etc/shadow")]), "no earlier file"),
        ("link to nothing", package(&[hard_link("./a", "./b")]), "no earlier file"),
        ("link to itself", package(&[hard_link("./a", "./a")]), "no earlier file"),
        ("link to a link", package(&[symlink("./l", "/etc"), hard_link("./a", "./l")]), "no earlier file"),
        ("pax size", package(&[pax("size", "4096"), file("./a")]), "bad size"),
        ("pax path", package(&[pax("path", "../../a"), file("./a")]), "cannot be a name"),
        (
            "pax link",
            package(&[pax("linkpath", "../../etc/shadow"), hard_link("./a", "./b")]),
            "no earlier file",
        ),
        ("pax length", package(&[raw_pax(b"3 a=b\n"), file("./a")]), "pax record"),
        ("pax without =", package(&[raw_pax(b"5 ab\n"), file("./a")]), "pax record"),
        ("pax without end", package(&[raw_pax(b"6 a=bc"), file("./a")]), "pax record"),
        ("pax too long", package(&[raw_pax(&vec![b'1'; 65 << 10]), file("./a")]), "larger than the 65536"),
        ("long name too long", package(&[long(&vec![b'a'; 65 << 10])]), "larger than the 65536"),
        (
            "long name cut",
            archive(&[version(), control(), member("data.tar", &long(&[b'a'; 2048])[..1536])]),
            "in the middle",
        ),
        (
            "long link with NUL",
            package(&[entry(EntryType::GNULongLink, b"l", b"", b"a\0b"), symlink("./l", "x")]),
            "link target",
        ),
        ("name too long", package(&[long(&vec![b'a'; 300])]), "cannot be a name"),
        ("pax sparse", package(&[pax("GNU.sparse.size", "9223372036854775807"), file("./a")]), "sparse map"),
        ("pax number", package(&[pax("uid", "4294967296"), file("./a")]), "bad owner"),
        ("pax time", package(&[pax("mtime", "soon"), file("./a")]), "pax record"),
        (
            "trusted",
            package(&[pax("SCHILY.xattr.trusted.overlay.opaque", "y"), file("./a")]),
            "extended attribute",
        ),
        (
            "security",
            package(&[pax("SCHILY.xattr.security.selinux", "y"), file("./a")]),
            "extended attribute",
        ),
        ("malformed pax", package(&[raw_pax(b"99 a=b\n"), file("./a")]), "pax record"),
        ("sparse", package(&[sparse]), "tar type `S`"),
        ("checksum", package(&[[b"X".to_vec(), file("./a")[1..].to_vec()].concat()]), "bad checksum"),
        ("device number", package(&[bad_device]), "device number"),
        ("uid", with_header(|header| header.set_uid(1 << 32)), "bad owner"),
        ("time", with_header(|header| header.set_mtime(u64::MAX >> 1 | 1 << 63)), "bad time"),
        ("size", with_header(|header| header.set_size(u64::MAX - 7)), "bad size"),
        ("large", with_header(|header| header.set_size(1 << 62)), "larger than"),
        ("beyond the end", with_header(|header| header.set_size(1 << 20)), "in the middle"),
        ("cut header", archive(&[version(), control(), member("data.tar", &cut)]), "in the middle"),
        ("empty link", package(&[symlink("./l", "")]), "link target"),
    ]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut deb = package(&[directory("./d/"), file("./d/a"), hard_link("./d/b", "./d/a"), pax("path", "d/c"), file("./x")]);
        for (at, byte) in changes {
            let at = at.index(deb.len());
            deb[at] = byte;
        }
        let _ = read(&deb);
    }

    #[test]
    fn cut_packages_never_panic(at in any::<prop::sample::Index>()) {
        let deb = package(&[directory("./d/"), file("./d/a")]);
        let _ = read(&deb[..at.index(deb.len())]);
    }
}
