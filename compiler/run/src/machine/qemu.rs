//! QEMU: where it is, and how it is started.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::{
        fd::{AsRawFd, BorrowedFd},
        unix::ffi::OsStrExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use plc_build::sandbox::parts;
use rustix::{
    io::{FdFlags, fcntl_setfd},
    thread::{CapabilitySet, set_no_new_privs},
};

use super::own::LIBRARIES;
use crate::{RUN_ARGUMENT, init::MachineJob};

use super::GUEST_ARGUMENT;

/// Where programs of this machine are.
const DIRECTORIES: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];

#[cfg(target_arch = "aarch64")]
const PROGRAM: &str = "qemu-system-aarch64";
#[cfg(not(target_arch = "aarch64"))]
const PROGRAM: &str = "qemu-system-x86_64";

/// The kind of machine: the one with the least that its kernel has to look for.
#[cfg(target_arch = "aarch64")]
const MACHINE: &str = "virt";
#[cfg(not(target_arch = "aarch64"))]
const MACHINE: &str = "pc,hpet=off,usb=off";

/// What a machine is given where nobody says how much, in bytes.
const MEMORY: u64 = 1 << 30;

/// No machine has less, in bytes: the kernel, and what it boots from, take some of it.
const LEAST: u64 = 256 << 20;

/// How long it may take to try out whether machines can be accelerated.
const TRIAL: Duration = Duration::from_secs(5);

/// How much an emulated machine's translated code may take, in MiB.
const TRANSLATED: u32 = 256;

/// Where QEMU is on this machine.
///
/// # Errors
/// It is nowhere; the message says what to install.
pub fn find() -> Result<PathBuf, String> {
    let places = DIRECTORIES.iter().map(|directory| Path::new(directory).join(PROGRAM));
    let found = places.into_iter().find(|path| path.exists());
    found.ok_or_else(|| {
        format!(
            "there is no `{PROGRAM}` in {}: install QEMU (Debian and Ubuntu: `apt install qemu-system-x86`), or have the host \
             run as a container (`kind = \"container\"`)",
            DIRECTORIES.join(", ")
        )
    })
}

/// What is to be run.
pub(super) struct Wanted<'a> {
    pub(super) machine: &'a MachineJob,
    pub(super) initrd: &'a Path,
    /// The hardware address of its network card.
    pub(super) hardware: [u8; 6],
    pub(super) channel: BorrowedFd<'a>,
    pub(super) console: BorrowedFd<'a>,
    pub(super) network: BorrowedFd<'a>,
}

/// Starts it. It dies with this process, which is process 1 of its namespace.
pub(super) fn start(wanted: &Wanted<'_>) -> Result<Child, String> {
    let program = find()?;
    for descriptor in [wanted.channel, wanted.console, wanted.network] {
        // Nothing else is started by this process.
        fcntl_setfd(descriptor, FdFlags::empty())
            .map_err(|error| format!("cannot hand on a descriptor: {error}"))?;
    }
    give_up_capabilities()?;
    let accelerated =
        OpenOptions::new().read(true).write(true).open("/dev/kvm").is_ok() && is_usable(&program);
    let mut command = Command::new(&program);
    command.args(arguments(wanted, accelerated)?).env_clear().current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().map_err(|error| format!("cannot start `{}`: {error}", program.display()))
}

/// What has taken QEMU over is to have no more than the files that it was given: in this namespace it would be root else.
fn give_up_capabilities() -> Result<(), String> {
    parts::keep_only(CapabilitySet::empty()).map_err(|error| error.to_string())?;
    set_no_new_privs(true).map_err(|error| format!("cannot give up privileges: {error}"))
}

/// Whether machines can be accelerated: within another machine there may be a device for it that does not work. It is tried with one
/// that is never started.
fn is_usable(program: &Path) -> bool {
    let try_out = || {
        let mut command = Command::new(program);
        command.args(["-nodefaults", "-no-user-config", "-display", "none", "-accel", "kvm", "-cpu", "host"]);
        command
            .args(["-machine", MACHINE, "-m", "64M", "-S", "-monitor", "stdio"])
            .env_clear()
            .current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut tried = command.spawn()?;
        if let Some(mut monitor) = tried.stdin.take() {
            // It may have ended already, and its end says how.
            let _ = monitor.write_all(b"quit\n");
        }
        ended_within(&mut tried, TRIAL)
    };
    try_out().is_ok_and(|status| status.is_some_and(|status| status.success()))
}

/// How a process has ended; none where it did not in time, and was killed.
fn ended_within(process: &mut Child, longest: Duration) -> io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    while begun.elapsed() < longest {
        if let Some(status) = process.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(Duration::from_millis(5));
    }
    process.kill()?;
    process.wait()?;
    Ok(None)
}

fn arguments(wanted: &Wanted<'_>, accelerated: bool) -> Result<Vec<String>, String> {
    let MachineJob { machine, states, memory, cpus } = wanted.machine;
    let memory = memory.unwrap_or(MEMORY).max(LEAST) >> 20;
    let [a, b, c, d, e, f] = wanted.hardware;
    // Without a message on the console but the last, and off where it fails.
    let mut kernel = format!(
        "console=ttyS0 quiet loglevel=3 panic=-1 rdinit=/init LD_LIBRARY_PATH=/{LIBRARIES} random.trust_cpu=on"
    );
    let mut arguments: Vec<String> = Vec::new();
    let mut add = |words: &[&str]| arguments.extend(words.iter().map(|word| (*word).to_owned()));
    // Nothing but what is said here.
    add(&["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-nographic"]);
    add(&["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"]);
    if accelerated {
        add(&["-accel", "kvm", "-cpu", "host"]);
    } else {
        add(&["-accel", &format!("tcg,thread=multi,tb-size={TRANSLATED}"), "-cpu", "max"]);
        // An emulated processor has none of the faults that these would make it slower for, and clocks that need not be tried out:
        // a second less of four.
        kernel.push_str(" mitigations=off no_timer_check tsc=reliable cryptomgr.notests");
    }
    kernel.push_str(&format!(" -- {RUN_ARGUMENT} {GUEST_ARGUMENT}"));
    add(&["-machine", MACHINE]);
    add(&["-m", &format!("{memory}M"), "-smp", &cpus.unwrap_or(1).clamp(1, 255).to_string()]);
    add(&["-kernel", plain(&machine.kernel)?, "-initrd", plain(wanted.initrd)?, "-append", &kernel]);
    add(&[
        "-chardev",
        &format!("socket,id=console,fd={}", wanted.console.as_raw_fd()),
        "-serial",
        "chardev:console",
    ]);
    add(&["-device", "virtio-serial-pci,max_ports=2"]);
    add(&["-chardev", &format!("socket,id=channel,fd={}", wanted.channel.as_raw_fd())]);
    add(&["-device", "virtserialport,chardev=channel,nr=1,name=plc"]);
    add(&["-blockdev", &blockdev("root", &machine.disk, true)?, "-device", "virtio-blk-pci,drive=root"]);
    if let Some(states) = states {
        add(&["-blockdev", &blockdev("states", states, false)?, "-device", "virtio-blk-pci,drive=states"]);
    }
    let descriptor = wanted.network.as_raw_fd();
    add(&["-netdev", &format!("dgram,id=network,local.type=fd,local.str={descriptor}")]);
    let hardware = format!("{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}");
    add(&["-device", &format!("virtio-net-pci,netdev=network,mac={hardware},romfile=")]);
    Ok(arguments)
}

fn plain(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("`{}` is no text, which QEMU wants of a path", path.display()))
}

/// A disk that is a file. What the machine has written it may believe written once this machine's kernel has it: only a power cut
/// would tell.
fn blockdev(name: &str, path: &Path, read_only: bool) -> Result<String, String> {
    if path.as_os_str().as_bytes().contains(&0) {
        return Err("a path has a NUL".into());
    }
    let json = serde_json::json!({
        "driver": "raw",
        "node-name": name,
        "read-only": read_only,
        "discard": "unmap",
        "file": { "driver": "file", "filename": plain(path)?, "locking": "off" },
    });
    Ok(json.to_string())
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::*;
    use crate::deployment::Machine;

    #[test]
    fn paths_may_hold_what_separates_options() {
        let odd = blockdev("root", Path::new("/a,b=\"c\""), true).expect("a disk");
        assert!(odd.contains(r#""filename":"/a,b=\"c\"""#), "{odd}");
        assert!(odd.contains(r#""read-only":true"#));
    }

    #[test]
    fn what_takes_too_long_is_not_waited_for() {
        let mut process = Command::new("/bin/sleep").arg("60").spawn().expect("a process");
        let ended = ended_within(&mut process, Duration::from_millis(20)).expect("waited");
        assert!(ended.is_none() && process.try_wait().expect("waited").is_some());
        let mut process = Command::new("/bin/true").spawn().expect("a process");
        assert!(ended_within(&mut process, TRIAL).expect("waited").is_some_and(|status| status.success()));
    }

    #[test]
    fn a_machine_has_what_it_is_given() {
        let file = std::fs::File::open("/dev/null").expect("opened");
        let machine = MachineJob {
            machine: Machine { kernel: "/k".into(), modules: "/m".into(), disk: "/d".into(), space: None },
            states: None,
            memory: Some(64 << 20),
            cpus: Some(3),
        };
        let wanted = Wanted {
            machine: &machine,
            initrd: Path::new("/i"),
            hardware: [2, 0, 0, 0, 0xab, 1],
            channel: file.as_fd(),
            console: file.as_fd(),
            network: file.as_fd(),
        };
        let words = arguments(&wanted, false).expect("arguments");
        let after = |word: &str| words.iter().skip_while(|w| *w != word).nth(1).cloned().unwrap_or_default();
        assert_eq!((after("-m"), after("-smp")), ("256M".into(), "3".into()));
        assert!(after("-accel").starts_with("tcg"));
        assert!(words.iter().any(|word| word.contains("mac=02:00:00:00:ab:01")));
        assert_eq!(words.iter().filter(|word| *word == "-blockdev").count(), 1);
        let words = arguments(&wanted, true).expect("arguments");
        assert!(words.iter().any(|word| word == "kvm"));
        assert!(words.iter().all(|word| !word.contains("mitigations=off")));
    }
}
