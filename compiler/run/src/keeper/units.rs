//! What is asked of units: that they come up, and that a program is run beside them.

use std::{
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    sync::{
        Arc, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    time::{Duration, Instant, SystemTime},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::Signal,
};

use super::{
    Teller,
    apply::Gate,
    logs::last_lines,
    state::{Answer, Keeper, Live, failure},
};
use crate::{
    control::{Event, Failure, Status},
    deployment::{Unit, UnitName},
    init::{Ended, Stdio, ToHost},
};

/// A service that ends as often as this before it is ready will not be.
const ATTEMPTS: u32 = 3;

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
                    fell: None,
                    since: SystemTime::now(),
                    attended: false,
                });
                (live.wanted, live.restarts, live.fell) = (true, 0, None);
                live.unit.after.clone_from(&unit.after);
                if !live.attended {
                    live.unit = (*unit).clone();
                    live.status = Status::Waiting;
                }
            }
        }
        for unit in units {
            self.attend_unit(&unit.name).map_err(|error| Failure {
                unit: Some(Box::new(unit.name.clone())),
                ..failure(format!("cannot start a thread: {error}"))
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
                return Err(self.failure_of(unit, reason));
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

    /// Waits for a while, and sees that no service that has come up ends meanwhile, and that at the end they are ready, and others
    /// that came up before.
    pub(super) fn watch(&self, units: &[&Unit], before: &[&Unit], gate: Gate) -> Result<(), Failure> {
        let begun = Instant::now();
        let mut state = self.state();
        for unit in units {
            // One may have ended before all that it needs was there.
            if let Some(live) = state.units.get_mut(&unit.name) {
                live.fell = None;
            }
        }
        loop {
            let fallen =
                units.iter().find_map(|unit| Some((&unit.name, state.units.get(&unit.name)?.fell.clone()?)));
            if let Some((name, how)) = fallen {
                drop(state);
                let reason = format!("service {name} was ready and did not stay up: {how}");
                return Err(self.failure_of(name, reason));
            }
            if self.is_ending() {
                return Err(failure("it is being taken down"));
            }
            let left = match gate.min_ready.saturating_sub(begun.elapsed()) {
                Duration::ZERO => {
                    // What is started again has the time that it had at first.
                    let is_up = |unit: &&Unit| {
                        matches!(state.status(&unit.name), None | Some(Status::Ready | Status::Done))
                    };
                    match gate.patience.saturating_sub(begun.elapsed()) {
                        Duration::ZERO => break,
                        _ if before.iter().all(is_up) => break,
                        left => left,
                    }
                }
                left => left,
            };
            state = self.wait(state, left);
        }
        drop(state);
        let lost = units.iter().chain(before).find(|unit| !self.is_still_ready(unit));
        if self.is_ending() {
            return Err(failure("it is being taken down"));
        }
        lost.map_or(Ok(()), |unit| {
            let reason = format!("service {} was ready and is not any more", unit.name);
            Err(self.failure_of(&unit.name, reason))
        })
    }

    /// A failure that is about a unit, with what it said last.
    fn failure_of(&self, unit: &UnitName, reason: String) -> Failure {
        let said = last_lines(&self.place.log(unit));
        Failure { said, unit: Some(Box::new(unit.clone())), ..failure(reason) }
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

    pub(super) fn units_of(&self, names: &[UnitName]) -> Vec<Unit> {
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
