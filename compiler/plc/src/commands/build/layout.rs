//! The images of all hosts as one OCI layout: a layer that several have is there once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

use plc_build::{
    image::oci::{BLOBS, INDEX, LAYOUT, NAME, index, layout},
    schedule::Built,
};
use plc_plan::Lowered;
use plc_store::{BlobDigest, Kind, Store, Tree};
use serde_json::Value;

use super::{images::is_there, outcome::tree_of};
use crate::{exit::CliError, machine};

/// Writes the layout. It is made beside its place and moved there whole.
///
/// # Errors
/// Something is there already, or the disk fails.
pub(super) fn write(store: &Store, lowered: &Lowered, built: &Built, out: &Path) -> Result<(), CliError> {
    let is_missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    match fs::read_dir(out).map(|mut entries| entries.next().is_none()) {
        Ok(true) => {}
        Err(error) if is_missing(&error) => {}
        _ => return Err(is_there(out)),
    }
    let cannot =
        |error: io::Error| CliError::build(format!("cannot write {}", out.display())).because_of(&error);
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(cannot)?;
    let fresh = tempfile::Builder::new().prefix(".plc-layout-").tempdir_in(parent).map_err(cannot)?;
    let mut manifests = Vec::new();
    let mut blobs = BTreeMap::new();
    for host in &lowered.hosts {
        let Some((image, _)) = host.image.as_ref().and_then(|image| tree_of(built, image)) else { continue };
        let image = store.read_tree(&image).map_err(|error| machine::store_error(&error))?;
        blobs.extend(blobs_of(&image));
        manifests.push(manifest(&image, &host.name, store)?);
    }
    fs::create_dir_all(fresh.path().join(BLOBS)).map_err(cannot)?;
    for (name, blob) in blobs {
        let mut from = store.open_blob(&blob).map_err(|error| machine::store_error(&error))?;
        let mut to = fs::File::create_new(fresh.path().join(BLOBS).join(name)).map_err(cannot)?;
        io::copy(&mut from, &mut to).map_err(cannot)?;
    }
    fs::write(fresh.path().join(LAYOUT), layout()).map_err(cannot)?;
    fs::write(fresh.path().join(INDEX), index(&manifests)).map_err(cannot)?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(fresh.path(), mode).map_err(cannot)?;
    fs::rename(fresh.path(), out).map_err(cannot)?;
    // Its name is another's now.
    let _ = fresh.keep();
    Ok(())
}

/// The blobs of an image, by their names in a layout.
fn blobs_of(image: &Tree) -> BTreeSet<(String, BlobDigest)> {
    let blobs = image.entries().iter().filter_map(|entry| match entry.kind {
        Kind::File { blob, .. } => {
            let path = std::str::from_utf8(entry.path.as_bytes()).ok()?;
            let name = path.strip_prefix(BLOBS)?.strip_prefix('/')?;
            Some((name.to_owned(), blob))
        }
        _ => None,
    });
    blobs.collect()
}

/// What the image's own index has of it, with the host's name.
fn manifest(image: &Tree, host: &str, store: &Store) -> Result<Value, CliError> {
    let broken = || CliError::build(format!("the image of `{host}` is no OCI layout"));
    let is_index = |path: &[u8]| path == INDEX.as_bytes();
    let entry = image.entries().iter().find(|entry| is_index(entry.path.as_bytes()));
    let Some(Kind::File { blob, .. }) = entry.map(|entry| &entry.kind) else { return Err(broken()) };
    let text = store.read_blob(blob).map_err(|error| machine::store_error(&error))?;
    let mut all: Value = serde_json::from_slice(&text).map_err(|_| broken())?;
    let mut manifest = all["manifests"][0].take();
    manifest
        .as_object_mut()
        .ok_or_else(broken)?
        .insert("annotations".into(), serde_json::json!({ NAME: host }));
    Ok(manifest)
}
