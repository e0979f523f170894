//! Real packages against what `dpkg-deb` and `tar` say of them.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use plc_store::{Entry, Kind, Store, Tree};

use super::super::unpack;

/// `PLC_TEST_DEBS`: a directory of `.deb`s.
#[test]
#[ignore = "needs real packages, dpkg-deb and tar"]
#[allow(clippy::print_stderr, reason = "run by hand, for its figures")]
fn listings_equal() {
    let debs = std::env::var("PLC_TEST_DEBS").expect("set by who runs the test");
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&directory.path().join("store")).unwrap();
    let mut count = 0;
    for file in fs::read_dir(debs).unwrap() {
        let path = file.unwrap().path();
        let tree = unpack(fs::File::open(&path).unwrap(), &store)
            .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for (part, option) in [("data", "--fsys-tarfile"), ("control", "--ctrl-tarfile")] {
            let (ours, theirs) = (ours(&tree, part), theirs(&path, option));
            let differ: Vec<_> = ours.iter().filter(|(name, line)| theirs.get(*name) != Some(line)).collect();
            assert!(
                differ.is_empty() && ours.len() == theirs.len(),
                "{}: {differ:?} {}",
                path.display(),
                theirs.len()
            );
        }
        count += 1;
    }
    assert!(count > 0);
    eprintln!("{count} packages");
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
    let mut tar = Command::new("dpkg-deb").arg(option).arg(deb).stdout(Stdio::piped()).spawn().unwrap();
    let mut archive = ::tar::Archive::new(tar.stdout.take().unwrap());
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
            ::tar::EntryType::Directory => "d".to_owned(),
            ::tar::EntryType::Symlink => {
                format!("l {}", String::from_utf8_lossy(&entry.link_name_bytes().unwrap()))
            }
            _ => "f".to_owned(),
        };
        let (uid, gid, mtime) = (header.uid().unwrap(), header.gid().unwrap(), header.mtime().unwrap());
        lines.insert(name, format!("{what} {mode:o} {uid}/{gid} {mtime}"));
    }
    assert!(tar.wait().unwrap().success());
    lines.entry(String::new()).or_insert_with(|| "d 755 0/0 0".to_owned());
    lines
}
