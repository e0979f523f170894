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

/// What the disk for states begins with once it has a file system, in the bytes that ext4 leaves to whoever boots from it: without
/// it, somebody had begun to make one.
const MADE: &[u8; 16] = b"plc states made\n";

/// What states are on.
const STATES: &str = "/dev/vdb";

pub(super) fn mount_root(at: &Path) -> io::Result<()> {
    let flags = MountFlags::RDONLY | MountFlags::NOATIME;
    Ok(mount(ROOT, at, "ext4", flags, None)?)
}

/// Mounts the disk for states; a new one gets its file system first, made by the root file system's own program.
pub(super) fn mount_states(at: &Path, root: &Path) -> io::Result<()> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOATIME;
    if !is_made(Path::new(STATES))? {
        make_file_system(root)?;
        note_made(Path::new(STATES))?;
    }
    match mount(STATES, at, "ext4", flags, None) {
        Err(Errno::INVAL | Errno::UCLEAN) => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "its ext4 is damaged: go back to a snapshot with `plc reset`, or give up what the environment keeps with `plc down \
             --state`",
        )),
        mounted => Ok(mounted?),
    }
}

/// Whether a file system was made on the disk, to its end.
fn is_made(disk: &Path) -> io::Result<bool> {
    use std::io::Read;
    let mut begin = [0; MADE.len()];
    fs::File::open(disk)?.read_exact(&mut begin)?;
    Ok(begin == *MADE)
}

/// Notes it, once all of it is on the disk.
fn note_made(disk: &Path) -> io::Result<()> {
    use std::os::unix::fs::FileExt;
    let disk = fs::File::options().write(true).open(disk)?;
    disk.sync_all()?;
    disk.write_all_at(MADE, 0)?;
    disk.sync_all()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_made_once_all_of_it_is() {
        let disk = tempfile::NamedTempFile::new().expect("a file");
        // Half a file system: its superblock, say.
        let mut content = vec![0; 4096];
        content[1080..1082].copy_from_slice(&[0x53, 0xef]);
        fs::write(disk.path(), &content).expect("written");
        assert!(!is_made(disk.path()).expect("read"));
        note_made(disk.path()).expect("noted");
        assert!(is_made(disk.path()).expect("read"));
        // Nothing else is another.
        content[..MADE.len()].copy_from_slice(MADE);
        assert_eq!(fs::read(disk.path()).expect("read"), content);
    }
}
