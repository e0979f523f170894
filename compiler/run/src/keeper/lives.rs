//! The life of a host: attended from its start to its end, and begun anew where nobody wanted it to end.

use std::{
    io,
    net::Shutdown,
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Arc, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use plc_build::sandbox::parts;
use rustix::thread::UnshareFlags;

use super::{
    hosts::HOST_ARGUMENT,
    state::{Answer, Keeper},
};
use crate::{
    RUN_ARGUMENT,
    deployment::Host,
    init::{Ended, FromHost, HostJob},
    network, wire,
};

/// How long a machine has to write everything to its disks and to end; a little longer than it gives itself.
const ENDING: Duration = Duration::from_secs(15);

/// How long a host that has failed stays down.
const RECOVERY: Duration = Duration::from_secs(1);

/// One run of a host.
pub(super) struct Life {
    pub(super) host: Host,
    pub(super) job: HostJob,
    /// Of its network.
    pub(super) namespace: Arc<OwnedFd>,
    pub(super) number: u16,
    pub(super) run: u64,
    pub(super) scratch: PathBuf,
}

impl Keeper {
    /// Waits for the end of a host, clears away what it leaves, and starts it again where nobody wanted it to end.
    pub(super) fn look_after(
        self: &Arc<Self>,
        life: Life,
        theirs: UnixStream,
        reading: UnixStream,
        up: mpsc::Sender<Result<(), String>>,
    ) {
        let Life { host, job, namespace, number, run, scratch } = life;
        let (keeper, started) = (Arc::clone(self), host.clone());
        let lent = job.machine.is_some().then(|| Arc::clone(&namespace));
        // The host dies with the thread that has started it, which can start no others: it has left the namespace of processes.
        let attended = thread::Builder::new()
            .spawn(move || keeper.attend_host((&started, run), (&job, &namespace), theirs, &reading, &up));
        let was_up = attended.is_ok_and(|thread| thread.join().unwrap_or(false));
        if let Some(namespace) = lent {
            // Where it fails, what is sent there is left unanswered.
            let _ = network::lend(number, &namespace, false);
        }
        // What is left of it costs space, and the next keeper tries again.
        let _ = parts::remove(&scratch);
        if let Some(host) = self.has_gone(&host.name, run).filter(|_| was_up) {
            self.recover(&host.name);
        }
    }

    /// Gives whether it was ever up.
    fn attend_host(
        &self,
        (host, run): (&Host, u64),
        (job, namespace): (&HostJob, &OwnedFd),
        theirs: UnixStream,
        reading: &UnixStream,
        up: &mpsc::Sender<Result<(), String>>,
    ) -> bool {
        let started = parts::unshare(UnshareFlags::NEWPID).map_err(io::Error::from).and_then(|()| {
            Command::new("/proc/self/exe")
                .args([RUN_ARGUMENT, HOST_ARGUMENT, &host.name])
                .env_clear()
                .stdin(OwnedFd::from(theirs))
                .stdout(Stdio::null())
                .spawn()
        });
        let mut child = match started {
            Ok(child) => child,
            Err(error) => {
                let _ = up.send(Err(error.to_string()));
                return false;
            }
        };
        // Before anything is started on it, and as long as something may run.
        let _groups = job.machine.is_none().then(|| {
            // A machine has its own memory and processors, and no more; what runs it needs some beside.
            let (groups, failed) = self.limits.set(host, child.id());
            self.state().unlimited.extend(failed);
            groups
        });
        // It may be long, and has to be read meanwhile.
        if let Err(error) = wire::send(reading, job, &[namespace.as_fd()]) {
            let _ = up.send(Err(error.to_string()));
        }
        // What is said before would be taken for what it is made of.
        if let Some(running) = self.state().hosts.get_mut(&host.name).filter(|running| running.run == run) {
            running.listens = true;
        }
        let mut was_up = false;
        while let Ok(Some((message, descriptors))) = wire::receive::<FromHost>(reading) {
            match message {
                FromHost::Up(came) => {
                    if let Some(full) = self.state().full.get_mut(&host.name) {
                        full.disk = descriptors.into_iter().next().map(Arc::new);
                    }
                    was_up |= came.is_ok();
                    let _ = up.send(came);
                }
                FromHost::Ended { id, how } => self.pass(run, id, Answer::Ended(how)),
                FromHost::Probed { id, open } => self.pass(run, id, Answer::Probed(open)),
            }
        }
        let _ = child.kill();
        // All of its processes are gone when this returns.
        let _ = child.wait();
        was_up
    }

    /// Passes on what a host answers, to what it was asked itself: a machine may say anything.
    fn pass(&self, run: u64, id: u64, answer: Answer) {
        let mut state = self.state();
        if state.waiting.get(&id).is_some_and(|waiting| waiting.run == run)
            && let Some(waiting) = state.waiting.remove(&id)
        {
            // Whoever asked may have gone.
            let _ = waiting.sender.send(answer);
        }
    }

    /// Notes that a host has ended; gives it where nobody wanted it to.
    fn has_gone(&self, name: &str, run: u64) -> Option<Host> {
        let mut state = self.state();
        let ended = state.hosts.get(name).filter(|running| running.run == run);
        let failed = ended.filter(|running| !running.stopping).map(|running| running.host.clone());
        if ended.is_some() {
            state.hosts.remove(name);
            state.frozen.remove(name);
            if let Some(full) = state.full.get_mut(name) {
                full.disk = None;
            }
        }
        let gone: Vec<u64> =
            state.waiting.iter().filter(|(_, waiting)| waiting.run == run).map(|(id, _)| *id).collect();
        for id in gone {
            if let Some(waiting) = state.waiting.remove(&id) {
                let _ = waiting.sender.send(Answer::Ended(Ended::NotStarted("its host has ended".into())));
            }
        }
        self.changed.notify_all();
        failed
    }

    /// Starts a host again that has ended by itself; its units are started again by who looks after them.
    fn recover(self: &Arc<Self>, name: &str) {
        loop {
            thread::sleep(RECOVERY);
            {
                let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
                let state = self.state();
                // As it is declared now: what makes no difference to one that runs may be otherwise.
                let declared =
                    state.deployment.as_ref().and_then(|deployment| deployment.host(name).cloned());
                let Some(host) = declared.filter(|_| !state.hosts.contains_key(name) && !self.has_ended())
                else {
                    return;
                };
                drop(state);
                if self.start_host(&host).is_ok() {
                    return;
                }
            }
        }
    }

    /// Ends a host on which nothing runs any more, and waits until it is gone.
    pub(super) fn stop_host(&self, name: &str) {
        let begun = Instant::now();
        let mut state = self.state();
        if let Some(running) = state.hosts.get_mut(name) {
            running.stopping = true;
            // It ends with what it hears from, whoever waits to send it something. What a machine says is heard still: its disks
            // are written by then.
            let all = running.host.machine.is_none();
            let _ = running.handle.shutdown(if all { Shutdown::Both } else { Shutdown::Write });
        }
        while let Some(running) = state.hosts.get(name).filter(|running| running.stopping) {
            if begun.elapsed() >= ENDING {
                let _ = running.handle.shutdown(Shutdown::Both);
            }
            state = self.wait(state, Duration::from_secs(1));
        }
    }

    /// Forgets the units of a host that has ended, once nobody looks after them any more.
    pub(super) fn forget_units(&self, host: &str) {
        let mut state = self.state();
        while state.units.iter().any(|(name, live)| name.host == host && live.attended) {
            state = self.wait(state, Duration::from_secs(1));
        }
        state.units.retain(|name, _| name.host != host);
    }
}
