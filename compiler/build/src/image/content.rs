//! What files hold, on the way from the store into an image.

use std::io::{self, Read, Write};

use plc_store::{BlobDigest, Store};

use super::ImageError;

/// Copies a blob, and refuses one whose bytes are not those that its name promises: an image gets a name of its own, and
/// nobody would find out later.
pub(super) fn copy_verified(
    store: &Store,
    blob: &BlobDigest,
    to: &mut impl Write,
) -> Result<u64, ImageError> {
    let mut from = store.open_blob(blob)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut written = 0;
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        hasher.update(&buffer[..count]);
        to.write_all(&buffer[..count])?;
        written += count as u64;
    }
    if hasher.finalize().as_bytes() != blob.as_bytes() {
        return Err(ImageError::Damaged(*blob));
    }
    Ok(written)
}
