//! The two disks of a machine: its root file system, which is never written, and what outlives it.

use std::{
    fs, io,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Stdio},
};

use rustix::{
    io::Errno,
    mount::{MountFlags, mount},
};

/// The image of the root file system.
const ROOT: &str = "/dev/vda";

/// What states are on.
const STATES: &str = "/dev/vdb";

pub(super) fn mount_root(at: &Path) -> io::Result<()> {
    let flags = MountFlags::RDONLY | MountFlags::NOATIME;
    Ok(mount(ROOT, at, "ext4", flags, None)?)
}

/// Mounts the disk for states; a new one gets its file system first, made by the root file system's own program.
pub(super) fn mount_states(at: &Path, root: &Path) -> io::Result<()> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOATIME;
    if is_blank()? {
        make_file_system(root)?;
    }
    match mount(STATES, at, "ext4", flags, None) {
        Err(Errno::INVAL | Errno::UCLEAN) => {
            Err(io::Error::new(io::ErrorKind::InvalidData, "there is no whole ext4 on it"))
        }
        mounted => Ok(mounted?),
    }
}

/// Whether there is nothing on the disk: it is a file without blocks, then.
fn is_blank() -> io::Result<bool> {
    use std::io::Read;
    let mut begin = vec![0; 64 << 10];
    fs::File::open(STATES)?.read_exact(&mut begin)?;
    Ok(begin.iter().all(|byte| *byte == 0))
}

fn make_file_system(root: &Path) -> io::Result<()> {
    let program = ["/usr/sbin/mke2fs", "/sbin/mke2fs"]
        .into_iter()
        .find(|path| root.join(path.trim_start_matches('/')).exists());
    let program = program.ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            "the host needs the package `e2fsprogs` to make a file system there",
        )
    })?;
    // By way of the root file system's own loader and libraries: a root of its own needs no code between fork and exec.
    let loader =
        ["usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1"];
    let loader = loader.iter().map(|name| root.join(name)).find(|path| path.exists());
    let loader =
        loader.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the host has no C library"))?;
    let triplets = ["x86_64-linux-gnu", "aarch64-linux-gnu"];
    let libraries: Vec<String> = triplets
        .iter()
        .flat_map(|triplet| ["usr/lib", "lib"].map(|directory| root.join(directory).join(triplet)))
        .map(|path| path.display().to_string())
        .collect();
    let output = Command::new(loader)
        .arg("--library-path")
        .arg(libraries.join(":"))
        .arg(root.join(program.trim_start_matches('/')))
        // The tables of inodes are written when they are needed, and there is nothing to discard.
        .args(["-q", "-F", "-t", "ext4", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard"])
        .arg(STATES)
        .env_clear()
        .env("MKE2FS_CONFIG", root.join("etc/mke2fs.conf"))
        .env("MKE2FS_SYNC", "0")
        .stdin(Stdio::null())
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let how = output.status.code().map_or_else(
        || format!("signal {}", output.status.signal().unwrap_or_default()),
        |code| format!("exit status {code}"),
    );
    Err(io::Error::other(format!("mke2fs: {how}: {}", said.trim())))
}
