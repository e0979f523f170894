//! One unit: a thread of its own starts it, sees when it is ready, and starts it again when it ends.

use std::{
    io,
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use plc_lang::topology::Health;
use rustix::process::Signal;
use ureq::Agent;

use super::{
    logs::Log,
    state::{Answer, Keeper},
};
use crate::{
    control::Status,
    deployment::{Unit, UnitKind, UnitName},
    init::{Ended, Stdio, ToHost},
    network::address,
};

/// Statuses of HTTP by which a service says that it is well: what it was asked for, or where that is.
const WELL: std::ops::RangeInclusive<u16> = 200..=399;

/// How long a command or a request may take that says whether a service is ready.
const ANSWER: Duration = Duration::from_secs(10);

/// A service is looked at again after such a part of the time that it has taken so far, so that what is ready waits for no
/// more than this part of its start.
const LOOKS_PART: u32 = 10;

/// How often a service is looked at: often at first.
const LOOKS: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(500));

/// How often the command is run that says whether a service is ready, while its ports take no connections: a command takes
/// time from what it asks, a connection next to none.
const COMMANDS: Duration = Duration::from_millis(200);

/// The least time from a command to the next; twice what it has taken, where that is more.
const REST: Duration = Duration::from_millis(20);

/// How often a service is asked that was ready and does not answer.
const ASKED: u32 = 3;

/// How long a service has to run before it is ready that has neither ports nor a command: what cannot run at all ends sooner.
const STANDS: Duration = Duration::from_millis(200);

/// How one life of a service was looked at so far.
struct Looks {
    begun: Instant,
    /// When the command has ended last.
    asked: Instant,
    /// How long it is let alone from then on.
    rest: Duration,
}

/// How long a service that has ended stays down: twice as long each time, up to the second.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(10));

/// A service that ran as long as this has not failed at its start.
const STEADY: Duration = Duration::from_secs(10);

/// A thread that looks after a unit needs little, in bytes.
const STACK: usize = 256 << 10;

/// Says that nobody looks after a unit any more, however that comes: others wait for it.
struct Attends<'a> {
    keeper: &'a Keeper,
    unit: &'a UnitName,
}

impl Drop for Attends<'_> {
    fn drop(&mut self) {
        if let Some(live) = self.keeper.state().units.get_mut(self.unit) {
            live.attended = false;
        }
        self.keeper.changed.notify_all();
    }
}

impl Keeper {
    /// Starts a thread that looks after a unit, where there is none.
    pub(super) fn attend_unit(self: &Arc<Self>, name: &UnitName) -> io::Result<()> {
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
            let _attends = Attends { keeper: &keeper, unit: &unit.name };
            if keeper.wait_for_others(&unit) {
                match &unit.kind {
                    UnitKind::Job { once_for } => keeper.run_job(&unit, once_for.as_deref()),
                    UnitKind::Service { .. } => keeper.serve(&unit),
                }
            } else {
                keeper.become_(&unit.name, Status::Stopped);
            }
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
            if live.status == Status::Ready {
                live.fell = Some(how.to_string());
            }
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
        let begun = Instant::now();
        let mut looks = Looks { begun, asked: begun, rest: Duration::ZERO };
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
                    ready = self.is_ready(unit, &mut looks);
                    pause = (begun.elapsed() / LOOKS_PART).clamp(LOOKS.0, LOOKS.1);
                    if ready && self.is_wanted(&unit.name) {
                        self.become_(&unit.name, Status::Ready);
                    }
                }
            }
        }
    }

    /// Whether a service is ready. A command is run once the ports take connections, and now and then anyway: a port may be
    /// another service's of the same instance.
    fn is_ready(&self, unit: &Unit, looks: &mut Looks) -> bool {
        let UnitKind::Service { ready, health, ports, .. } = &unit.kind else { return true };
        if ready.is_none() && health.is_none() {
            return match ports.is_empty() {
                true => looks.begun.elapsed() >= STANDS,
                false => self.probe(&unit.name.host, ports),
            };
        }
        let since = looks.asked.elapsed();
        let is_due = since >= looks.rest
            && (since >= COMMANDS || ports.is_empty() || self.probe(&unit.name.host, ports));
        if !is_due {
            return false;
        }
        let begun = Instant::now();
        let answers = self.answers(unit);
        looks.asked = Instant::now();
        looks.rest = (begun.elapsed() * 2).max(looks.begun.elapsed() / LOOKS_PART).max(REST);
        answers
    }

    /// Whether a service says that it is ready, in all the ways in which it can be asked.
    fn answers(&self, unit: &Unit) -> bool {
        let UnitKind::Service { ready, health, ports, .. } = &unit.kind else { return true };
        let is_open = || match (ready, health) {
            (None, None) => ports.is_empty() || self.probe(&unit.name.host, ports),
            _ => true,
        };
        is_open()
            && ready.as_ref().is_none_or(|command| self.succeeds(unit, command))
            && health.as_ref().is_none_or(|health| self.is_well(&unit.name.host, health))
    }

    /// Whether a host answers over HTTP that it is well; it is asked from outside, as others ask it.
    fn is_well(&self, host: &str, health: &Health) -> bool {
        let Some(number) = self.state().plugs.get(host).map(|plug| plug.number) else { return false };
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // It is on this machine, whatever the environment says of others.
            .proxy(None)
            .user_agent("plc")
            // One for all of it would take a thread for each request.
            .timeout_connect(Some(ANSWER))
            .timeout_send_request(Some(ANSWER))
            .timeout_recv_response(Some(ANSWER))
            .build()
            .into();
        let asked = agent.get(format!("http://{}:{}{}", address(number), health.port, health.path)).call();
        asked.is_ok_and(|response| WELL.contains(&response.status().as_u16()))
    }

    /// Whether a service that was ready still is. One answer that is late or lost is no verdict.
    pub(super) fn is_still_ready(&self, unit: &Unit) -> bool {
        if unit.is_job() {
            return true;
        }
        (0..ASKED).any(|time| {
            if time > 0 {
                thread::sleep(COMMANDS);
            }
            // Whoever takes everything down does not wait for answers.
            self.is_ending()
                || (self.state().status(&unit.name) == Some(&Status::Ready) && self.answers(unit))
        })
    }

    /// Whether a command ends well that is run beside a unit.
    fn succeeds(&self, unit: &Unit, command: &[String]) -> bool {
        let id = self.next_id();
        let (sender, ended) = mpsc::channel();
        let message = ToHost::Start {
            id,
            argv: command.to_vec(),
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
}
