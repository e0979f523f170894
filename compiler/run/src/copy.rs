//! Copies what environments keep, as it is: owners, modes, times, links, attributes. Where the file system can, the copy shares
//! the original's blocks.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, symlink},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{
        AtFlags, CWD, FileType, Gid, Mode, Timespec, Timestamps, Uid, XattrFlags, chownat, lgetxattr, linkat,
        listxattr, lsetxattr, mkfifoat, utimensat,
    },
    io::Errno,
};

/// Copies a directory to a place where nothing is.
///
/// # Errors
/// The disk refuses.
pub(crate) fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    let mut linked: BTreeMap<(u64, u64), PathBuf> = BTreeMap::new();
    // What is in a directory changes its time, so that directories get theirs at the end, the deepest first.
    let mut directories: Vec<(PathBuf, fs::Metadata)> = Vec::new();
    let mut pending = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = pending.pop() {
        let meta = fs::symlink_metadata(&from)?;
        let kind = FileType::from_raw_mode(meta.mode());
        match kind {
            FileType::Directory => {
                fs::DirBuilder::new().mode(0o700).create(&to)?;
                for entry in fs::read_dir(&from)? {
                    let name = entry?.file_name();
                    pending.push((from.join(&name), to.join(&name)));
                }
                copy_attributes(&from, &to)?;
                directories.push((to, meta));
                continue;
            }
            FileType::RegularFile => {
                let key = (meta.dev(), meta.ino());
                if let Some(first) = linked.get(&key).filter(|_| meta.nlink() > 1) {
                    linkat(CWD, first, CWD, &to, AtFlags::empty())?;
                    continue;
                }
                copy_file(&from, &to)?;
                if meta.nlink() > 1 {
                    linked.insert(key, to.clone());
                }
            }
            FileType::Symlink => symlink(fs::read_link(&from)?, &to)?,
            FileType::Fifo => mkfifoat(CWD, &to, Mode::RUSR)?,
            // A socket is made again by whoever listens at it, and devices there are none.
            _ => continue,
        }
        if kind == FileType::RegularFile {
            copy_attributes(&from, &to)?;
        }
        give(&to, &meta)?;
    }
    directories.iter().rev().try_for_each(|(to, meta)| give(to, meta))
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let (mut source, mut copy) = (File::open(from)?, File::create_new(to)?);
    if rustix::fs::ioctl_ficlone(&copy, &source).is_ok() {
        return Ok(());
    }
    io::copy(&mut source, &mut copy).map(|_| ())
}

fn give(path: &Path, meta: &fs::Metadata) -> io::Result<()> {
    let (uid, gid) = (Uid::from_raw(meta.uid()), Gid::from_raw(meta.gid()));
    chownat(CWD, path, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)?;
    if !meta.is_symlink() {
        // After the owner, whose change takes away bits.
        fs::set_permissions(path, meta.permissions())?;
    }
    let times = Timestamps {
        last_access: Timespec { tv_sec: meta.atime(), tv_nsec: meta.atime_nsec() as _ },
        last_modification: Timespec { tv_sec: meta.mtime(), tv_nsec: meta.mtime_nsec() as _ },
    };
    Ok(utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW)?)
}

/// Extended attributes, such as access control lists; those that only the machine's root may set are left out.
fn copy_attributes(from: &Path, to: &Path) -> io::Result<()> {
    let mut names = vec![0_u8; 64 << 10];
    let length = match listxattr(from, &mut names[..]) {
        Ok(length) => length,
        Err(Errno::OPNOTSUPP) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let mut value = vec![0_u8; 64 << 10];
        let length = lgetxattr(from, name, &mut value[..])?;
        match lsetxattr(to, name, &value[..length], XattrFlags::empty()) {
            Ok(()) | Err(Errno::PERM | Errno::OPNOTSUPP) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_copy_is_as_the_original() {
        let directory = std::env::temp_dir().join(format!("plc-copy-{}", std::process::id()));
        let (from, to) = (directory.join("from"), directory.join("to"));
        fs::create_dir_all(from.join("deep/er")).expect("directories");
        fs::write(from.join("deep/file"), "content").expect("a file");
        fs::set_permissions(from.join("deep/file"), fs::Permissions::from_mode(0o640)).expect("a mode");
        fs::hard_link(from.join("deep/file"), from.join("again")).expect("a link");
        symlink("nowhere", from.join("link")).expect("a link");
        let then = Timespec { tv_sec: 1_000_000_000, tv_nsec: 5 };
        let times = Timestamps { last_access: then, last_modification: then };
        for name in ["deep/file", "deep"] {
            utimensat(CWD, from.join(name), &times, AtFlags::empty()).expect("a time");
        }
        let copied = copy_tree(&from, &to);
        let meta = |name: &str| fs::symlink_metadata(to.join(name)).expect("it is there");
        let seen = (meta("deep").mtime(), meta("deep/file").mtime_nsec(), meta("deep/file").mode() & 0o7777);
        let linked = meta("again").ino() == meta("deep/file").ino();
        let target = fs::read_link(to.join("link"));
        let text = fs::read_to_string(to.join("again"));
        fs::remove_dir_all(&directory).expect("removed");
        copied.expect("copied");
        assert_eq!(seen, (1_000_000_000, 5, 0o640));
        assert!(linked);
        assert_eq!(target.expect("a link"), Path::new("nowhere"));
        assert_eq!(text.expect("text"), "content");
    }
}
