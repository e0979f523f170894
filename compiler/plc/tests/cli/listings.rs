//! What `plc` reads in real packages, against what `dpkg-deb` and `tar` read in them.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use plc_build::debian::deb::unpack;
use plc_store::{Entry, Kind, Store, Tree};
use walkdir::{DirEntry, WalkDir};

/// How many packages are read into one store, so that the disk holds it.
const AT_A_TIME: usize = 50;

#[test]
#[ignore = "needs dpkg-deb and, in DEBS, a directory with real packages"]
fn real_packages_are_read_as_dpkg_deb_reads_them() {
    let Some(debs) = std::env::var_os("DEBS") else { return eprintln!("skipped: DEBS names no directory") };
    let count = all_equal(Path::new(&debs));
    assert!(count > 0, "DEBS has no package");
    eprintln!("{count} packages read as dpkg-deb reads them");
}

/// Compares all `.deb`s below a directory; gives how many there are.
pub(crate) fn all_equal(debs: &Path) -> usize {
    let all = WalkDir::new(debs).into_iter().map(Result::unwrap);
    let files: Vec<_> = all
        .filter(|file| file.file_type().is_file() && file.path().extension().is_some_and(|it| it == "deb"))
        .collect();
    files.chunks(AT_A_TIME).map(equal).sum()
}

fn equal(files: &[DirEntry]) -> usize {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&directory.path().join("store")).unwrap();
    for file in files {
        let tree = unpack(fs::File::open(file.path()).unwrap(), &store)
            .unwrap_or_else(|error| panic!("{}: {error}", file.path().display()));
        for (part, option) in [("data", "--fsys-tarfile"), ("control", "--ctrl-tarfile")] {
            assert_eq!(ours(&tree, part), theirs(file.path(), option), "{}", file.path().display());
        }
    }
    files.len()
}

/// Name to mode, owner, time, length or target. All names of a hard-linked file have the line of the file.
fn ours(tree: &Tree, part: &str) -> BTreeMap<String, String> {
    let line = |entry: &Entry| {
        let what = match &entry.kind {
            Kind::Directory => "d".to_owned(),
            Kind::File { .. } | Kind::Hardlink(_) => "f".to_owned(),
            Kind::Symlink(target) => format!("l {}", String::from_utf8_lossy(target)),
            other => format!("{other:?}"),
        };
        let meta = &entry.meta;
        format!("{what} {:o} {}/{} {}", meta.mode, meta.uid, meta.gid, meta.mtime)
    };
    tree.entries()
        .iter()
        .filter_map(|entry| {
            let name = entry.path.to_string();
            let inner = name.strip_prefix(part)?;
            Some((inner.strip_prefix('/').unwrap_or(inner).to_owned(), line(entry)))
        })
        .collect()
}

fn theirs(deb: &Path, option: &str) -> BTreeMap<String, String> {
    let mut printed = Command::new("dpkg-deb").arg(option).arg(deb).stdout(Stdio::piped()).spawn().unwrap();
    let mut archive = tar::Archive::new(printed.stdout.take().unwrap());
    let mut lines = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let entry = entry.unwrap();
        let header = entry.header();
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let name = name.trim_start_matches("./").trim_end_matches('/').to_owned();
        let name = if name == "." { String::new() } else { name };
        let kind = header.entry_type();
        let mode = if kind.is_symlink() { 0o777 } else { header.mode().unwrap() & 0o7777 };
        let what = match kind {
            tar::EntryType::Directory => "d".to_owned(),
            tar::EntryType::Symlink => {
                format!("l {}", String::from_utf8_lossy(&entry.link_name_bytes().unwrap()))
            }
            _ => "f".to_owned(),
        };
        let (uid, gid, mtime) = (header.uid().unwrap(), header.gid().unwrap(), header.mtime().unwrap());
        lines.insert(name, format!("{what} {mode:o} {uid}/{gid} {mtime}"));
    }
    assert!(printed.wait().unwrap().success());
    lines.entry(String::new()).or_insert_with(|| "d 755 0/0 0".to_owned());
    lines
}
