//! Removes directories whose owners, modes and depth are a builder's doing.
//!
//! By descriptor and single name, so that no link leads out. A directory that is not empty is first moved up to the top,
//! so that no depth exhausts descriptors, paths or the stack.

use std::{
    os::fd::{AsFd, OwnedFd},
    path::Path,
};

use rustix::{
    fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, renameat, statat, unlinkat},
    io::Errno,
    path::Arg,
};

use super::error::{Doing, Inside};

/// Removes a directory and all that is in it. One that is not there is as good as removed.
///
/// # Errors
/// Something in it cannot be removed.
pub fn remove(directory: &Path) -> Inside<()> {
    let doing = || format!("remove `{}`", directory.display());
    let top = match open(CWD, directory) {
        Err(Errno::NOENT) => return Ok(()),
        opened => opened.doing(doing)?,
    };
    empty(&top).doing(doing)?;
    unlinkat(CWD, directory, AtFlags::REMOVEDIR).doing(doing)
}

fn empty(top: &OwnedFd) -> rustix::io::Result<()> {
    let mut moved = 0_u64;
    let mut pending = clear(top, |name| Ok(name.to_vec()))?;
    while let Some(name) = pending.pop() {
        let directory = open(top, &*name)?;
        pending.extend(clear(&directory, |inner| {
            loop {
                moved += 1;
                let name = format!("removed-{moved}").into_bytes();
                match renameat(&directory, inner, top, &*name) {
                    Ok(()) => return Ok(name),
                    // The builder had the same idea.
                    Err(Errno::EXIST | Errno::NOTEMPTY | Errno::NOTDIR) => {}
                    Err(error) => return Err(error),
                }
            }
        })?);
        unlinkat(top, &*name, AtFlags::REMOVEDIR)?;
    }
    Ok(())
}

/// Removes all but directories that are not empty; these are given to `keep`, and what it returns is returned.
fn clear(
    directory: &OwnedFd,
    mut keep: impl FnMut(&[u8]) -> rustix::io::Result<Vec<u8>>,
) -> rustix::io::Result<Vec<Vec<u8>>> {
    let mut kept = Vec::new();
    // Removing while reading may skip nothing that was there before, but moving in may: so the names are read first.
    let entries: Vec<_> = Dir::read_from(directory)?.collect::<Result<_, _>>()?;
    for entry in entries {
        let name = entry.file_name();
        if name == c"." || name == c".." {
            continue;
        }
        let kind = match entry.file_type() {
            FileType::Unknown => {
                FileType::from_raw_mode(statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode)
            }
            known => known,
        };
        if kind != FileType::Directory {
            unlinkat(directory, name, AtFlags::empty())?;
            continue;
        }
        match unlinkat(directory, name, AtFlags::REMOVEDIR) {
            Ok(()) => {}
            Err(Errno::NOTEMPTY | Errno::EXIST) => kept.push(keep(name.to_bytes())?),
            Err(error) => return Err(error),
        }
    }
    Ok(kept)
}

fn open(at: impl AsFd, name: impl Arg) -> rustix::io::Result<OwnedFd> {
    openat(at, name, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn removes_what_is_deep_and_follows_no_link() {
        let outside = tempfile::tempdir().expect("a temporary directory");
        let victim = outside.path().join("victim");
        fs::write(&victim, "").expect("a file");
        let top = outside.path().join("top");
        fs::create_dir(&top).expect("a directory");
        std::os::unix::fs::symlink(outside.path(), top.join("link")).expect("a link");
        fs::write(top.join("removed-1"), "").expect("a file");
        let mut directory = open(CWD, &top).expect("the directory");
        for _ in 0..3000 {
            rustix::fs::mkdirat(&directory, "d", Mode::RWXU).expect("a directory");
            directory = open(&directory, "d").expect("the directory");
        }
        remove(&top).expect("removed");
        assert!(!top.exists() && victim.exists());
        remove(&top).expect("nothing to remove");
    }
}
