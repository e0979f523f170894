//! Units: each is looked after by a thread of its own, which starts it, sees when it is ready, and starts it again when it ends.

use std::{
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    sync::{
        Arc, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::Signal,
};

use super::{
    Teller,
    logs::{Log, last_lines},
    state::{Answer, Keeper, Live, failure},
};
use crate::{
    control::{Event, Failure, Status},
    deployment::{Unit, UnitKind, UnitName},
    init::{Ended, Stdio, ToHost},
};

/// How long a service has to end by itself.
const GRACE: Duration = Duration::from_secs(10);

/// How long a command may take that says whether a service is ready.
const ANSWER: Duration = Duration::from_secs(10);

/// How often is looked whether a service is ready: often at first.
const LOOKS: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// How long a service that has ended stays down: twice as long each time, up to the second.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(10));

/// A service that ran as long as this has not failed at its start.
const STEADY: Duration = Duration::from_secs(10);

/// A service that ends as often as this before it is ready will not be.
const ATTEMPTS: u32 = 3;

/// A thread that looks after a unit needs little, in bytes.
const STACK: usize = 256 << 10;

impl Keeper {
    /// Has units looked after, and waits until services are ready and jobs are done.
    pub(super) fn bring_up(
        self: &Arc<Self>,
        units: &[&Unit],
        patience: Duration,
        teller: &Teller<'_>,
    ) -> Result<(), Failure> {
        {
            let mut state = self.state();
            for unit in units {
                let live = state.units.entry(unit.name.clone()).or_insert_with(|| Live {
                    unit: (*unit).clone(),
                    status: Status::Waiting,
                    wanted: true,
                    process: None,
                    restarts: 0,
                    since: SystemTime::now(),
                    attended: false,
                });
                (live.wanted, live.restarts) = (true, 0);
                live.unit.after.clone_from(&unit.after);
                if !live.attended {
                    live.unit = (*unit).clone();
                    live.status = Status::Waiting;
                }
            }
        }
        for unit in units {
            self.attend_unit(&unit.name).map_err(|error| Failure {
                reason: format!("cannot start a thread: {error}"),
                unit: Some(Box::new(unit.name.clone())),
                said: Vec::new(),
                rolled_back: false,
            })?;
        }
        self.wait_for(units, patience, teller)
    }

    fn wait_for(&self, units: &[&Unit], patience: Duration, teller: &Teller<'_>) -> Result<(), Failure> {
        let begun = Instant::now();
        let mut told: Vec<Option<Status>> = vec![None; units.len()];
        let mut state = self.state();
        loop {
            let mut events = Vec::new();
            let mut failed = None;
            let mut all = true;
            for (unit, told) in units.iter().zip(&mut told) {
                let Some(live) = state.units.get(&unit.name) else { continue };
                if told.as_ref() != Some(&live.status) {
                    events.push(Event::Unit(unit.name.clone(), live.status.clone()));
                    *told = Some(live.status.clone());
                }
                match &live.status {
                    Status::Ready | Status::Done => {}
                    Status::Failed(how) => {
                        failed = Some((&unit.name, format!("job {} failed: {how}", unit.name)))
                    }
                    Status::Restarting(how) if live.restarts >= ATTEMPTS => {
                        failed = Some((&unit.name, format!("service {} does not stay up: {how}", unit.name)));
                    }
                    _ => all = false,
                }
                if matches!(live.status, Status::Restarting(_)) {
                    all = false;
                }
            }
            if failed.is_none() && !all && begun.elapsed() >= patience {
                let late = units.iter().find(|unit| {
                    matches!(state.status(&unit.name), Some(Status::Starting | Status::Restarting(_)))
                });
                let late = late.or(units.first());
                failed = late.map(|unit| {
                    let what = if unit.is_job() { "done" } else { "ready" };
                    (&unit.name, format!("{} is not {what} after {} s", unit.name, patience.as_secs()))
                });
            }
            if !events.is_empty() {
                // Whoever listens may be slow; nobody else has to wait for him.
                drop(state);
                events.iter().for_each(|event| teller.tell(event));
                state = self.state();
            }
            if let Some((unit, reason)) = failed {
                drop(state);
                let said = last_lines(&self.place.log(unit));
                return Err(Failure { reason, said, unit: Some(Box::new(unit.clone())), rolled_back: false });
            }
            if self.is_ending() {
                return Err(failure("it is being taken down"));
            }
            if all {
                return Ok(());
            }
            if events.is_empty() {
                state = self.wait(state, Duration::from_millis(200));
            }
        }
    }

    /// Starts a thread that looks after a unit, where there is none.
    fn attend_unit(self: &Arc<Self>, name: &UnitName) -> io::Result<()> {
        let unit = {
            let mut state = self.state();
            match state.units.get_mut(name) {
                Some(live) if !live.attended => {
                    live.attended = true;
                    live.unit.clone()
                }
                _ => return Ok(()),
            }
        };
        let keeper = Arc::clone(self);
        let started = thread::Builder::new().stack_size(STACK).spawn(move || {
            if keeper.wait_for_others(&unit) {
                match &unit.kind {
                    UnitKind::Job { once_for } => keeper.run_job(&unit, once_for.as_deref()),
                    UnitKind::Service { .. } => keeper.serve(&unit),
                }
            } else {
                keeper.become_(&unit.name, Status::Stopped);
            }
            if let Some(live) = keeper.state().units.get_mut(&unit.name) {
                live.attended = false;
            }
            keeper.changed.notify_all();
        });
        if started.is_err()
            && let Some(live) = self.state().units.get_mut(name)
        {
            live.attended = false;
        }
        started.map(|_| ())
    }

    fn become_(&self, name: &UnitName, status: Status) {
        self.state().set(name, status);
        self.changed.notify_all();
    }

    /// Notes which process a unit has; one that is wanted no more, since it was asked whether to start it, has none.
    fn has_process(&self, name: &UnitName, process: Option<u64>) {
        let wanted = {
            let mut state = self.state();
            let Some(live) = state.units.get_mut(name) else { return };
            live.process = process;
            live.wanted
        };
        if process.is_some() && !wanted {
            self.signal(name, Signal::KILL.as_raw(), true);
        }
    }

    fn is_wanted(&self, name: &UnitName) -> bool {
        self.state().units.get(name).is_some_and(|live| live.wanted)
    }

    /// Waits until all that a unit is started after is ready; not where the unit is wanted no more.
    fn wait_for_others(&self, unit: &Unit) -> bool {
        let mut state = self.state();
        loop {
            if state.units.get(&unit.name).is_none_or(|live| !live.wanted) {
                return false;
            }
            let waits = unit.after.iter().any(|name| match state.units.get(name) {
                // What somebody has stopped on purpose is not waited for.
                Some(live) => live.wanted && !matches!(live.status, Status::Ready | Status::Done),
                None => false,
            });
            if !waits {
                return true;
            }
            state = self.wait(state, Duration::from_secs(1));
        }
    }

    fn run_job(&self, unit: &Unit, once_for: Option<&str>) {
        let done = match self.place.done(&unit.name).map_err(|error| error.to_string()) {
            Ok(done) if done.holds(once_for) => return self.become_(&unit.name, Status::Done),
            Ok(done) => done,
            Err(reason) => {
                let reason = format!("it cannot be seen whether it was run: {reason}");
                return self.become_(&unit.name, Status::Failed(reason));
            }
        };
        self.become_(&unit.name, Status::Starting);
        let ended = self.launch(unit).and_then(|(id, ended)| {
            self.has_process(&unit.name, Some(id));
            match ended.recv() {
                Ok(Answer::Ended(Ended::Exit(0))) => Ok(()),
                Ok(Answer::Ended(how)) => Err(how.to_string()),
                _ => Err("its host has ended".into()),
            }
        });
        self.has_process(&unit.name, None);
        let marked = ended.and_then(|()| {
            if self.state().full.contains_key(&unit.name.host) {
                // What it has made is thrown away with the disk that is full.
                return Ok(());
            }
            let noted = done.note(once_for);
            noted.map_err(|error| format!("it cannot be noted that it was run: {error}"))
        });
        self.become_(&unit.name, marked.map_or_else(Status::Failed, |()| Status::Done));
    }

    fn serve(&self, unit: &Unit) {
        let mut pause = PAUSES.0;
        loop {
            let begun = Instant::now();
            let how = match self.launch(unit) {
                Ok((id, ended)) => self.serve_once(unit, id, &ended),
                Err(reason) => Ended::NotStarted(reason),
            };
            let mut state = self.state();
            let Some(live) = state.units.get_mut(&unit.name) else { return };
            live.process = None;
            if !live.wanted {
                state.set(&unit.name, Status::Stopped);
                drop(state);
                self.changed.notify_all();
                return;
            }
            live.restarts += 1;
            state.set(&unit.name, Status::Restarting(how.to_string()));
            self.changed.notify_all();
            self.note(&unit.name, &how.to_string());
            if begun.elapsed() >= STEADY {
                pause = PAUSES.0;
            }
            let until = Instant::now() + pause;
            pause = (pause * 2).min(PAUSES.1);
            while state.units.get(&unit.name).is_some_and(|live| live.wanted) && Instant::now() < until {
                state = self.wait(state, until.saturating_duration_since(Instant::now()));
            }
            if state.units.get(&unit.name).is_none_or(|live| !live.wanted) {
                state.set(&unit.name, Status::Stopped);
                drop(state);
                self.changed.notify_all();
                return;
            }
        }
    }

    /// One life of a service.
    fn serve_once(&self, unit: &Unit, id: u64, ended: &Receiver<Answer>) -> Ended {
        let gone = || Ended::NotStarted("its host has ended".into());
        self.become_(&unit.name, Status::Starting);
        self.has_process(&unit.name, Some(id));
        let mut pause = LOOKS.0;
        let mut ready = false;
        loop {
            let answer = if ready {
                ended.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                ended.recv_timeout(pause)
            };
            match answer {
                Ok(Answer::Ended(how)) => return how,
                Ok(Answer::Probed(_)) => {}
                Err(RecvTimeoutError::Disconnected) => return gone(),
                Err(RecvTimeoutError::Timeout) => {
                    ready = self.is_ready(unit);
                    pause = (pause * 3 / 2).min(LOOKS.1);
                    if ready && self.is_wanted(&unit.name) {
                        self.become_(&unit.name, Status::Ready);
                    }
                }
            }
        }
    }

    fn is_ready(&self, unit: &Unit) -> bool {
        let UnitKind::Service { ready, ports, .. } = &unit.kind else { return true };
        let Some(command) = ready else { return ports.is_empty() || self.probe(&unit.name.host, ports) };
        let id = self.next_id();
        let (sender, ended) = mpsc::channel();
        let message = ToHost::Start {
            id,
            argv: command.clone(),
            environment: unit.environment.clone().into_iter().collect(),
            user: unit.user.clone(),
            stdio: Stdio::Nothing,
        };
        if self.tell_host(&unit.name.host, &message, &[], Some((id, sender))).is_err() {
            return false;
        }
        match ended.recv_timeout(ANSWER) {
            Ok(answer) => matches!(answer, Answer::Ended(Ended::Exit(0))),
            Err(_) => {
                let kill = ToHost::Signal { id, signal: Signal::KILL.as_raw(), all: true };
                let _ = self.tell_host(&unit.name.host, &kill, &[], None);
                false
            }
        }
    }

    fn probe(&self, host: &str, ports: &[u16]) -> bool {
        let id = self.next_id();
        let (sender, answer) = mpsc::channel();
        let message = ToHost::Probe { id, ports: ports.to_vec() };
        self.tell_host(host, &message, &[], Some((id, sender))).is_ok()
            && matches!(answer.recv_timeout(ANSWER), Ok(Answer::Probed(true)))
    }

    /// Starts a unit's process, whose log begins here; its end will be told.
    fn launch(&self, unit: &Unit) -> Result<(u64, Receiver<Answer>), String> {
        let told = |error: io::Error| format!("its log: {error}");
        let log = Log::open(&self.place.log(&unit.name)).map_err(told)?;
        let (from, to) = io::pipe().map_err(told)?;
        thread::Builder::new().stack_size(STACK).spawn(move || log.take_down(from)).map_err(told)?;
        let descriptors = [to.try_clone().map_err(told)?.into(), to.into()];
        let id = self.next_id();
        let (sender, ended) = mpsc::channel();
        let message = ToHost::Start {
            id,
            argv: unit.exec.clone(),
            environment: unit.environment.clone().into_iter().collect(),
            user: unit.user.clone(),
            stdio: Stdio::Log,
        };
        self.tell_host(&unit.name.host, &message, &descriptors, Some((id, sender)))?;
        Ok((id, ended))
    }

    /// Notes in a unit's log how it has ended.
    fn note(&self, unit: &UnitName, how: &str) {
        // A disk that is full loses lines, and stops nobody.
        let _ =
            Log::open(&self.place.log(unit)).and_then(|mut log| log.add(format!("[plc] {how}").as_bytes()));
    }

    pub(super) fn signal(&self, name: &UnitName, signal: i32, all: bool) {
        let process = self.state().units.get(name).and_then(|live| live.process);
        if let Some(id) = process {
            // A host that is gone has no processes either.
            let _ = self.tell_host(&name.host, &ToHost::Signal { id, signal, all }, &[], None);
        }
    }

    /// Stops units, each once those are stopped that were started after it.
    pub(super) fn take_down(self: &Arc<Self>, units: &[&Unit], teller: &Teller<'_>) {
        // Who stands still hears nothing.
        let frozen: Vec<String> = self.state().frozen.iter().cloned().collect();
        for host in frozen.iter().filter(|host| units.iter().any(|unit| unit.name.host == **host)) {
            let _ = self.freeze(host, false);
        }
        thread::scope(|scope| {
            for unit in units {
                let after = units.iter().filter(|other| other.after.contains(&unit.name));
                let after: Vec<&UnitName> = after.map(|unit| &unit.name).collect();
                scope.spawn(move || {
                    let mut state = self.state();
                    let runs = |live: &Live| live.attended && !live.unit.is_job();
                    while after.iter().any(|name| state.units.get(*name).is_some_and(&runs)) {
                        state = self.wait(state, Duration::from_secs(1));
                    }
                    drop(state);
                    self.stop(unit, teller);
                });
            }
        });
    }

    fn stop(&self, unit: &Unit, teller: &Teller<'_>) {
        let name = &unit.name;
        let attended = {
            let mut state = self.state();
            let Some(live) = state.units.get_mut(name) else { return };
            live.wanted = false;
            let attended = live.attended;
            if attended && live.process.is_some() {
                state.set(name, Status::Stopping);
            }
            attended
        };
        self.changed.notify_all();
        if !attended {
            return;
        }
        teller.tell(&Event::Unit(name.clone(), Status::Stopping));
        let asked = match &unit.kind {
            UnitKind::Service { stop_signal, .. } => {
                signal_number(stop_signal).unwrap_or(Signal::TERM.as_raw())
            }
            UnitKind::Job { .. } => Signal::TERM.as_raw(),
        };
        for (signal, all) in [(asked, false), (Signal::KILL.as_raw(), true)] {
            self.signal(name, signal, all);
            let until = Instant::now() + GRACE;
            let mut state = self.state();
            while state.units.get(name).is_some_and(|live| live.attended) && Instant::now() < until {
                state = self.wait(state, Duration::from_millis(100));
            }
            if state.units.get(name).is_none_or(|live| !live.attended) {
                break;
            }
        }
        teller.tell(&Event::Unit(name.clone(), Status::Stopped));
    }

    /// Stops units by name, and keeps them stopped.
    pub(super) fn stop_units(self: &Arc<Self>, names: &[UnitName], teller: &Teller<'_>) {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let units = self.units_of(names);
        self.take_down(&units.iter().collect::<Vec<_>>(), teller);
    }

    /// Starts units by name.
    pub(super) fn start_units(
        self: &Arc<Self>,
        names: &[UnitName],
        patience: u64,
        teller: &Teller<'_>,
    ) -> Result<(), Failure> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let units = self.units_of(names);
        self.bring_up(&units.iter().collect::<Vec<_>>(), Duration::from_secs(patience), teller)
    }

    fn units_of(&self, names: &[UnitName]) -> Vec<Unit> {
        let state = self.state();
        // As they are declared now, which may be otherwise than when they were started.
        let declared = |name: &UnitName| {
            let host = state.deployment.as_ref()?.host(&name.host)?;
            host.units.iter().find(|unit| unit.name == *name).cloned()
        };
        names.iter().filter_map(declared).collect()
    }

    /// Runs a program on a host until it ends, or whoever asked is gone.
    #[expect(clippy::too_many_arguments, reason = "they are the parts of one request")]
    pub(super) fn execute(
        &self,
        host: &str,
        argv: Vec<String>,
        environment: Vec<(String, String)>,
        user: String,
        terminal: bool,
        descriptors: &[OwnedFd],
        stream: &UnixStream,
    ) -> Result<Ended, Failure> {
        let id = self.next_id();
        let (sender, ended) = mpsc::channel();
        let stdio = if terminal { Stdio::Terminal } else { Stdio::Given };
        let message = ToHost::Start { id, argv, environment, user, stdio };
        self.tell_host(host, &message, descriptors, Some((id, sender))).map_err(failure)?;
        loop {
            match ended.recv_timeout(Duration::from_millis(100)) {
                Ok(Answer::Ended(how)) => return Ok(how),
                Ok(Answer::Probed(_)) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(failure("the host has ended")),
                Err(RecvTimeoutError::Timeout) => {
                    let mut waiting = [PollFd::from_borrowed_fd(stream.as_fd(), PollFlags::IN)];
                    let _ = poll(&mut waiting, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
                    // Nothing more is said on it: it can only have ended.
                    if !waiting[0].revents().is_empty() {
                        let kill = ToHost::Signal { id, signal: Signal::KILL.as_raw(), all: true };
                        let _ = self.tell_host(host, &kill, &[], None);
                        return Err(failure("nobody waits for it any more"));
                    }
                }
            }
        }
    }
}

/// The number of a signal by its name.
fn signal_number(name: &str) -> Option<i32> {
    let signal = match name {
        "SIGTERM" => Signal::TERM,
        "SIGINT" => Signal::INT,
        "SIGQUIT" => Signal::QUIT,
        "SIGHUP" => Signal::HUP,
        "SIGUSR1" => Signal::USR1,
        "SIGUSR2" => Signal::USR2,
        "SIGWINCH" => Signal::WINCH,
        "SIGKILL" => Signal::KILL,
        _ => return None,
    };
    Some(signal.as_raw())
}
