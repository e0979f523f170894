//! Process 1 of a host: enters the namespaces, mounts the root file system, and then starts, signals and reaps what the keeper
//! says.
//!
//! It decides nothing. It has one thread, and all that it waits for are descriptors: the keeper's messages, and one of each
//! process. When the keeper is gone, so is the host.

mod disk;
mod files;
mod people;
mod process;

use std::{
    ffi::CStr,
    io,
    net::Ipv4Addr,
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    path::PathBuf,
    process::ExitCode,
};

use plc_build::sandbox::parts::{self, Doing, Durability, Filter, Inside, KEPT, OPEN_FILES, Root, STACK};
use plc_lang::topology::{SecretFile, StateDirectory};
use plc_store::TreePath;
use rustix::{
    fs::Mode,
    process::{
        DumpableBehavior, Resource, Rlimit, Signal, set_dumpable_behavior, set_parent_process_death_signal,
        setrlimit, setsid, umask,
    },
    system::{setdomainname, sethostname},
    thread::{
        CapabilitySet, LinkNameSpaceType, UnshareFlags, move_into_link_name_space, set_no_new_privs,
        set_thread_groups,
    },
};
use serde::{Deserialize, Serialize};

pub use self::process::Ended;
pub(crate) use self::process::Processes;
pub(crate) use self::process::Stdio;
use crate::{
    deployment::{LiveDirectory, Machine},
    machine, wire,
};

/// What a host is made of. The network's namespace goes with it as a descriptor.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct HostJob {
    /// Its own name.
    pub(crate) name: String,
    /// Its address in the environment's network.
    pub(crate) address: Ipv4Addr,
    /// Laid-out layers, lowest first.
    pub(crate) layers: Vec<PathBuf>,
    /// A directory with `upper`, `work` and `root` in it.
    pub(crate) scratch: PathBuf,
    /// The file that is its `/etc/hosts`.
    pub(crate) hosts: PathBuf,
    /// Directories that outlive it.
    pub(crate) states: Vec<MountedState>,
    /// Directories of the machine that it sees as they are.
    pub(crate) live: Vec<LiveDirectory>,
    /// Files with secrets.
    pub(crate) secrets: Vec<GivenSecret>,
    /// Whether all that it writes is in memory, states too: copies, which end with it.
    pub(crate) in_memory: bool,
    /// What it boots, where it is a machine of its own.
    pub(crate) machine: Option<MachineJob>,
}

/// What a virtual machine is made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct MachineJob {
    pub(crate) machine: Machine,
    /// The file that is its second disk, where it has states.
    pub(crate) states: Option<PathBuf>,
    /// Bytes of memory.
    pub(crate) memory: Option<u64>,
    /// Processors.
    pub(crate) cpus: Option<u64>,
}

/// A file with a secret in it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct GivenSecret {
    pub(crate) file: SecretFile,
    pub(crate) value: Vec<u8>,
}

/// A directory that outlives its host.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct MountedState {
    /// As it is declared.
    pub(crate) state: StateDirectory,
    /// Where it is kept; nowhere where it does not outlive it, after all.
    pub(crate) kept: Option<PathBuf>,
    /// Whether there is nothing in it yet.
    pub(crate) fresh: bool,
}

/// What the keeper says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum ToHost {
    /// Start a process, with descriptors as its standard output and error, perhaps its input before them.
    Start { id: u64, argv: Vec<String>, environment: Vec<(String, String)>, user: String, stdio: Stdio },
    /// Send a signal to a process, or to all of its process group.
    Signal { id: u64, signal: i32, all: bool },
    /// Have everything stand still, or go on.
    Still { id: u64, still: bool },
    /// Say whether all of these TCP ports take connections.
    Probe { id: u64, ports: Vec<u16> },
    /// Send what is for another host where nobody is, or no more; for a machine, whose network is its own.
    Mislead { other: Ipv4Addr, mislead: bool },
    /// Who is where, for a machine, which does not see the file.
    Names(String),
}

/// What a host says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum FromHost {
    /// It is up, or why not.
    Up(Result<(), String>),
    /// A process has ended, or could not be started.
    Ended { id: u64, how: Ended },
    /// What came of a probe.
    Probed { id: u64, open: bool },
}

/// What services may do beside what builders may: send echo requests, as `ping` does.
const CAPABILITIES: CapabilitySet = KEPT.union(CapabilitySet::NET_RAW);

/// The whole life of process 1.
pub(crate) fn main() -> ExitCode {
    let channel = io::stdin().as_fd().try_clone_to_owned().map(UnixStream::from);
    // The keeper may have died before this was set; then its end of the channel is closed.
    let bound = set_parent_process_death_signal(Some(Signal::KILL));
    let (Ok(channel), Ok(())) = (channel, bound) else { return ExitCode::FAILURE };
    let Ok(Some((job, descriptors))) = wire::receive::<HostJob>(&channel) else { return ExitCode::FAILURE };
    if job.machine.is_some() {
        return machine::run(job, descriptors, channel);
    }
    let (up, disk) = match come_up(&job, descriptors) {
        Ok(disk) => (Ok(()), disk),
        Err(error) => (Err(error.to_string()), None),
    };
    let failed = up.is_err();
    let told = wire::send(&channel, &FromHost::Up(up), &wire::borrow(disk.as_slice()));
    if told.is_err() || failed {
        return ExitCode::FAILURE;
    }
    drop(disk);
    match Processes::of(job.address).attend(&channel) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Enters the namespaces, mounts the root file system, and gives up what is not needed any more. Gives the disk in memory, where
/// there is one.
pub(crate) fn come_up(job: &HostJob, descriptors: Vec<OwnedFd>) -> Inside<Option<OwnedFd>> {
    let filter = Filter::compile(Durability::Real)?;
    parts::reset_signals();
    // Fails only for the leader of a process group, which is one of a session already.
    let _ = setsid();
    if let Some(network) = descriptors.first() {
        move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network))
            .doing(|| "enter the host's network")?;
    }
    drop(descriptors);
    let all = UnshareFlags::NEWNS | UnshareFlags::NEWIPC | UnshareFlags::NEWUTS | UnshareFlags::NEWCGROUP;
    parts::unshare(all).doing(|| "make namespaces")?;
    sethostname(job.name.as_bytes()).doing(|| "set the host name")?;
    setdomainname(b"(none)").doing(|| "set the domain name")?;
    set_thread_groups(&[]).doing(|| "leave the user's groups")?;
    umask(Mode::empty());
    let disk = if job.in_memory { Some(disk::Disk::mount(job)?) } else { None };
    let mut root = Root::mount(&job.layers, &job.scratch, Durability::Pretended)?;
    root.mount_kernel_file_systems()?;
    root.mount_memory("run", MODE_755)?;
    files::place(&mut root, job)?;
    for LiveDirectory { from, path } in &job.live {
        root.bind_directory_to_read(from, &inside(path)?)?;
    }
    for (number, MountedState { state, kept, .. }) in job.states.iter().enumerate() {
        let Some(kept) = kept else { continue };
        let copy = disk.as_ref().map(|disk| disk.copy(number, kept)).transpose()?;
        root.bind_directory(copy.as_ref().unwrap_or(kept), &inside(&state.path)?)?;
    }
    root.enter_root()?;
    umask(Mode::WGRP | Mode::WOTH);
    files::make_temporary()?;
    for state in &job.states {
        files::make_state(state)?;
    }
    for secret in &job.secrets {
        files::give_secret(secret)?;
    }
    lock_up(&filter)?;
    Ok(disk.map(disk::Disk::into_root))
}

const MODE_755: &CStr = c"mode=755";

fn inside(path: &str) -> Inside<TreePath> {
    TreePath::new(path.trim_start_matches('/').as_bytes())
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error.to_string()))
        .doing(|| format!("mount `{path}`"))
}

/// From here on there is no way back, for this process neither.
fn lock_up(filter: &Filter) -> Inside<()> {
    parts::limit(Resource::Nofile, OPEN_FILES)?;
    parts::limit(Resource::Stack, STACK)?;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).doing(|| "forbid core files")?;
    parts::keep_only(CAPABILITIES)?;
    // Else /proc/1/exe would lead to the program outside.
    set_dumpable_behavior(DumpableBehavior::NotDumpable).doing(|| "hide process 1")?;
    set_no_new_privs(true).doing(|| "give up privileges")?;
    filter.apply()
}
