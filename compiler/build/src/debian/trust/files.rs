//! Where keyrings are.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

/// Where Debian puts keyrings: those of packages, and those of the machine's administrator.
const DIRECTORIES: [&str; 2] = ["/usr/share/keyrings", "/etc/apt/keyrings"];

/// The bytes of the keyring that a description names: a path inside the project when it holds a `/` or ends in
/// `.gpg`, `.pgp` or `.asc`, else the name of a keyring of this machine.
pub fn keyring_file(name: &str, project: &Path) -> io::Result<Vec<u8>> {
    let is_path = name.contains('/') || [".gpg", ".pgp", ".asc"].iter().any(|suffix| name.ends_with(suffix));
    if is_path {
        return fs::read(project.join(inside(name)?));
    }
    let found = candidates(name).into_iter().find(|path| path.exists());
    fs::read(found.ok_or_else(|| {
        let places = DIRECTORIES.join("` nor in `");
        io::Error::new(io::ErrorKind::NotFound, format!("no keyring of this name is in `{places}`"))
    })?)
}

/// A path that stays inside the project.
fn inside(name: &str) -> io::Result<&Path> {
    let path = Path::new(name);
    if path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Ok(path);
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "the path of a keyring stays inside the project"))
}

fn candidates(name: &str) -> Vec<PathBuf> {
    let paths = DIRECTORIES.iter().flat_map(|directory| {
        ["gpg", "pgp", "asc"].map(|extension| Path::new(directory).join(format!("{name}.{extension}")))
    });
    paths.collect()
}
