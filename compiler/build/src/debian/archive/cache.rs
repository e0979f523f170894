//! Indices that were fetched before, each under the SHA-256 of its text, and Release files, each under that of what a lock
//! says of it. A cache: what it holds is verified on reading, and may be deleted at any time.

use std::{fs, io::Write, os::unix::fs::PermissionsExt, path::Path};

use plc_plan::lock::LockedSuite;

use crate::{debian::trust::IndexFile, fetch::sha256_hex};

/// The text of an index, when it is there and whole.
pub(super) fn read(directory: &Path, file: &IndexFile) -> Option<String> {
    let bytes = fs::read(directory.join(&file.sha256)).ok()?;
    verify(&bytes, file).ok()?;
    String::from_utf8(bytes).ok()
}

/// Keeps the text of an index. That it cannot be kept is no failure: it will be fetched again.
pub(super) fn write(directory: &Path, file: &IndexFile, text: &[u8]) {
    let _ = keep(directory, &file.sha256, text);
}

/// The signed message that a lock was made from, where it was kept; whoever reads it judges it.
pub(super) fn read_release(directory: &Path, keyring: &str, suite: &LockedSuite) -> Option<Vec<u8>> {
    fs::read(directory.join(release_name(keyring, suite))).ok()
}

/// Keeps the signed message that a lock is made from.
pub(super) fn write_release(directory: &Path, keyring: &str, suite: &LockedSuite, message: &[u8]) {
    let _ = keep(directory, &release_name(keyring, suite), message);
}

fn release_name(keyring: &str, suite: &LockedSuite) -> String {
    let LockedSuite { suite, codename, date, signers } = suite;
    let said = [keyring, suite, codename, date, &signers.join(" ")].join("\n");
    format!("release-{}", sha256_hex(said.as_bytes()))
}

fn keep(directory: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(directory)?;
    let mut temporary = tempfile::NamedTempFile::new_in(directory)?;
    temporary.write_all(bytes)?;
    // Another user of the same store may read it.
    temporary.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    temporary.persist(directory.join(name))?;
    Ok(())
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
