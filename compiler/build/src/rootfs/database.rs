//! dpkg's database in the state that unpacking leaves (dpkg(1), deb-triggers(5)): what `dpkg --configure -a` starts from.

use std::{collections::BTreeSet, fmt::Write as _, io};

use md5::{Digest, Md5};
use plc_store::{BlobDigest, Kind, Store, TreePath};

use super::{
    RootfsError,
    compose::{Composer, Laid},
    draft::{Draft, Node, fixed, root_meta},
    installed::DATABASE,
    package::Package,
    triggers,
};

/// Fields that have a place of their own, or that only an index has.
const NOT_REPEATED: [&str; 3] = ["Package", "Status", "Conffiles"];

/// Adds the packages that have been laid to the database.
pub(super) fn write(
    composer: &mut Composer<'_>,
    packages: &[Package],
    laid: &[usize],
    architecture: &str,
    epoch: i64,
) -> Result<(), RootfsError> {
    let store = composer.store;
    let mut status = composer.installed.status.clone();
    for &index in laid {
        let package = &packages[index];
        let facts = std::mem::take(&mut composer.laid[index]);
        if !status.is_empty() && !status.ends_with("\n\n") {
            status.push('\n');
        }
        status.push_str(&stanza(store, package, &facts)?);
        info(store, &mut composer.draft, package, &facts, epoch)?;
        triggers::add_interests(store, &mut composer.draft, package, epoch)?;
    }
    let draft = &mut composer.draft;
    put_text(store, draft, &fixed("var/lib/dpkg/status"), &status, epoch)?;
    for (name, text) in [
        ("arch", format!("{architecture}\n")),
        ("diversions", String::new()),
        ("info/format", "1\n".to_owned()),
    ] {
        let path = fixed(&format!("{DATABASE}/{name}"));
        if draft.get(&path).is_none() {
            put_text(store, draft, &path, &text, epoch)?;
        }
    }
    for name in ["updates", "triggers", "parts", "alternatives"] {
        put_directory(draft, fixed(&format!("{DATABASE}/{name}")), epoch);
    }
    for (owner, paths) in std::mem::take(&mut composer.taken) {
        shorten_list(store, draft, &owner, &paths, epoch)?;
    }
    triggers::activate(store, draft, composer.installed, packages, laid, epoch)
}

/// The stanza that dpkg writes when it has unpacked a package. dpkg puts the fields into its own order later.
fn stanza(store: &Store, package: &Package, facts: &Laid) -> Result<String, RootfsError> {
    let mut text = format!("Package: {}\nStatus: install ok unpacked\n", package.name);
    for (name, value) in package.control.fields() {
        if !NOT_REPEATED.iter().any(|other| name.eq_ignore_ascii_case(other)) && !value.is_empty() {
            let blank = if value.starts_with('\n') { "" } else { " " };
            let _ = writeln!(text, "{name}:{blank}{value}");
        }
    }
    let mut conffiles = String::new();
    for file in package.conffiles(store)?.iter().filter(|file| !file.remove_on_upgrade) {
        let hash = match package.installs(&file.path).map(|entry| &entry.kind) {
            // dpkg compares, asks or decides, and writes the sum itself.
            _ if facts.undecided.contains(&file.path) => "newconffile".to_owned(),
            Some(Kind::File { blob, .. }) => md5(store, blob)?,
            _ => "newconffile".to_owned(),
        };
        let _ = write!(conffiles, "\n /{} {hash}", file.path);
    }
    if !conffiles.is_empty() {
        let _ = writeln!(text, "Conffiles:{conffiles}");
    }
    text.push('\n');
    Ok(text)
}

/// `info/`: the control part's members, the list of files, and checksums where the package has none.
fn info(
    store: &Store,
    draft: &mut Draft,
    package: &Package,
    facts: &Laid,
    epoch: i64,
) -> Result<(), RootfsError> {
    let qualified = package.qualified();
    let path = |member: &str| fixed_info(&qualified, member);
    for (member, entry) in package.members() {
        draft.make_parents(&path(member)?, epoch);
        draft.put(path(member)?, Node::new(entry.meta.clone(), entry.kind.clone()));
    }
    put_bytes(store, draft, &path("list")?, &list(package, facts), epoch)?;
    if package.member("md5sums").is_none() {
        put_bytes(store, draft, &path("md5sums")?, &md5sums(store, package)?, epoch)?;
    }
    Ok(())
}

fn fixed_info(package: &str, member: &str) -> Result<TreePath, RootfsError> {
    let path = format!("{DATABASE}/info/{package}.{member}");
    TreePath::new(path.as_bytes()).map_err(|_| RootfsError::BadLine {
        package: package.to_owned(),
        file: "control part",
        line: member.to_owned(),
    })
}

fn list(package: &Package, facts: &Laid) -> Vec<u8> {
    list_of(package, |path| !facts.elided.contains(path))
}

/// Puts what dpkg has unpacked itself into the order of all other lists: it was given it in another.
pub(super) fn sort_list(
    store: &Store,
    draft: &mut Draft,
    package: &Package,
    epoch: i64,
) -> Result<(), RootfsError> {
    let path = fixed_info(&package.qualified(), "list")?;
    let Some(Node { kind: Kind::File { blob, .. }, .. }) = draft.get(&path) else { return Ok(()) };
    let text = store.read_blob(blob)?;
    let listed: BTreeSet<&[u8]> =
        text.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"/")).collect();
    let sorted = list_of(package, |path| listed.contains(path.as_bytes()));
    put_bytes(store, draft, &path, &sorted, epoch)
}

/// The names of a package that are to be listed, in the order in which `dpkg-deb` packs them: directories with what is in
/// them, by name, and symbolic links after everything else.
fn list_of(package: &Package, is_listed: impl Fn(&TreePath) -> bool) -> Vec<u8> {
    let mut names: Vec<(bool, Vec<&[u8]>)> = Vec::new();
    let data: Vec<_> = package.data().filter(|(path, _)| is_listed(path)).collect();
    for (path, entry) in &data {
        let parts = path.as_bytes().split(|byte| *byte == b'/').collect();
        names.push((matches!(entry.kind, Kind::Symlink(_)), parts));
    }
    names.sort();
    let mut text = b"/.\n".to_vec();
    for (_, parts) in names {
        text.push(b'/');
        text.extend(parts.join(&b'/'));
        text.push(b'\n');
    }
    text
}

/// Checksums of all files but the configuration files, as dpkg makes them for packages that carry none.
fn md5sums(store: &Store, package: &Package) -> Result<Vec<u8>, RootfsError> {
    let conffiles: BTreeSet<TreePath> = package.conffiles(store)?.into_iter().map(|file| file.path).collect();
    let mut text = Vec::new();
    for (path, entry) in package.data() {
        if let Kind::File { blob, .. } = &entry.kind
            && !conffiles.contains(&path)
        {
            text.extend(md5(store, blob)?.into_bytes());
            text.extend(b"  ");
            text.extend(path.as_bytes());
            text.push(b'\n');
        }
    }
    Ok(text)
}

fn md5(store: &Store, blob: &BlobDigest) -> Result<String, RootfsError> {
    struct Sum(Md5);
    impl io::Write for Sum {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.update(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut sum = Sum(Md5::new());
    io::copy(&mut store.open_blob(blob)?, &mut sum)?;
    let mut hex = String::new();
    for byte in sum.0.finalize() {
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(hex)
}

/// Takes paths off the list of a package that has lost them to another.
fn shorten_list(
    store: &Store,
    draft: &mut Draft,
    owner: &str,
    taken: &BTreeSet<TreePath>,
    epoch: i64,
) -> Result<(), RootfsError> {
    let path = fixed_info(owner, "list")?;
    let Some(Node { kind: Kind::File { blob, .. }, .. }) = draft.get(&path) else { return Ok(()) };
    let text = store.read_blob(blob)?;
    let is_taken = |line: &[u8]| {
        line.strip_prefix(b"/")
            .and_then(|path| TreePath::new(path).ok())
            .is_some_and(|path| taken.contains(&path))
    };
    let left: Vec<&[u8]> =
        text.split_inclusive(|byte| *byte == b'\n').filter(|line| !is_taken(line.trim_ascii_end())).collect();
    put_bytes(store, draft, &path, &left.concat(), epoch)
}

/// Puts a text file of root's, 0644.
pub(super) fn put_text(
    store: &Store,
    draft: &mut Draft,
    path: &TreePath,
    text: &str,
    epoch: i64,
) -> Result<(), RootfsError> {
    put_bytes(store, draft, path, text.as_bytes(), epoch)
}

fn put_bytes(
    store: &Store,
    draft: &mut Draft,
    path: &TreePath,
    bytes: &[u8],
    epoch: i64,
) -> Result<(), RootfsError> {
    let kind = Kind::File { blob: store.put_blob(bytes)?, size: bytes.len() as u64 };
    draft.make_parents(path, epoch);
    draft.put(path.clone(), Node::new(root_meta(0o644, epoch), kind));
    Ok(())
}

fn put_directory(draft: &mut Draft, path: TreePath, epoch: i64) {
    if draft.get(&path).is_none() {
        draft.make_parents(&path, epoch);
        draft.put(path, Node::new(root_meta(0o755, epoch), Kind::Directory));
    }
}
