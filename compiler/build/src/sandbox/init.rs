//! Process 1 of the sandbox: enters the remaining namespaces, changes the root, locks the door and runs the steps.
//!
//! It has one thread and starts each step as a child. When a step ends, all that it left running is killed; when this
//! process ends, or its parent does, so is everything.

use std::{
    fs::{self, File},
    io,
    os::{
        fd::AsFd,
        unix::process::{CommandExt, ExitStatusExt},
    },
    process::{Command, ExitCode, ExitStatus, Stdio},
};

use rustix::{
    fs::Mode,
    io::Errno,
    process::{
        DumpableBehavior, Pid, Resource, Rlimit, Signal, WaitOptions, getrlimit, set_dumpable_behavior,
        set_parent_process_death_signal, setrlimit, setsid, umask, wait,
    },
    system::{setdomainname, sethostname},
    thread::{
        CapabilitySet, UnshareFlags, remove_capability_from_bounding_set, set_no_new_privs, set_thread_groups,
    },
};

use super::{
    Step, StepFailure,
    error::{Doing, Inside},
    filter::{Durability, Filter},
    mounts::Root,
    protocol::{InitJob, InitReport, receive, send},
    shell::Seat,
    sys,
};

/// What the steps' root may do, within the user namespace: what package scripts do, and nothing to namespaces or mounts.
pub const KEPT: CapabilitySet = CapabilitySet::CHOWN
    .union(CapabilitySet::DAC_OVERRIDE)
    .union(CapabilitySet::FOWNER)
    .union(CapabilitySet::FSETID)
    .union(CapabilitySet::KILL)
    .union(CapabilitySet::SETGID)
    .union(CapabilitySet::SETUID)
    .union(CapabilitySet::SETPCAP)
    .union(CapabilitySet::NET_BIND_SERVICE)
    .union(CapabilitySet::IPC_OWNER)
    .union(CapabilitySet::SYS_CHROOT)
    .union(CapabilitySet::MKNOD)
    .union(CapabilitySet::SETFCAP);

/// The number of open files that programs find as their limit, whatever it is outside.
pub const OPEN_FILES: u64 = 1024;

/// The stack that programs find as their limit, in bytes: it decides where their memory lies.
pub const STACK: u64 = 8 << 20;

/// The whole life of process 1.
pub(super) fn main() -> ExitCode {
    let (mut from, mut to) = match super::helper::pipes() {
        Ok(pipes) => pipes,
        Err(_) => return ExitCode::FAILURE,
    };
    // The parent may have died before this was set; then its end of the pipe is closed.
    let bound = set_parent_process_death_signal(Some(Signal::KILL));
    let (Ok(()), Ok(job)) = (bound, receive::<InitJob>(&mut from, "a job for process 1")) else {
        return ExitCode::FAILURE;
    };
    let report = run(&job);
    match send(&mut to, &report) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn run(job: &InitJob) -> Inside<InitReport> {
    let filter = Filter::compile(Durability::Pretended)?;
    sys::reset_signals();
    // Fails only for the leader of a process group, which is one of a session already.
    let _ = setsid();
    // Its path is one of the file system that is left below.
    let shell = job.shell.as_ref().map(Seat::take).transpose()?;
    leave_namespaces()?;
    umask(Mode::empty());
    let mut root = Root::mount(&job.layers, &job.scratch, Durability::Pretended)?;
    root.mount_kernel_file_systems()?;
    root.place(&job.scaffold)?;
    let parents = root.enter_for_ever()?;
    umask(Mode::WGRP | Mode::WOTH);
    lock_up(&filter)?;
    let failure = run_steps(&job.steps)?;
    if let (Some(shell), Some(failure)) = (shell, &failure) {
        if let Some(step) = job.steps.get(failure.step) {
            // A terminal that is gone is no reason to say less of the step.
            let _ = shell.run(step, &failure.reason, ids);
        }
        sys::kill_all_others();
        reap_all()?;
    }
    Ok(InitReport { failure, parents })
}

fn leave_namespaces() -> Inside<()> {
    let all = UnshareFlags::NEWNS
        | UnshareFlags::NEWNET
        | UnshareFlags::NEWIPC
        | UnshareFlags::NEWUTS
        | UnshareFlags::NEWCGROUP;
    sys::unshare(all).doing(|| "make namespaces")?;
    sethostname(b"localhost").doing(|| "set the host name")?;
    // As on a machine that has none: a new namespace begins with the machine's own.
    setdomainname(b"(none)").doing(|| "set the domain name")?;
    sys::bring_up_loopback().doing(|| "bring up the loopback interface")?;
    set_thread_groups(&[]).doing(|| "leave the user's groups")
}

/// Takes all capabilities but these from what this process will start.
///
/// # Errors
/// The kernel refuses.
pub fn keep_only(kept: CapabilitySet) -> Inside<()> {
    // Not by name: a newer kernel may know more than this program.
    for bit in 0..64 {
        let capability = CapabilitySet::from_bits_retain(1 << bit);
        if !kept.contains(capability) {
            match remove_capability_from_bounding_set(capability) {
                Ok(()) => {}
                Err(Errno::INVAL) => break,
                failed => failed.doing(|| "give up capabilities")?,
            }
        }
    }
    Ok(())
}

/// From here on there is no way back, for this process neither.
fn lock_up(filter: &Filter) -> Inside<()> {
    limit(Resource::Nofile, OPEN_FILES)?;
    limit(Resource::Stack, STACK)?;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).doing(|| "forbid core files")?;
    keep_only(KEPT)?;
    // Else /proc/1/exe would lead the steps to the program outside.
    set_dumpable_behavior(DumpableBehavior::NotDumpable).doing(|| "hide process 1")?;
    set_no_new_privs(true).doing(|| "give up privileges")?;
    filter.apply()
}

/// Sets the soft limit, and never more than is allowed.
///
/// # Errors
/// The kernel refuses.
pub fn limit(resource: Resource, wanted: u64) -> Inside<()> {
    let maximum = getrlimit(resource).maximum;
    let current = Some(maximum.map_or(wanted, |maximum| maximum.min(wanted)));
    setrlimit(resource, Rlimit { current, maximum }).doing(|| "set limits")
}

fn run_steps(steps: &[Step]) -> Inside<Option<StepFailure>> {
    // Opened once, so that a step cannot take it from the next.
    let nothing = File::open("/dev/null").doing(|| "open /dev/null")?;
    for (step, what) in steps.iter().enumerate() {
        let ended = run_step(what, &nothing)?;
        sys::kill_all_others();
        reap_all()?;
        if let Err(reason) = ended {
            return Ok(Some(StepFailure { step, reason }));
        }
    }
    Ok(None)
}

/// The inner result is the step's own.
fn run_step(step: &Step, nothing: &File) -> Inside<Result<(), String>> {
    let Some((program, arguments)) = step.argv.split_first() else {
        return Ok(Err("cannot be started: no program is named".into()));
    };
    let (uid, gid) = match ids(&step.user) {
        Ok(ids) => ids,
        Err(reason) => return Ok(Err(reason)),
    };
    let log = || io::stderr().as_fd().try_clone_to_owned().map(Stdio::from).doing(|| "open the log");
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(step.environment.iter().map(|(name, value)| (name, value)));
    command.current_dir(&step.directory).uid(uid).gid(gid);
    command.stdin(nothing.try_clone().doing(|| "open /dev/null")?).stdout(log()?).stderr(log()?);
    let child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Ok(Err(format!("cannot be started: {error}"))),
    };
    wait_for(Pid::from_child(&child)).map(judge)
}

/// Waits for a child, and reaps whatever ends meanwhile: orphans become children of process 1.
pub(super) fn wait_for(child: Pid) -> Inside<ExitStatus> {
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == child => return Ok(ExitStatus::from_raw(status.as_raw())),
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error).doing(|| "wait for a step"),
        }
    }
}

fn judge(status: ExitStatus) -> Result<(), String> {
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(()),
        (Some(code), _) => Err(format!("exit status {code}")),
        (None, signal) => Err(format!("killed by signal {}", signal.unwrap_or_default())),
    }
}

fn reap_all() -> Inside<()> {
    loop {
        match wait(WaitOptions::empty()) {
            Err(Errno::CHILD) => return Ok(()),
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error).doing(|| "wait for what a step left running"),
        }
    }
}

/// The ids of a user of the root file system. Root needs no entry, since a root file system begins without any.
fn ids(user: &str) -> Result<(u32, u32), String> {
    if user == "root" {
        return Ok((0, 0));
    }
    let passwd =
        fs::read("/etc/passwd").map_err(|error| format!("cannot be started: /etc/passwd: {error}"))?;
    let passwd = String::from_utf8_lossy(&passwd);
    let found = passwd.lines().find_map(|line| {
        let fields: Vec<_> = line.split(':').collect();
        let [name, _, uid, gid, ..] = fields[..] else { return None };
        (name == user).then(|| Some((uid.parse().ok()?, gid.parse().ok()?)))?
    });
    found.ok_or_else(|| format!("cannot be started: no user `{user}` in /etc/passwd"))
}
