//! OCI images as trees: each is an OCI image layout, after the OCI image specification 1.1 (`image-layout.md`, `manifest.md`,
//! `config.md`).
//!
//! Layers are not compressed: whoever pushes an image compresses it, and the bytes do not hang on a compressor's version.
//! Nothing says when an image was made, so the same layers are the same image.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use plc_store::{BlobDigest, Entry, Kind, Meta, Store, Tree, TreePath};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{ImageError, layer};

/// Where a layout keeps its blobs.
pub const BLOBS: &str = "blobs/sha256";
/// The file of a layout that lists its images.
pub const INDEX: &str = "index.json";
/// The file that says that a directory is a layout.
pub const LAYOUT: &str = "oci-layout";
/// The annotation of an image in an index that it is known by.
pub const NAME: &str = "org.opencontainers.image.ref.name";

/// A blob of a layout.
#[derive(Clone, Copy)]
struct Blob {
    blob: BlobDigest,
    size: u64,
}

/// What a tree adds to the one below it, as a tree with the layer's file under its name in a layout.
///
/// # Errors
/// The store lacks something, or a name means something else in a layer.
pub fn layer(tree: &Tree, below: Option<&Tree>, store: &Store) -> Result<Tree, ImageError> {
    let mut writer = Hashing { to: store.blob_writer()?, sha256: Sha256::new() };
    layer::write(tree, below, store, &mut writer)?;
    let name = hex(&writer.sha256.finalize());
    let (blob, size) = writer.to.finish()?;
    Ok(laid_out(BTreeMap::from([(name, Blob { blob, size })]), []))
}

/// An image of layers, the lowest first, for a platform as Debian calls it.
///
/// # Errors
/// What is given as a layer is none, or the store cannot keep it.
pub fn image(layers: &[Tree], platform: &str, store: &Store) -> Result<Tree, ImageError> {
    let mut blobs = BTreeMap::new();
    let mut of_layers = Vec::with_capacity(layers.len());
    for layer in layers {
        let (name, blob) = the_blob(layer).ok_or(ImageError::NoLayer)?;
        of_layers.push((name.clone(), blob.size));
        blobs.insert(name, blob);
    }
    let digests: Vec<String> = of_layers.iter().map(|(name, _)| format!("sha256:{name}")).collect();
    let (architecture, variant) = architecture(platform);
    let mut config = json!({
        "architecture": architecture,
        "os": "linux",
        "config": { "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] },
        "rootfs": { "type": "layers", "diff_ids": digests },
    });
    if let Some(variant) = variant {
        config["variant"] = variant.into();
    }
    let config = put(&config, "application/vnd.oci.image.config.v1+json", &mut blobs, store)?;
    let of_layers = of_layers
        .iter()
        .map(|(name, size)| descriptor("application/vnd.oci.image.layer.v1.tar", name, *size));
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config,
        "layers": of_layers.collect::<Vec<_>>(),
    });
    let mut manifest = put(&manifest, MANIFEST, &mut blobs, store)?;
    manifest["platform"] = json!({ "architecture": architecture, "os": "linux" });
    if let Some(variant) = variant {
        manifest["platform"]["variant"] = variant.into();
    }
    let files = [(INDEX, index(&[manifest])), (LAYOUT, layout())];
    let mut written = Vec::new();
    for (name, text) in files {
        written.push((name, Blob { blob: store.put_blob(text.as_bytes())?, size: text.len() as u64 }));
    }
    Ok(laid_out(blobs, written))
}

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// The text of a layout's list of images, each as an index has it.
pub fn index(manifests: &[Value]) -> String {
    let media = "application/vnd.oci.image.index.v1+json";
    json!({ "schemaVersion": 2, "mediaType": media, "manifests": manifests }).to_string()
}

/// The text of the file that says that a directory is a layout.
pub fn layout() -> String {
    json!({ "imageLayoutVersion": "1.0.0" }).to_string()
}

fn descriptor(media: &str, name: &str, size: u64) -> Value {
    json!({ "mediaType": media, "digest": format!("sha256:{name}"), "size": size })
}

fn put(
    document: &Value,
    media: &str,
    blobs: &mut BTreeMap<String, Blob>,
    store: &Store,
) -> Result<Value, ImageError> {
    let text = document.to_string();
    let name = hex(&Sha256::digest(&text));
    let blob = Blob { blob: store.put_blob(text.as_bytes())?, size: text.len() as u64 };
    blobs.insert(name.clone(), blob);
    Ok(descriptor(media, &name, blob.size))
}

/// A directory with blobs, and files beside them.
fn laid_out(blobs: BTreeMap<String, Blob>, files: impl IntoIterator<Item = (&'static str, Blob)>) -> Tree {
    let entry = |path: &str, mode, kind| Entry {
        path: TreePath::new(path.as_bytes()).expect("digests and the names of layouts are paths"),
        meta: Meta { mode, uid: 0, gid: 0, mtime: 0, xattrs: Vec::new() },
        kind,
    };
    let file = |path: &str, Blob { blob, size }| entry(path, 0o644, Kind::File { blob, size });
    let mut entries: Vec<Entry> = ["", "blobs", BLOBS].map(|path| entry(path, 0o755, Kind::Directory)).into();
    entries.extend(blobs.into_iter().map(|(name, blob)| file(&format!("{BLOBS}/{name}"), blob)));
    entries.extend(files.into_iter().map(|(name, blob)| file(name, blob)));
    Tree::new(entries).expect("each name is there once, in a directory")
}

/// The only blob of a layer's tree, with its name.
fn the_blob(layer: &Tree) -> Option<(String, Blob)> {
    let mut files = layer.entries().iter().filter_map(|entry| match entry.kind {
        Kind::File { blob, size } => {
            Some((String::from_utf8(entry.path.name().to_vec()).ok()?, Blob { blob, size }))
        }
        _ => None,
    });
    files.next().filter(|_| files.next().is_none())
}

/// Go's name of an architecture, and its variant, which images are found by.
fn architecture(debian: &str) -> (&str, Option<&str>) {
    match debian {
        "i386" => ("386", None),
        "armel" => ("arm", Some("v5")),
        "armhf" => ("arm", Some("v7")),
        "arm64" => ("arm64", Some("v8")),
        "ppc64el" => ("ppc64le", None),
        "mips64el" => ("mips64le", None),
        same => (same, None),
    }
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hashes what it passes on.
struct Hashing<W> {
    to: W,
    sha256: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.to.write(bytes)?;
        self.sha256.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests;
