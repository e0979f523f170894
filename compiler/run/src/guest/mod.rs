//! Process 1 of a virtual machine: loads modules, mounts disks, and is then what process 1 of a container is.
//!
//! It is started by the kernel from an archive in memory, and hears from the machine process outside. The thread that becomes
//! the host's process 1 has root file system and namespaces of its own; the others stay outside, as the keeper does.

mod channel;
mod disks;

use std::{
    fs,
    io::{self, Write},
    net::Ipv4Addr,
    os::unix::{
        fs::{DirBuilderExt, MetadataExt, chown},
        net::UnixStream,
    },
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use plc_build::sandbox::parts::{self, OPEN_FILES};
use rustix::{
    mount::{MountFlags, mount, mount_move},
    process::{Resource, Rlimit, Signal, chdir, chroot, setrlimit},
    system::{RebootCommand, finit_module, reboot},
};
use serde::{Deserialize, Serialize};

use self::channel::Channel;
use crate::{
    init::{FromHost, HostJob, Processes, ToHost, come_up},
    network,
};

/// The device of the channel: the first port of the only such device.
const PORT: &str = "/dev/vport0p1";

/// How many files a service may have open, if it asks for it.
const MOST_FILES: u64 = 1 << 20;

/// What the machine process says.
#[derive(Serialize, Deserialize)]
pub(crate) enum ToGuest {
    /// What the host is made of, as the keeper said it, and who is where.
    Begin(Box<HostJob>, String),
    /// What the keeper says.
    Tell(ToHost),
    /// A process's terminal has another size, in lines and columns.
    Size(u64, u16, u16),
    /// Write everything to the disks, and switch off.
    End,
}

/// The whole life of process 1.
pub(crate) fn main() -> ExitCode {
    if let Err(reason) = live() {
        to_console(&reason);
    }
    switch_off();
    ExitCode::FAILURE
}

/// The console's last lines are told where a machine does not come up.
fn to_console(reason: &str) {
    // There is nobody else to tell.
    let _ = writeln!(io::stderr(), "plc: {reason}");
}

/// Ends all processes, writes everything to the disks, and ends the machine.
fn switch_off() {
    if std::process::id() == 1 {
        parts::signal_all_others(Signal::KILL);
        rustix::fs::sync();
        let _ = reboot(RebootCommand::PowerOff);
    }
}

fn live() -> Result<(), String> {
    prepare().map_err(|(doing, error)| format!("cannot {doing}: {error}"))?;
    let (channel, job, names) = Channel::open(Path::new(PORT))?;
    let mut job = *job;
    let came = settle(&mut job, &names);
    let (inner, outer) = UnixStream::pair().map_err(|error| error.to_string())?;
    let channel = Arc::new(channel);
    if let Err(reason) = came {
        let _ = channel.answer(FromHost::Up(Err(reason)));
        // It is read before the machine is gone.
        return channel.listen(&outer).map_err(|error| error.to_string());
    }
    channel.attend(outer).map_err(|error| error.to_string())?;
    let up = come_up(&job, Vec::new()).map(|_| ()).map_err(|error| error.to_string());
    let failed = up.is_err();
    channel.answer(FromHost::Up(up)).map_err(|error| error.to_string())?;
    if failed {
        loop {
            // Whoever hears of it ends the machine.
            std::thread::park();
        }
    }
    // This thread may do nothing but what a host's process 1 may; others switch the machine off.
    Processes::of(job.address).attend(&inner).map_err(|error| error.to_string())?;
    loop {
        std::thread::park();
    }
}

type Doing = (&'static str, io::Error);

/// What the kernel provides, its modules, and a root that can be left.
fn prepare() -> Result<(), Doing> {
    let make = |path: &str| match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(("make a directory", error)),
        _ => Ok(()),
    };
    let mounted = |kind: &'static str, at: &str| {
        make(at)?;
        let flags = MountFlags::NOSUID | MountFlags::NOEXEC;
        mount(kind, at, kind, flags, None).map_err(|error| (kind, io::Error::from(error)))
    };
    // A kernel gives process 1 less than an init gives services (`systemd` the same).
    let files = Rlimit { current: Some(OPEN_FILES), maximum: Some(MOST_FILES) };
    setrlimit(Resource::Nofile, files).map_err(|error| ("set limits", error.into()))?;
    load_modules(Path::new("/modules")).map_err(|error| ("load the kernel's modules", error))?;
    // The first root of all cannot be exchanged for another; a file system over it can.
    make("/base")?;
    mount("tmpfs", "/base", "tmpfs", MountFlags::NOSUID, Some(c"mode=755"))
        .map_err(|error| ("mount a root in memory", error.into()))?;
    mounted("devtmpfs", "/base/dev")?;
    mounted("proc", "/base/proc")?;
    make("/base/dev/pts")?;
    let flags = MountFlags::NOSUID | MountFlags::NOEXEC;
    mount("devpts", "/base/dev/pts", "devpts", flags, Some(c"ptmxmode=0666,mode=0620,gid=5"))
        .map_err(|error| ("mount /dev/pts", error.into()))?;
    let entered = chdir("/base")
        .and_then(|()| mount_move(".", "/"))
        .and_then(|()| chroot("."))
        .and_then(|()| chdir("/"));
    entered.map_err(|error| ("enter a root in memory", error.into()))
}

/// Loads all modules, in the order of their names.
fn load_modules(directory: &Path) -> io::Result<()> {
    let mut modules: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(directory)? {
        modules.push(entry?.path());
    }
    modules.sort();
    for module in modules {
        let told = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", module.display()));
        let file = fs::File::open(&module).map_err(told)?;
        match finit_module(&file, c"", 0) {
            Ok(()) | Err(rustix::io::Errno::EXIST) => {}
            Err(error) => return Err(told(error.into())),
        }
    }
    Ok(())
}

/// Mounts the disks and takes the address, and says where things are in this machine.
fn settle(job: &mut HostJob, names: &str) -> Result<(), String> {
    let machine = job.machine.take().ok_or("the machine was not told what it boots")?;
    let told = |doing: &str, error: &dyn std::fmt::Display| format!("the machine cannot {doing}: {error}");
    let mut builder = fs::DirBuilder::new();
    builder.mode(0o755);
    for name in ["/lower", "/scratch", "/scratch/upper", "/scratch/work", "/scratch/root", "/state"] {
        builder.create(name).map_err(|error| told("make a directory", &error))?;
    }
    disks::mount_root(Path::new("/lower")).map_err(|error| told("mount its root file system", &error))?;
    let top = fs::metadata("/lower").map_err(|error| told("look at its root file system", &error))?;
    chown("/scratch/upper", Some(top.uid()), Some(top.gid()))
        .and_then(|()| fs::set_permissions("/scratch/upper", top.permissions()))
        .map_err(|error| told("make its writable layer", &error))?;
    if machine.states.is_some() {
        disks::mount_states(Path::new("/state"), Path::new("/lower"))
            .map_err(|error| told("mount its disk for states", &error))?;
    }
    job.layers = vec!["/lower".into()];
    job.scratch = "/scratch".into();
    job.hosts = "/hosts".into();
    write_names(names).map_err(|error| told("write its /etc/hosts", &error))?;
    builder.mode(0o700);
    for mounted in &mut job.states {
        let Some(kept) = &mut mounted.kept else { continue };
        let name = kept.file_name().ok_or("a state directory has no name")?;
        let place = Path::new("/state").join(name);
        match builder.create(&place) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(told("make a state directory", &error));
            }
            _ => {}
        }
        let mut entries = fs::read_dir(&place).map_err(|error| told("look at a state directory", &error))?;
        mounted.fresh = entries.next().is_none();
        *kept = place;
    }
    let address: Ipv4Addr = job.address;
    network::settle(address).map_err(|error| told("take its address", &error))
}

/// Writes the file that is mounted as the host's `/etc/hosts`, in place.
fn write_names(names: &str) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(false).open("/hosts")?;
    file.set_permissions(fs::Permissions::from_mode(0o644))?;
    file.write_all(names.as_bytes())?;
    file.set_len(names.len() as u64)
}
