//! The few system calls that no safe wrapper covers. All other code of the sandbox is safe.
#![allow(unsafe_code, reason = "each call is to the kernel, with its own reason why it is sound")]

use std::{
    io,
    os::{fd::RawFd, unix::process::CommandExt},
    process::Command,
};

use rustix::{
    fd::{AsRawFd, BorrowedFd, OwnedFd},
    fs::{Gid, Uid},
    net::{AddressFamily, SocketFlags, SocketType, socket, socket_with},
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

/// Opens a socket for whole frames of one interface, by its number: it receives what comes in there, but not what goes out, and
/// does not wait.
///
/// # Errors
/// The kernel refuses: it takes `CAP_NET_RAW`.
pub fn frame_socket(interface: u32) -> io::Result<OwnedFd> {
    // Of no protocol until it is bound: else it would receive from all interfaces meanwhile.
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::PACKET, SocketType::RAW, flags, None)?;
    let on: libc::c_int = 1;
    // SAFETY: the option is an integer, which outlives the call, and the length is its own.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            PACKET_IGNORE_OUTGOING,
            (&raw const on).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: all of it is integers, and zero is a value of each.
    let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
    address.sll_family = libc::AF_PACKET as libc::c_ushort;
    address.sll_protocol = (libc::ETH_P_ALL as u16).to_be();
    address.sll_ifindex = libc::c_int::try_from(interface).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: the address outlives the call, and the length is its own.
    let result = unsafe {
        libc::bind(
            socket.as_raw_fd(),
            (&raw const address).cast(),
            size_of::<libc::sockaddr_ll>() as libc::socklen_t,
        )
    };
    if result == 0 { Ok(socket) } else { Err(io::Error::last_os_error()) }
}

/// Of packet(7), which `libc` does not have for Linux.
const PACKET_IGNORE_OUTGOING: libc::c_int = 23;

/// Has the kernel compute checksums and cut segments itself before an interface sends, or leave them to the interface: `ethtool -K
/// NAME tx on|off`.
///
/// # Errors
/// There is no such interface, or the kernel refuses.
pub fn leave_checksums_to(interface: &str, leave: bool) -> io::Result<()> {
    /// `struct ethtool_value`.
    #[repr(C)]
    struct Value {
        command: u32,
        data: u32,
    }
    const SIOCETHTOOL: u32 = 0x8946;
    const ETHTOOL_STXCSUM: u32 = 0x17;
    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    let mut value = Value { command: ETHTOOL_STXCSUM, data: u32::from(leave) };
    // SAFETY: all of it is integers and pointers, and zero is a value of each.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    if interface.len() >= request.ifr_name.len() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for (to, from) in request.ifr_name.iter_mut().zip(interface.bytes()) {
        *to = from as libc::c_char;
    }
    request.ifr_ifru.ifru_data = (&raw mut value).cast();
    // SAFETY: SIOCETHTOOL reads an `ifreq` and the value that it points to; both outlive the call.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), SIOCETHTOOL as _, &raw mut request) };
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
