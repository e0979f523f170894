//! The few system calls that no safe wrapper covers. All other code of the sandbox is safe.
#![allow(unsafe_code, reason = "each call is to the kernel, with its own reason why it is sound")]

use std::{
    io,
    os::{fd::RawFd, unix::process::CommandExt},
    process::Command,
};

use rustix::{
    fd::{AsRawFd, BorrowedFd},
    fs::{Gid, Uid},
    net::{AddressFamily, SocketType, socket},
    process::{Signal, ioctl_tiocsctty, setsid},
    stdio::stdin,
    thread::{UnshareFlags, set_thread_groups, set_thread_res_gid, set_thread_res_uid, unshare_unsafe},
};

/// Closes every descriptor but standard input, output and error.
///
/// To be called at the start of a process, before anything is opened.
///
/// # Errors
/// The kernel does not know the call.
pub fn close_inherited() -> io::Result<()> {
    let first: RawFd = 3;
    // SAFETY: nothing in this process owns a descriptor yet, so none can be closed under its owner.
    let result = unsafe { libc::syscall(libc::SYS_close_range, first, u32::MAX, 0) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Gives every signal its default meaning: a caller's `nohup` would be inherited by the steps.
///
/// To be called at the start of a process that handles none.
pub fn reset_signals() {
    for signal in 1..=libc::SIGRTMAX() {
        // SAFETY: no handler is installed. Fails only for signals that have no other meaning.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// Leaves the given namespaces of the parent for new ones.
///
/// # Errors
/// The kernel refuses.
///
/// # Panics
/// When asked to part the table of descriptors.
pub fn unshare(namespaces: UnshareFlags) -> rustix::io::Result<()> {
    assert!(!namespaces.contains(UnshareFlags::FILES), "descriptors stay shared between threads");
    // SAFETY: unsound only with FILES.
    unsafe { unshare_unsafe(namespaces) }
}

/// Kills all processes of the PID namespace whose process 1 is calling.
///
/// # Panics
/// When anybody else calls.
pub fn kill_all_others() {
    signal_all_others(Signal::KILL);
}

/// Sends a signal to all processes of the PID namespace whose process 1 is calling.
///
/// # Panics
/// When anybody else calls.
pub fn signal_all_others(signal: Signal) {
    assert_eq!(std::process::id(), 1, "anywhere else it would reach what is not ours");
    // SAFETY: takes no pointers. Fails only when there is nobody to reach.
    unsafe { libc::kill(-1, signal.as_raw()) };
}

/// Makes a mount and all mounts below it read-only, which `mount` itself can do for one mount only.
pub(super) fn make_read_only(mount: BorrowedFd<'_>) -> io::Result<()> {
    let attributes =
        libc::mount_attr { attr_set: libc::MOUNT_ATTR_RDONLY, attr_clr: 0, propagation: 0, userns_fd: 0 };
    // SAFETY: the path is a C string, and the size is that of the structure pointed to.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_EMPTY_PATH | libc::AT_RECURSIVE,
            &raw const attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Brings up the loopback interface of a new network namespace: some programs talk to themselves.
///
/// # Errors
/// The kernel refuses.
pub fn bring_up_loopback() -> io::Result<()> {
    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    // SAFETY: all of it is integers, and zero is a value of each.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    request.ifr_name[0] = b'l' as libc::c_char;
    request.ifr_name[1] = b'o' as libc::c_char;
    request.ifr_ifru.ifru_flags = libc::IFF_UP as libc::c_short;
    // SAFETY: SIOCSIFFLAGS reads an `ifreq`, which outlives the call.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as _, &raw const request) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Who a program runs as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// The other groups that the user is in.
    pub groups: Vec<u32>,
}

/// Has a command run as somebody, in a session of its own, whose terminal is its standard input where that is asked for.
pub fn run_as(command: &mut Command, who: Credentials, terminal: bool) {
    let (uid, gid) = (Uid::from_raw(who.uid), Gid::from_raw(who.gid));
    let groups: Vec<Gid> = who.groups.iter().copied().map(Gid::from_raw).collect();
    let prepare = move || {
        setsid()?;
        if terminal {
            ioctl_tiocsctty(stdin())?;
        }
        set_thread_groups(&groups)?;
        set_thread_res_gid(gid, gid, gid)?;
        set_thread_res_uid(uid, uid, uid)?;
        Ok(())
    };
    // SAFETY: it runs between fork and exec, and only makes system calls, by way of a library that takes no lock and no memory;
    // an error is a number, and needs none either.
    unsafe { command.pre_exec(prepare) };
}
