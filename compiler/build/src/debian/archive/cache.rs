//! Indices that were fetched before, each under the SHA-256 of its text. A cache: what it holds is verified on reading,
//! and may be deleted at any time.

use std::{fs, io::Write, os::unix::fs::PermissionsExt, path::Path};

use crate::{debian::trust::IndexFile, fetch::sha256_hex};

/// The text of an index, when it is there and whole.
pub(super) fn read(directory: &Path, file: &IndexFile) -> Option<String> {
    let bytes = fs::read(directory.join(&file.sha256)).ok()?;
    verify(&bytes, file).ok()?;
    String::from_utf8(bytes).ok()
}

/// Keeps the text of an index. That it cannot be kept is no failure: it will be fetched again.
pub(super) fn write(directory: &Path, file: &IndexFile, text: &[u8]) {
    let keep = || -> std::io::Result<()> {
        fs::create_dir_all(directory)?;
        let mut temporary = tempfile::NamedTempFile::new_in(directory)?;
        temporary.write_all(text)?;
        // Another user of the same store may read it.
        temporary.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
        temporary.persist(directory.join(&file.sha256))?;
        Ok(())
    };
    let _ = keep();
}

/// Whether a text is the one that the Release file promises; else what is wrong with it.
pub(super) fn verify(text: &[u8], file: &IndexFile) -> Result<(), String> {
    if text.len() as u64 != file.size {
        return Err(format!("it has {} bytes instead of {}", text.len(), file.size));
    }
    let actual = sha256_hex(text);
    if actual != file.sha256 {
        return Err(format!("its SHA-256 is {actual} instead of {}", file.sha256));
    }
    Ok(())
}
