//! What is kept beside a project, so that it builds without any archive: `env.pl` → `env.vendor/`.
//!
//! ```text
//! env.vendor/
//!   .plc-vendor                           says whose directory it is
//!   archives/debian/pool/main/a/apache2/apache2_2.4.66-1~deb12u1_amd64.deb      the .debs of the lock, as their archive has them
//!   files/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08      downloads of the description, by SHA-256
//! ```
//!
//! Nothing in it is trusted: a file counts when its length and hash are those of the lock or the description, each time that it
//! is read.

mod directory;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use plc_build::fetch::sha256_of;

pub(crate) use self::directory::{Directory, superfluous};

/// Where a project keeps files.
#[derive(Clone, Debug)]
pub(crate) struct Vendor {
    root: PathBuf,
}

/// A file as it should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wanted {
    /// Below the directory.
    pub(crate) path: PathBuf,
    /// SHA-256, lower-case hexadecimal.
    pub(crate) sha256: String,
    /// Length in bytes, where that is known.
    pub(crate) size: Option<u64>,
}

/// How a file is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// As it should be, of this length in bytes.
    Whole(u64),
    /// There, and something else.
    Damaged,
    /// Not there.
    Missing,
}

impl Vendor {
    /// Of the description at a path.
    pub(crate) fn of(entry: &Path) -> Self {
        Self { root: entry.with_extension("vendor") }
    }

    /// The directory, which need not be there.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The URL of a file of an archive, where a plain file is there. Whether it is the right one, whoever fetches it sees.
    pub(crate) fn url_of_package(&self, archive: &str, path: &str) -> Option<String> {
        self.url(&package(archive, path))
    }

    /// The URL of a download, where a plain file is there.
    pub(crate) fn url_of_download(&self, sha256: &str) -> Option<String> {
        self.url(&download(sha256))
    }

    fn url(&self, path: &Path) -> Option<String> {
        let path = std::path::absolute(self.root.join(path)).ok()?;
        // A pipe would be waited for.
        let is_plain = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file());
        is_plain.then(|| path.to_str().map(|path| format!("file://{path}"))).flatten()
    }

    /// Looks at a file, all of it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn state(&self, wanted: &Wanted) -> io::Result<State> {
        let path = self.root.join(&wanted.path);
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(State::Missing),
            Err(error) => return Err(error),
            Ok(metadata) if !metadata.is_file() => return Ok(State::Damaged),
            Ok(metadata) if wanted.size.is_some_and(|size| size != metadata.len()) => {
                return Ok(State::Damaged);
            }
            Ok(_) => {}
        }
        let (sha256, size) = sha256_of(fs::File::open(path)?)?;
        Ok(if sha256 == wanted.sha256 { State::Whole(size) } else { State::Damaged })
    }
}

/// Where the file of a package belongs.
pub(crate) fn package(archive: &str, path: &str) -> PathBuf {
    Path::new("archives").join(component(archive)).join(path)
}

/// Where a download belongs.
pub(crate) fn download(sha256: &str) -> PathBuf {
    Path::new("files").join(sha256)
}

/// An archive's name as that of a directory.
fn component(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    name.chars().map(|c| if plain(c) { c.to_string() } else { format!("%{:02x}", u32::from(c)) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archives_name_is_one_directory() {
        for (name, directory) in
            [("debian", "debian"), ("buster/updates", "buster%2fupdates"), ("..", "%2e%2e")]
        {
            assert_eq!(package(name, "pool/x"), Path::new("archives").join(directory).join("pool/x"));
        }
    }
}
