//! Packages that only dpkg itself can unpack: those whose preinst moves other packages' files aside. Composition would
//! put two files at one place, so such a package is written as a `.deb` again and `dpkg --unpack` does the rest.

use std::io::Write;

use plc_store::{Entry, Kind, Store, Tree, TreePath};

use super::{RootfsError, package::Package};
use crate::{image::tar, sandbox::ScaffoldFile};

/// Where the steps find what they need besides the root file system.
pub(super) const DIRECTORY: &str = "var/cache/plc";

/// Whether a package's preinst does what only the real order of unpacking gives.
pub(super) fn is_needed(store: &Store, package: &Package) -> Result<bool, RootfsError> {
    let script = package.member_text(store, "preinst")?;
    // Asking about diversions, or taking one away, moves nothing, and neither does one that is only declared, as by Debian
    // 13's C library, without which dpkg would not run.
    let moves = |line: &str| {
        line.contains("dpkg-divert")
            && !line.trim_start().starts_with('#')
            && !["--no-rename", "--remove", "--list", "--truename", "--listpackage"]
                .iter()
                .any(|option| line.contains(option))
    };
    Ok(script.lines().any(moves))
}

/// The package as a `.deb`, for the time that the steps run.
pub(super) fn scaffold(store: &Store, package: &Package) -> Result<ScaffoldFile, RootfsError> {
    let path = format!("{DIRECTORY}/{}.deb", package.name);
    let path = TreePath::new(path.as_bytes()).map_err(|_| RootfsError::BadLine {
        package: package.name.clone(),
        file: "control",
        line: package.name.clone(),
    })?;
    Ok(ScaffoldFile { path, mode: 0o644, content: deb(store, package)? })
}

fn deb(store: &Store, package: &Package) -> Result<Vec<u8>, RootfsError> {
    let mut bytes = b"!<arch>\n".to_vec();
    member(&mut bytes, "debian-binary", b"2.0\n")?;
    for (name, directory) in [("control.tar", "control"), ("data.tar", "data")] {
        let mut content = Vec::new();
        let part = part(package, directory)?;
        // dpkg wants no pax records; there are none unless a name is longer than ustar has room for.
        tar::write_prefixed(&part, store, b"./", &mut content).map_err(|error| RootfsError::Repack {
            package: package.name.clone(),
            reason: error.to_string(),
        })?;
        member(&mut bytes, name, &content)?;
    }
    Ok(bytes)
}

fn member(bytes: &mut Vec<u8>, name: &str, content: &[u8]) -> Result<(), RootfsError> {
    writeln!(bytes, "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`", 0, 0, 0, 100_644, content.len())?;
    bytes.extend(content);
    if content.len() % 2 == 1 {
        bytes.push(b'\n');
    }
    Ok(())
}

/// What is below one of the two directories of a package's tree, as a tree of its own.
fn part(package: &Package, directory: &str) -> Result<Tree, RootfsError> {
    let inner = |path: &TreePath| {
        let rest = path.as_bytes().strip_prefix(directory.as_bytes())?;
        if rest.is_empty() { Some(TreePath::root()) } else { TreePath::new(rest.strip_prefix(b"/")?).ok() }
    };
    let entry = |entry: &Entry| {
        let kind = match &entry.kind {
            Kind::Hardlink(target) => Kind::Hardlink(inner(target)?),
            kind => kind.clone(),
        };
        Some(Entry { path: inner(&entry.path)?, meta: entry.meta.clone(), kind })
    };
    Ok(Tree::new(package.entries().iter().filter_map(entry).collect())?)
}
