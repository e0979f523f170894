//! Copies what environments keep, as it is: owners, modes, times, links, attributes. Where the file system can, the copy shares
//! the original's blocks.
//!
//! What is copied belongs to hosts, which may change it at any moment: everything is opened by descriptor, one name at a time, and
//! no link is followed.

use std::{
    collections::BTreeMap,
    ffi::{CStr, CString},
    fs::File,
    io::{self, Read},
    os::fd::{AsFd, OwnedFd},
    path::Path,
    sync::Arc,
};

use rustix::{
    fs::{
        AtFlags, CWD, Dir, FileType, Gid, Mode, OFlags, SeekFrom, Stat, Timespec, Timestamps, Uid,
        XattrFlags, chownat, fchmod, fchown, fgetxattr, flistxattr, fsetxattr, fstat, futimens,
        ioctl_ficlone, linkat, mkdirat, mkfifoat, openat, readlinkat, seek, statat, symlinkat, utimensat,
    },
    io::Errno,
};

/// The most bytes of an attribute, and of all their names (xattr(7)).
const ATTRIBUTES: usize = 64 << 10;

/// What is still to be done: in this order, the last first.
enum Step {
    /// Copy what has this name in a directory to another.
    Copy { from: Arc<OwnedFd>, to: Arc<OwnedFd>, name: CString },
    /// Give a directory what it had: what is made in it has changed its time.
    Finish { to: Arc<OwnedFd>, meta: Stat },
}

/// Copies a directory to a place where nothing is.
///
/// # Errors
/// The disk refuses.
pub(crate) fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    let (from, to) = (directory(CWD, from)?, {
        mkdirat(CWD, to, Mode::RWXU)?;
        directory(CWD, to)?
    });
    let mut copy = Copy { linked: BTreeMap::new(), steps: Vec::new() };
    copy.directory(from, to)?;
    while let Some(step) = copy.steps.pop() {
        match step {
            Step::Copy { from, to, name } => copy.entry(&from, &to, &name)?,
            Step::Finish { to, meta } => give(&to, &meta)?,
        }
    }
    Ok(())
}

fn directory(at: impl AsFd, name: impl rustix::path::Arg) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(at, name, flags, Mode::empty())?)
}

struct Copy {
    /// Where the first name of a file with several is.
    linked: BTreeMap<(u64, u64), (Arc<OwnedFd>, CString)>,
    steps: Vec<Step>,
}

impl Copy {
    fn directory(&mut self, from: OwnedFd, to: OwnedFd) -> io::Result<()> {
        let meta = fstat(&from)?;
        copy_attributes(&from, &to)?;
        let names: Vec<CString> = Dir::read_from(&from)?
            .map(|entry| entry.map(|entry| entry.file_name().to_owned()))
            .collect::<Result<_, _>>()?;
        let (from, to) = (Arc::new(from), Arc::new(to));
        self.steps.push(Step::Finish { to: Arc::clone(&to), meta });
        for name in names.into_iter().filter(|name| name.as_c_str() != c"." && name.as_c_str() != c"..") {
            self.steps.push(Step::Copy { from: Arc::clone(&from), to: Arc::clone(&to), name });
        }
        Ok(())
    }

    fn entry(&mut self, from: &Arc<OwnedFd>, to: &Arc<OwnedFd>, name: &CStr) -> io::Result<()> {
        let meta = statat(from, name, AtFlags::SYMLINK_NOFOLLOW)?;
        match FileType::from_raw_mode(meta.st_mode) {
            FileType::Directory => {
                let inner = directory(from, name)?;
                mkdirat(to, name, Mode::RWXU)?;
                self.directory(inner, directory(to, name)?)
            }
            FileType::RegularFile => self.file(from, to, name),
            FileType::Symlink => {
                symlinkat(readlinkat(from, name, Vec::new())?, to, name)?;
                give_name(to, name, &meta)
            }
            FileType::Fifo => {
                mkfifoat(to, name, Mode::RUSR)?;
                give_name(to, name, &meta)?;
                Ok(rustix::fs::chmodat(to, name, mode(&meta), AtFlags::empty())?)
            }
            // A socket is made again by whoever listens at it, and devices there are none.
            _ => Ok(()),
        }
    }

    fn file(&mut self, from: &Arc<OwnedFd>, to: &Arc<OwnedFd>, name: &CStr) -> io::Result<()> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let source = openat(from, name, flags, Mode::empty())?;
        // It may be another one than that which was looked at.
        let meta = fstat(&source)?;
        if FileType::from_raw_mode(meta.st_mode) != FileType::RegularFile {
            return Err(io::Error::other("a file was exchanged while it was copied"));
        }
        let key = (meta.st_dev as u64, meta.st_ino as u64);
        if let Some((first, of)) = self.linked.get(&key).filter(|_| meta.st_nlink > 1) {
            return Ok(linkat(first, of.as_c_str(), to, name, AtFlags::empty())?);
        }
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let copy = openat(to, name, flags, Mode::RUSR | Mode::WUSR)?;
        if ioctl_ficlone(&copy, &source).is_err() {
            copy_content(&File::from(source.try_clone()?), &File::from(copy.try_clone()?))?;
        }
        copy_attributes(&source, &copy)?;
        give(&copy, &meta)?;
        if meta.st_nlink > 1 {
            self.linked.insert(key, (Arc::clone(to), name.to_owned()));
        }
        Ok(())
    }
}

/// Copies what is in a file, and leaves out what is not: the disk of a machine is mostly holes.
fn copy_content(mut from: &File, mut to: &File) -> io::Result<()> {
    let length = from.metadata()?.len();
    to.set_len(length)?;
    let mut at = 0;
    while at < length {
        at = match seek(from, SeekFrom::Data(at)) {
            Ok(data) => data,
            // There is nothing more, but perhaps a hole.
            Err(Errno::NXIO) => return Ok(()),
            // The file system knows nothing of holes.
            Err(Errno::INVAL) => at,
            Err(error) => return Err(error.into()),
        };
        let end = seek(from, SeekFrom::Hole(at)).unwrap_or(length).max(at + 1);
        seek(from, SeekFrom::Start(at))?;
        seek(to, SeekFrom::Start(at))?;
        let copied = io::copy(&mut Read::by_ref(&mut from).take(end - at), &mut to)?;
        if copied == 0 {
            return Ok(());
        }
        at += copied;
    }
    Ok(())
}

fn mode(meta: &Stat) -> Mode {
    Mode::from_raw_mode(meta.st_mode & 0o7777)
}

fn times(meta: &Stat) -> Timestamps {
    Timestamps {
        last_access: Timespec { tv_sec: meta.st_atime, tv_nsec: meta.st_atime_nsec as _ },
        last_modification: Timespec { tv_sec: meta.st_mtime, tv_nsec: meta.st_mtime_nsec as _ },
    }
}

fn give(to: &OwnedFd, meta: &Stat) -> io::Result<()> {
    fchown(to, Some(Uid::from_raw(meta.st_uid)), Some(Gid::from_raw(meta.st_gid)))?;
    // After the owner, whose change takes away bits.
    fchmod(to, mode(meta))?;
    Ok(futimens(to, &times(meta))?)
}

fn give_name(to: &OwnedFd, name: &CStr, meta: &Stat) -> io::Result<()> {
    let (uid, gid) = (Uid::from_raw(meta.st_uid), Gid::from_raw(meta.st_gid));
    chownat(to, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(utimensat(to, name, &times(meta), AtFlags::SYMLINK_NOFOLLOW)?)
}

/// Extended attributes, such as access control lists; those that only the machine's root may set are left out.
fn copy_attributes(from: &OwnedFd, to: &OwnedFd) -> io::Result<()> {
    let mut names = vec![0_u8; ATTRIBUTES];
    let length = match flistxattr(from, &mut names[..]) {
        Ok(length) => length,
        Err(Errno::OPNOTSUPP) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let mut value = vec![0_u8; ATTRIBUTES];
        let length = match fgetxattr(from, name, &mut value[..]) {
            Ok(length) => length,
            // It was taken away meanwhile.
            Err(Errno::NODATA) => continue,
            Err(error) => return Err(error.into()),
        };
        match fsetxattr(to, name, &value[..length], XattrFlags::empty()) {
            Ok(()) | Err(Errno::PERM | Errno::OPNOTSUPP) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    };

    use super::*;

    #[test]
    fn a_copy_is_as_the_original() {
        let directory = std::env::temp_dir().join(format!("plc-copy-{}", std::process::id()));
        let (from, to) = (directory.join("from"), directory.join("to"));
        fs::create_dir_all(from.join("deep/er")).expect("directories");
        fs::write(from.join("deep/file"), "content").expect("a file");
        fs::set_permissions(from.join("deep/file"), fs::Permissions::from_mode(0o640)).expect("a mode");
        fs::hard_link(from.join("deep/file"), from.join("again")).expect("a link");
        symlink("/etc", from.join("link")).expect("a link");
        mkfifoat(CWD, from.join("pipe"), Mode::from_raw_mode(0o604)).expect("a pipe");
        let then = Timespec { tv_sec: 1_000_000_000, tv_nsec: 5 };
        let times = Timestamps { last_access: then, last_modification: then };
        for name in ["deep/file", "deep"] {
            utimensat(CWD, from.join(name), &times, AtFlags::empty()).expect("a time");
        }
        let copied = copy_tree(&from, &to);
        let meta = |name: &str| fs::symlink_metadata(to.join(name)).expect("it is there");
        let seen = (meta("deep").mtime(), meta("deep/file").mtime_nsec(), meta("deep/file").mode() & 0o7777);
        let linked = meta("again").ino() == meta("deep/file").ino();
        let link = meta("link").is_symlink();
        let target = fs::read_link(to.join("link"));
        let text = fs::read_to_string(to.join("again"));
        let (deep, pipe) = (meta("deep/er").is_dir(), meta("pipe").mode() & 0o7777);
        fs::remove_dir_all(&directory).expect("removed");
        copied.expect("copied");
        assert_eq!(seen, (1_000_000_000, 5, 0o640));
        assert!(linked && link && deep);
        assert_eq!(pipe, 0o604);
        assert_eq!(target.expect("a link"), Path::new("/etc"));
        assert_eq!(text.expect("text"), "content");
    }

    #[test]
    fn holes_stay_holes() {
        use std::os::unix::fs::FileExt;
        let directory = std::env::temp_dir().join(format!("plc-holes-{}", std::process::id()));
        fs::create_dir_all(directory.join("from")).expect("a directory");
        let disk = File::create_new(directory.join("from/disk")).expect("a file");
        disk.set_len(1 << 30).expect("a length");
        disk.write_all_at(b"begin", 0).expect("written");
        disk.write_all_at(b"middle", 500 << 20).expect("written");
        let copy = File::create_new(directory.join("copy")).expect("a file");
        let source = File::open(directory.join("from/disk")).expect("opened");
        // Not by sharing blocks, which not every file system can.
        let copied = copy_content(&source, &copy);
        let meta = copy.metadata().expect("looked at");
        let mut read = [0; 6];
        let read_back =
            File::open(directory.join("copy")).and_then(|it| it.read_exact_at(&mut read, 500 << 20));
        fs::remove_dir_all(&directory).expect("removed");
        copied.expect("copied");
        read_back.expect("read");
        assert_eq!((meta.len(), &read), (1 << 30, b"middle"));
        assert!(meta.blocks() < 4096, "{} blocks", meta.blocks());
    }
}
