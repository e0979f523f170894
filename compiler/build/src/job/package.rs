//! `fetch` and `unpack`: a package, by hash, and then as a tree.

use std::io;

use plc_plan::derivation::{Fetch, PackageVersion, Role};
use plc_store::{Kind, Output, Store, Tree, TreePath};

use super::{Context, JobError};
use crate::{
    debian::deb::{self, Control},
    fetch::Reopening,
    progress::Observer,
    request::Request,
};

/// Fetches a file of an archive into a blob.
pub(super) fn fetch(
    file: &Fetch,
    context: &Context<'_>,
    observer: &dyn Observer,
) -> Result<Output, JobError> {
    let writer = || context.store.blob_writer().map_err(io::Error::other);
    let mut sink =
        Reopening::new(writer).map_err(|source| JobError::Io { action: "write a download", source })?;
    context.source.fetch(file, &mut sink, &|bytes| observer.received(bytes))?;
    let (digest, size) = sink.into_inner().finish()?;
    Ok(Output::Blob { digest, size })
}

/// Unpacks a `.deb`, which must be the package that the lock names.
pub(super) fn unpack(
    locked: &PackageVersion,
    request: &Request,
    context: &Context<'_>,
) -> Result<Output, JobError> {
    let blob = request.blob(Role::Deb).ok_or(JobError::Input(Role::Deb))?;
    let mut deb = context.store.open_blob_to_verify(&blob)?;
    let unpacked = deb::unpack(&mut deb, context.store);
    // A damaged file is said to be that, whatever came of reading it.
    deb.verify()?;
    let tree = unpacked?;
    let found = identity(&tree, context.store)?;
    if found != *locked {
        return Err(JobError::OtherPackage { found: text(&found), locked: text(locked) });
    }
    Ok(Output::Tree(context.store.put_tree(&tree)?))
}

fn text(package: &PackageVersion) -> String {
    format!("{} {} {}", package.name, package.version, package.architecture)
}

/// What an unpacked package's control file says it is.
fn identity(tree: &Tree, store: &Store) -> Result<PackageVersion, JobError> {
    let control = read(tree, store, "control/control")?.unwrap_or_default();
    let control = Control::parse(&control).map_err(|error| JobError::Control(error.to_string()))?;
    let field = |name: &str| control.get(name).unwrap_or_default().to_owned();
    Ok(PackageVersion {
        name: field("Package"),
        version: field("Version"),
        architecture: field("Architecture"),
    })
}

/// The packages that a root file system's dpkg database names, sorted.
pub(super) fn installed(tree: &Tree, store: &Store) -> Result<Vec<PackageVersion>, JobError> {
    let status = read(tree, store, "var/lib/dpkg/status")?.unwrap_or_default();
    let status = String::from_utf8_lossy(&status);
    let mut packages = Vec::new();
    for stanza in status.split("\n\n").filter(|stanza| !stanza.trim().is_empty()) {
        let fields = deb::parse_stanza(stanza.trim_matches('\n'))
            .map_err(|error| JobError::Control(error.to_string()))?;
        let field = |name: &str| {
            fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
        };
        packages.push(PackageVersion {
            name: field("Package"),
            version: field("Version"),
            architecture: field("Architecture"),
        });
    }
    packages.sort();
    Ok(packages)
}

/// A file of a tree; none when it is not there.
fn read(tree: &Tree, store: &Store, path: &str) -> Result<Option<Vec<u8>>, JobError> {
    let path = TreePath::new(path.as_bytes()).map_err(|why| JobError::Path { path: path.to_owned(), why })?;
    match tree.get(&path).map(|entry| &entry.kind) {
        Some(Kind::File { blob, .. }) => Ok(Some(store.read_blob(blob)?)),
        _ => Ok(None),
    }
}
