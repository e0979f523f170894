//! How units are stopped.

use std::{
    sync::{Arc, PoisonError},
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;

use super::{
    Teller,
    state::{Keeper, Live},
};
use crate::{
    control::{Event, Status},
    deployment::{Unit, UnitKind, UnitName},
    init::ToHost,
};

/// How long a service has to end by itself.
const GRACE: Duration = Duration::from_secs(10);

impl Keeper {
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
