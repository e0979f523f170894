//! What maintainer scripts go by besides what their packages depend on, as far as their text tells: which scripts have run
//! before, and whether something of another package is there.

use std::collections::{BTreeSet, HashMap};

use plc_store::{Kind, Store};

use super::{RootfsError, package::Package};

/// What is in scripts whose outcome depends on which have run before: they number accounts as they come, or look for what is
/// removed when their result is settled.
const IN_ORDER: [&str; 9] =
    ["adduser", "addgroup", "useradd", "groupadd", "usermod", "gpasswd", "sysusers", "snakeoil", "mailname"];

/// What asks where a program is: the next word is its name.
const ASKING: [&str; 5] = ["-v", "which", "type", "hash", "pathfind"];

/// The scripts of a package that run when it is installed, without comments.
pub(super) struct Scripts {
    text: String,
}

impl Scripts {
    pub(super) fn read(store: &Store, package: &Package) -> Result<Self, RootfsError> {
        let mut text = String::new();
        for member in ["preinst", "config", "postinst"] {
            let script = package.member_text(store, member)?;
            let lines = script.lines().filter(|line| !line.trim_start().starts_with('#'));
            text.extend(lines.flat_map(|line| [line, "\n"]));
        }
        Ok(Self { text })
    }

    /// Whether it matters which scripts of packages that have nothing to do with this one have run before.
    pub(super) fn depend_on_order(&self) -> bool {
        IN_ORDER.iter().any(|word| self.text.contains(word))
    }

    /// Absolute paths, and names of programs that are asked for.
    fn words(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut asks = false;
        for word in self.text.split(|c: char| !(c.is_ascii_alphanumeric() || "/._+-".contains(c))) {
            let (before, path) = word.split_at(word.find('/').unwrap_or(0));
            // A variable may stand for the root directory.
            if path.starts_with('/') && before.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') {
                found.insert(path);
            } else if asks {
                found.insert(word);
            }
            asks = ASKING.contains(&word) || (asks && word.is_empty());
        }
        found
    }
}

/// For each package, those that have files which its scripts look for: what they do depends on whether these are there.
pub(super) fn looked_for(packages: &[Package], scripts: &[Scripts]) -> Vec<BTreeSet<usize>> {
    let mut looking: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (index, scripts) in scripts.iter().enumerate() {
        for word in scripts.words() {
            looking.entry(place(word.as_bytes())).or_default().push(index);
        }
    }
    let mut looked_for = vec![BTreeSet::new(); packages.len()];
    for (owner, package) in packages.iter().enumerate() {
        for entry in package.entries().iter().filter(|entry| entry.kind != Kind::Directory) {
            let Some(path) = entry.path.as_bytes().strip_prefix(b"data/") else { continue };
            let names = [Some(place(path)), program(path)];
            for index in names.iter().flatten().filter_map(|name| looking.get(name)).flatten() {
                looked_for[*index].insert(owner);
            }
        }
    }
    looked_for
}

/// A path as it is wherever `/bin` and the like are links into `/usr`.
fn place(path: &[u8]) -> &[u8] {
    let path = path.strip_prefix(b"/").unwrap_or(path);
    match path.strip_prefix(b"usr/") {
        Some(rest) if [&b"bin/"[..], b"sbin/", b"lib"].iter().any(|start| rest.starts_with(start)) => rest,
        _ => path,
    }
}

/// The name of a program, from its path.
fn program(path: &[u8]) -> Option<&[u8]> {
    let at = path.iter().rposition(|byte| *byte == b'/')?;
    path[..at].ends_with(b"bin").then(|| &path[at + 1..])
}
