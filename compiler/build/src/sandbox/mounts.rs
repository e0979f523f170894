//! The file systems that the steps see: the overlay of the layers, and what the kernel provides in `/dev`, `/proc`, `/tmp`.
//!
//! Each is mounted on a descriptor, never on a path: the root file system is not ours, and its `/proc` may be a link.

use std::{
    ffi::{CStr, CString},
    fs::File,
    io::{self, Write},
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
    path::{Path, PathBuf},
};

use plc_store::TreePath;
use rustix::{
    fs::{
        AtFlags, CWD, Mode, OFlags, ResolveFlags, Timespec, Timestamps, fchmod, fstat, futimens, mkdirat,
        openat, openat2, symlinkat, unlinkat,
    },
    io::Errno,
    mount::{
        MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind, mount_bind_recursive,
        mount_change, unmount,
    },
    path::Arg,
    process::{chdir, fchdir, pivot_root},
};

use super::{
    ScaffoldFile,
    error::{Doing, Inside, InsideError},
    filter::Durability,
    protocol::ScaffoldParent,
    sys,
};

const PLAIN: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV);

/// The devices that every program may count on, and that lead nowhere.
const DEVICES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

/// Files of `/proc` that tell of the machine or act on it. With the ids of the machine's root, modes would not protect them.
/// Where the mounts of process 1 are other than one's own, `ischroot` says that this is no running system, and scripts do
/// not tell its init to start anew and wait for it (that of libc6 a second long).
const MASKED: [&str; 6] = ["1/mountinfo", "kcore", "keys", "kmsg", "sysrq-trigger", "timer_list"];

/// The new root, not yet entered.
pub struct Root {
    directory: OwnedFd,
    /// What was there before the scaffold changed it.
    parents: Vec<ScaffoldParent>,
}

impl Root {
    /// Stacks the layers below a fresh upper layer. Wants a mount namespace of its own.
    /// `scratch` holds the directories `upper`, `work` and `root`.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn mount(layers: &[PathBuf], scratch: &Path, durability: Durability) -> Inside<Self> {
        mount_change("/", MountPropagationFlags::REC | MountPropagationFlags::PRIVATE)
            .map_err(|e| denied(e, "mount"))?;
        let place = scratch.join("root");
        overlay(layers, scratch, &place, durability)?;
        let directory = open_directory(CWD, &place).doing(|| "open the root file system")?;
        Ok(Self { directory, parents: Vec::new() })
    }

    /// `/dev`, `/proc` and `/tmp`.
    ///
    /// # Errors
    /// The kernel refuses, or something is in the way.
    pub fn mount_kernel_file_systems(&mut self) -> Inside<()> {
        self.mount_dev()?;
        self.mount_proc()?;
        self.mount_memory("tmp", c"mode=1777")
    }

    /// A file system in memory at a name of the root directory.
    ///
    /// # Errors
    /// The kernel refuses, or something is in the way.
    pub fn mount_memory(&mut self, name: &'static str, options: &CStr) -> Inside<()> {
        let point = self.mount_point(name)?;
        mount("tmpfs", at(point.as_fd()), "tmpfs", PLAIN, options).doing(|| format!("mount /{name}"))
    }

    /// A directory of this machine in place of one of the root file system, made where there is none; programs in it
    /// may be run, but neither as somebody else nor as devices.
    ///
    /// # Errors
    /// The kernel refuses, or something is in the way.
    pub fn bind_directory(&mut self, directory: &Path, path: &TreePath) -> Inside<()> {
        let point = self.mount_point_below(path)?;
        self.bind(directory, &point, || format!("mount `{path}`"))
    }

    /// The same, for reading only, with all that is mounted below the directory.
    ///
    /// # Errors
    /// The kernel refuses, or something is in the way.
    pub fn bind_directory_to_read(&mut self, directory: &Path, path: &TreePath) -> Inside<()> {
        let doing = || format!("mount `{path}`");
        let point = self.mount_point_below(path)?;
        let from = openat(CWD, directory, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty());
        mount_bind_recursive(at(from.doing(doing)?.as_fd()), at(point.as_fd())).doing(doing)?;
        self.make_read_only(path)
    }

    /// A directory of the root file system, made with those above it where there is none.
    fn mount_point_below(&mut self, path: &TreePath) -> Inside<OwnedFd> {
        let mut point = self.directory.try_clone().doing(|| format!("mount `{path}`"))?;
        let mut reached = TreePath::root();
        for part in path.as_bytes().split(|b| *b == b'/').filter(|part| !part.is_empty()) {
            point = self.enter(&point, &reached, part)?;
            reached = below(&reached, part);
        }
        Ok(point)
    }

    /// A file of this machine in place of one of the root file system, for reading only.
    ///
    /// # Errors
    /// The kernel refuses, or something is in the way.
    pub fn bind_file(&mut self, file: &Path, path: &TreePath) -> Inside<()> {
        let doing = || format!("mount `{path}`");
        self.place(&[ScaffoldFile { path: path.clone(), mode: 0o644, content: Vec::new() }])?;
        let point = self.look_up(path).doing(doing)?;
        self.bind(file, &point, doing)?;
        self.make_read_only(path)
    }

    /// Makes what is mounted at a path read-only.
    fn make_read_only(&self, path: &TreePath) -> Inside<()> {
        let doing = || format!("mount `{path}` for reading only");
        sys::make_read_only(self.look_up(path).doing(doing)?.as_fd()).doing(doing)
    }

    fn look_up(&self, path: &TreePath) -> io::Result<OwnedFd> {
        let (how, flags) =
            (OFlags::PATH | OFlags::CLOEXEC, ResolveFlags::IN_ROOT | ResolveFlags::NO_SYMLINKS);
        Ok(openat2(&self.directory, path.as_bytes(), how, Mode::empty(), flags)?)
    }

    fn bind(&self, from: &Path, point: &OwnedFd, doing: impl Fn() -> String + Copy) -> Inside<()> {
        let from = openat(CWD, from, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())
            .doing(doing)?;
        mount_bind(at(from.as_fd()), at(point.as_fd())).doing(doing)
    }

    fn mount_dev(&mut self) -> Inside<()> {
        let point = self.mount_point("dev")?;
        let flags = PLAIN | MountFlags::NOEXEC;
        mount("tmpfs", at(point.as_fd()), "tmpfs", flags, c"mode=0755,size=64m").doing(|| "mount /dev")?;
        // The descriptor is of what is now covered.
        let dev = open_directory(&self.directory, "dev").doing(|| "open /dev")?;
        for device in DEVICES {
            let doing = || format!("provide /dev/{device}");
            let flags = OFlags::CREATE | OFlags::WRONLY | OFlags::CLOEXEC;
            let file = openat(&dev, device, flags, Mode::empty()).doing(doing)?;
            mount_bind(format!("/dev/{device}"), at(file.as_fd())).doing(doing)?;
            // It is the machine's own: it may be written to, but not given to somebody or closed to others.
            let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let device = openat(&dev, device, flags, Mode::empty()).doing(doing)?;
            sys::make_read_only(device.as_fd()).doing(doing)?;
        }
        for directory in ["pts", "shm"] {
            mkdirat(&dev, directory, Mode::from_raw_mode(0o755))
                .doing(|| format!("make /dev/{directory}"))?;
        }
        let shm = open_directory(&dev, "shm").doing(|| "open /dev/shm")?;
        fchmod(&shm, Mode::from_raw_mode(0o1777)).doing(|| "open /dev/shm for all")?;
        let pts = open_directory(&dev, "pts").doing(|| "open /dev/pts")?;
        let flags = MountFlags::NOSUID | MountFlags::NOEXEC;
        mount("devpts", at(pts.as_fd()), "devpts", flags, c"newinstance,ptmxmode=0666,mode=0620,gid=5")
            .doing(|| "mount /dev/pts")?;
        let links = [
            ("ptmx", "pts/ptmx"),
            ("fd", "/proc/self/fd"),
            ("stdin", "/proc/self/fd/0"),
            ("stdout", "/proc/self/fd/1"),
            ("stderr", "/proc/self/fd/2"),
        ];
        links.iter().try_for_each(|(name, to)| symlinkat(*to, &dev, *name)).doing(|| "make the links in /dev")
    }

    /// Read-only, since the machine's root would be let into its settings by his id alone.
    fn mount_proc(&mut self) -> Inside<()> {
        let point = self.mount_point("proc")?;
        let flags = PLAIN | MountFlags::NOEXEC | MountFlags::RDONLY;
        match mount("proc", at(point.as_fd()), "proc", flags, None) {
            Ok(()) => {}
            // An outer container hides parts of its own: then a new one, which would show them, is refused. The old one shows
            // the processes outside by number and command line; their files and memory stay closed to another namespace.
            Err(Errno::PERM) => mount_bind_recursive("/proc", at(point.as_fd())).doing(|| "bind /proc")?,
            failed => failed.doing(|| "mount /proc")?,
        }
        let proc = open_directory(&self.directory, "proc").doing(|| "open /proc")?;
        sys::make_read_only(proc.as_fd()).doing(|| "make /proc read-only")?;
        for name in MASKED {
            match openat(&proc, name, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty()) {
                Ok(file) => {
                    mount_bind("/dev/null", at(file.as_fd())).doing(|| format!("hide /proc/{name}"))?
                }
                Err(Errno::NOENT) => {}
                Err(error) => Err(error).doing(|| format!("hide /proc/{name}"))?,
            }
        }
        Ok(())
    }

    fn mount_point(&mut self, name: &'static str) -> Inside<OwnedFd> {
        let root = self.directory.try_clone().doing(|| "open the root file system")?;
        self.enter(&root, &TreePath::root(), name.as_bytes())
    }

    /// Puts the files that are there for the steps only into the upper layer.
    ///
    /// # Errors
    /// Something is in the way.
    pub fn place(&mut self, scaffold: &[ScaffoldFile]) -> Inside<()> {
        for file in scaffold {
            let doing = || format!("place `{}`", file.path);
            let mut directory = self.directory.try_clone().doing(doing)?;
            let mut path = TreePath::root();
            let parent = file.path.parent().unwrap_or_else(TreePath::root);
            for part in parent.as_bytes().split(|b| *b == b'/').filter(|part| !part.is_empty()) {
                directory = self.enter(&directory, &path, part)?;
                path = below(&path, part);
            }
            self.remember(&directory, &path)?;
            keeping_times(&directory, || put(&directory, file)).doing(doing)?;
        }
        Ok(())
    }

    /// Opens a directory inside another, and makes it where there is none.
    fn enter(&mut self, directory: &OwnedFd, path: &TreePath, part: &[u8]) -> Inside<OwnedFd> {
        let inner = below(path, part);
        match open_directory(directory, part) {
            Err(Errno::NOENT) => {
                self.remember(directory, path)?;
                let make = || mkdirat(directory, part, Mode::from_raw_mode(0o755)).map_err(io::Error::from);
                keeping_times(directory, make).doing(|| format!("make `{inner}`"))?;
                let made = open_directory(directory, part).doing(|| format!("open `{inner}`"))?;
                self.remember(&made, &inner)?;
                Ok(made)
            }
            Err(Errno::LOOP | Errno::NOTDIR) => {
                Err(InsideError::Unusable { path: inner.to_string(), what: "is not a directory".into() })
            }
            opened => opened.doing(|| format!("open `{inner}`")),
        }
    }

    fn remember(&mut self, directory: &OwnedFd, path: &TreePath) -> Inside<()> {
        if self.parents.iter().all(|parent| parent.path != *path) {
            let stat = fstat(directory).doing(|| format!("look at `{path}`"))?;
            let (mode, uid, gid) = (stat.st_mode & 0o7777, stat.st_uid, stat.st_gid);
            self.parents.push(ScaffoldParent { path: path.clone(), mode, uid, gid });
        }
        Ok(())
    }

    /// Makes it the root of this process and lets go of everything outside. Returns the directories that the scaffold
    /// needed, as they were before it.
    pub(super) fn enter_for_ever(self) -> Inside<Vec<ScaffoldParent>> {
        self.enter_root()?;
        Ok(self.parents)
    }

    /// Makes it the root of this process and lets go of everything outside.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn enter_root(&self) -> Inside<()> {
        fchdir(&self.directory).doing(|| "enter the root file system")?;
        // The old root comes to lie over the new one, and is taken off.
        pivot_root(".", ".").doing(|| "change the root")?;
        unmount(".", UnmountFlags::DETACH).doing(|| "let go of the old root")?;
        chdir("/").doing(|| "enter the root file system")
    }
}

fn put(directory: &OwnedFd, file: &ScaffoldFile) -> io::Result<()> {
    match unlinkat(directory, file.path.name(), AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(error) => return Err(error.into()),
    }
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let mut placed = File::from(openat(directory, file.path.name(), flags, Mode::RUSR)?);
    placed.write_all(&file.content)?;
    Ok(fchmod(&placed, Mode::from_raw_mode(u32::from(file.mode)))?)
}

/// Changes what is in a directory so that its times do not tell.
fn keeping_times(directory: &OwnedFd, change: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let before = fstat(directory)?;
    change()?;
    let times = Timestamps {
        last_access: Timespec { tv_sec: before.st_atime, tv_nsec: before.st_atime_nsec as _ },
        last_modification: Timespec { tv_sec: before.st_mtime, tv_nsec: before.st_mtime_nsec as _ },
    };
    Ok(futimens(directory, &times)?)
}

fn overlay(layers: &[PathBuf], scratch: &Path, place: &Path, durability: Durability) -> Inside<()> {
    let open = |path: &Path| {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        openat(CWD, path, flags, Mode::empty()).doing(|| format!("open `{}`", path.display()))
    };
    // Named by descriptor: paths could hold the characters that separate options, and would fill the one page that they may.
    let lower = layers.iter().rev().map(|layer| open(layer)).collect::<Inside<Vec<_>>>()?;
    let (upper, work) = (open(&scratch.join("upper"))?, open(&scratch.join("work"))?);
    let names: Vec<_> = lower.iter().map(|layer| at(layer.as_fd())).collect();
    // An overlay that is thrown away needs no syncing either.
    let extras: &[&str] = match durability {
        Durability::Pretended => &[",volatile", ""],
        Durability::Real => &[""],
    };
    for extra in extras {
        let (upper, work) = (at(upper.as_fd()), at(work.as_fd()));
        let options =
            format!("lowerdir={},upperdir={upper},workdir={work},userxattr{extra}", names.join(":"));
        let options =
            CString::new(options).map_err(|_| InsideError::Protocol("a NUL in mount options".into()))?;
        match mount("overlay", place, "overlay", PLAIN, &*options) {
            Ok(()) => return Ok(()),
            Err(Errno::INVAL) if !extra.is_empty() => {}
            Err(Errno::PERM | Errno::ACCESS) if app_armor_restricts() => {
                return Err(denied(Errno::PERM, "mount the root file system"));
            }
            Err(error) => return Err(InsideError::Overlay { code: error.raw_os_error() }),
        }
    }
    Err(InsideError::Overlay { code: Errno::INVAL.raw_os_error() })
}

fn app_armor_restricts() -> bool {
    let setting = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
    std::fs::read_to_string(setting).is_ok_and(|value| value.trim() == "1")
}

fn denied(error: Errno, doing: &str) -> InsideError {
    if app_armor_restricts() {
        return InsideError::AppArmor { doing: doing.into() };
    }
    InsideError::System { doing: doing.into(), code: error.raw_os_error() }
}

fn below(path: &TreePath, part: &[u8]) -> TreePath {
    let mut bytes = path.as_bytes().to_vec();
    if !bytes.is_empty() {
        bytes.push(b'/');
    }
    bytes.extend(part);
    TreePath::new(&bytes).expect("a prefix of a path in a tree is one")
}

fn open_directory(at: impl AsFd, name: impl Arg) -> rustix::io::Result<OwnedFd> {
    openat(at, name, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())
}

/// The path of what a descriptor is open for.
fn at(file: BorrowedFd<'_>) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}
