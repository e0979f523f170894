//! The processes of a host: started, signalled and reaped as the keeper says.

use std::{
    fs::File,
    io,
    net::Ipv4Addr,
    os::{
        fd::{AsFd, OwnedFd},
        unix::{net::UnixStream, process::ExitStatusExt},
    },
    process::{Command, ExitStatus},
};

use plc_build::sandbox::parts::{run_as, signal_all_others};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{FileType, Gid, Uid, fchown, fstat},
    io::Errno,
    net::{
        AddressFamily, SocketAddrV4, SocketFlags, SocketType, connect, socket_with, sockopt::socket_error,
    },
    process::{Pid, PidfdFlags, Signal, WaitOptions, kill_process, kill_process_group, pidfd_open, wait},
};
use serde::{Deserialize, Serialize};

use super::{FromHost, ToHost, people};
use crate::wire;

/// How often orphans are reaped that nobody waits for, in seconds.
const REAP: i64 = 1;

/// How long a port of one's own may take to answer, in nanoseconds.
const ANSWER: i64 = 200_000_000;

/// Where programs are looked for.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What a process has as its standard input, output and error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stdio {
    /// Nothing at all.
    Nothing,
    /// Nothing, and the log twice, which is made its user's: programs open it by name.
    Log,
    /// The three that are given.
    Given,
    /// The same, which are a terminal and become that of its session.
    Terminal,
}

/// How a process has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// By itself.
    Exit(i32),
    /// By a signal.
    Signal(i32),
    /// It never began.
    NotStarted(String),
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exit(code) => write!(f, "exit status {code}"),
            Self::Signal(signal) => write!(f, "killed by signal {signal}"),
            Self::NotStarted(reason) => write!(f, "cannot be started: {reason}"),
        }
    }
}

struct Process {
    pid: Pid,
    id: u64,
    /// Ready to be read from once it has ended.
    end: Option<OwnedFd>,
}

/// All that were started and have not ended.
pub(crate) struct Processes {
    /// Of this host in the environment's network.
    address: Ipv4Addr,
    running: Vec<Process>,
}

impl Processes {
    pub(crate) fn of(address: Ipv4Addr) -> Self {
        Self { address, running: Vec::new() }
    }

    /// Does what the keeper says, until it says no more.
    pub(crate) fn attend(mut self, channel: &UnixStream) -> io::Result<()> {
        loop {
            let spoken = {
                let mut waiting = vec![PollFd::new(channel, PollFlags::IN)];
                let ends = self.running.iter().filter_map(|process| process.end.as_ref());
                waiting.extend(ends.map(|end| PollFd::new(end, PollFlags::IN)));
                match poll(&mut waiting, Some(&Timespec { tv_sec: REAP, tv_nsec: 0 })) {
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
                !waiting[0].revents().is_empty()
            };
            self.reap(channel)?;
            if spoken {
                let Some((message, descriptors)) = wire::receive::<ToHost>(channel)? else { return Ok(()) };
                self.obey(message, descriptors, channel)?;
            }
        }
    }

    fn obey(&mut self, message: ToHost, descriptors: Vec<OwnedFd>, channel: &UnixStream) -> io::Result<()> {
        match message {
            ToHost::Start { id, argv, environment, user, stdio } => {
                match start(&argv, &environment, &user, stdio, descriptors) {
                    Ok(pid) => {
                        let end = pidfd_open(pid, PidfdFlags::empty()).ok();
                        self.running.push(Process { pid, id, end });
                        Ok(())
                    }
                    Err(reason) => {
                        let how = Ended::NotStarted(reason);
                        wire::send(channel, &FromHost::Ended { id, how }, &[])
                    }
                }
            }
            ToHost::Signal { id, signal, all } => {
                let found = self.running.iter().find(|process| process.id == id);
                if let (Some(Process { pid, .. }), Some(signal)) = (found, Signal::from_named_raw(signal)) {
                    // It may have ended already.
                    let _ = if all { kill_process_group(*pid, signal) } else { kill_process(*pid, signal) };
                }
                Ok(())
            }
            ToHost::Still { id, still } => {
                signal_all_others(if still { Signal::STOP } else { Signal::CONT });
                wire::send(channel, &FromHost::Probed { id, open: true }, &[])
            }
            // A container has the file itself, and its network is the keeper's to change.
            ToHost::Names(_) | ToHost::Mislead { .. } => Ok(()),
            ToHost::Probe { id, ports } => {
                let open = ports.iter().all(|port| {
                    // Some listen at the address of their name only.
                    [Ipv4Addr::LOCALHOST, self.address]
                        .iter()
                        .any(|address| takes_connections(*address, *port))
                });
                wire::send(channel, &FromHost::Probed { id, open }, &[])
            }
        }
    }

    fn reap(&mut self, channel: &UnixStream) -> io::Result<()> {
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) => {
                    let Some(at) = self.running.iter().position(|process| process.pid == pid) else {
                        continue;
                    };
                    let Process { id, .. } = self.running.swap_remove(at);
                    // What it started may not outlive it.
                    let _ = kill_process_group(pid, Signal::KILL);
                    let status = ExitStatus::from_raw(status.as_raw());
                    let how = match status.code() {
                        Some(code) => Ended::Exit(code),
                        None => Ended::Signal(status.signal().unwrap_or_default()),
                    };
                    wire::send(channel, &FromHost::Ended { id, how }, &[])?;
                }
                Ok(None) | Err(Errno::CHILD) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn start(
    argv: &[String],
    environment: &[(String, String)],
    user: &str,
    stdio: Stdio,
    descriptors: Vec<OwnedFd>,
) -> Result<Pid, String> {
    let (program, arguments) = argv.split_first().ok_or("no program is named")?;
    let person = people::user(user)?;
    let mut command = Command::new(program);
    command.args(arguments).env_clear();
    command.env("PATH", PATH).env("LANG", "C.UTF-8").env("HOME", &person.home).env("USER", user);
    command.env("LOGNAME", user).envs(environment.iter().map(|(name, value)| (name, value)));
    // Programs that are told of no directory expect this one.
    command.current_dir("/");
    let mut descriptors = descriptors.into_iter();
    let mut next = || descriptors.next().ok_or_else(|| "a descriptor is missing".to_owned());
    let nothing = || File::options().read(true).write(true).open("/dev/null").map(OwnedFd::from);
    let nothing = || nothing().map_err(|error| format!("/dev/null: {error}"));
    let (input, output, error) = match stdio {
        Stdio::Nothing => (nothing()?, nothing()?, nothing()?),
        Stdio::Log => (nothing()?, next()?, next()?),
        Stdio::Given | Stdio::Terminal => (next()?, next()?, next()?),
    };
    if stdio == Stdio::Log {
        let (uid, gid) = (person.credentials.uid, person.credentials.gid);
        let is_pipe = |log: &&OwnedFd| {
            fstat(log).is_ok_and(|meta| FileType::from_raw_mode(meta.st_mode) == FileType::Fifo)
        };
        for log in [&output, &error].into_iter().filter(is_pipe) {
            // Without it, a program can still write to it; only not open it again.
            let _ = fchown(log, Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)));
        }
    }
    command.stdin(input).stdout(output).stderr(error);
    run_as(&mut command, person.credentials, stdio == Stdio::Terminal);
    let child = command.spawn().map_err(|error| error.to_string())?;
    Ok(Pid::from_child(&child))
}

/// Whether somebody listens at a port of this host.
fn takes_connections(address: Ipv4Addr, port: u16) -> bool {
    let answers = || {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
        match connect(&socket, &SocketAddrV4::new(address, port)) {
            Ok(()) => return Ok(true),
            Err(Errno::INPROGRESS) => {}
            Err(error) => return Err(error),
        }
        let mut waiting = [PollFd::from_borrowed_fd(socket.as_fd(), PollFlags::OUT)];
        let ready = poll(&mut waiting, Some(&Timespec { tv_sec: 0, tv_nsec: ANSWER }))?;
        Ok(ready > 0 && socket_error(&socket)?.is_ok())
    };
    answers().unwrap_or(false)
}
