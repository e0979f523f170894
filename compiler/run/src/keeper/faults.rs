//! Faults on purpose: ways that are cut or bad, services that are killed, hosts that stand still or have no room.

use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError, mpsc},
    time::Duration,
};

use rustix::process::Signal;

use super::{
    Teller,
    state::{Keeper, failure},
};
use crate::{
    control::{Failure, Fault},
    deployment::UnitName,
    init::ToHost,
    network::{self, address},
};

/// How long a host may take to stand still.
const ANSWER: Duration = Duration::from_secs(5);

impl Keeper {
    /// Does what a fault says.
    pub(super) fn fault(self: &Arc<Self>, fault: &Fault, teller: &Teller<'_>) -> Result<(), Failure> {
        let at_once = self.fault_at_once(fault);
        // These replace hosts, as changes do, and wait for their turn.
        match fault {
            Fault::FillDisk { host, free, patience } => self.fill_disk(host, *free, *patience, teller),
            Fault::Heal { patience } => self.empty_disks(*patience, teller).and(at_once),
            _ => at_once,
        }
    }

    fn fault_at_once(&self, fault: &Fault) -> Result<(), Failure> {
        // A snapshot has to see all hosts stand still.
        let _stillness = self.stillness.lock().unwrap_or_else(PoisonError::into_inner);
        match fault {
            Fault::Cut(one, other) => self.cut(one, other, true),
            Fault::Worsen { ways, worse } => self.worsen(ways, *worse),
            Fault::FillDisk { .. } => Ok(()),
            Fault::Heal { .. } => self.heal(),
            Fault::Kill(units) => {
                self.kill(units);
                Ok(())
            }
            Fault::Freeze { host, frozen } => self.freeze(host, *frozen),
        }
    }

    /// Has two hosts reach each other no more, or again.
    fn cut(&self, one: &str, other: &str, cut: bool) -> Result<(), Failure> {
        let plug = |name: &str| {
            let state = self.state();
            let plug = state.plugs.get(name).map(|plug| (Arc::clone(&plug.namespace), address(plug.number)));
            plug.ok_or_else(|| failure(format!("there is no host {name}")))
        };
        let ((namespace, address), (other_namespace, other_address)) = (plug(one)?, plug(other)?);
        let pair = (one.min(other).to_owned(), one.max(other).to_owned());
        if cut {
            // Known before it is there, so that one that is only half there can be healed.
            self.state().cuts.insert(pair.clone());
        }
        let told = |error: network::NetworkError| failure(error.to_string());
        network::mislead(&namespace, other_address, cut).map_err(told)?;
        network::mislead(&other_namespace, address, cut).map_err(told)?;
        for (host, other) in [(one, other_address), (other, address)] {
            self.mislead_machine(host, other, cut).map_err(failure)?;
        }
        if !cut {
            self.state().cuts.remove(&pair);
        }
        Ok(())
    }

    /// Has a host believe the same that is a machine, and has a network of its own.
    fn mislead_machine(&self, host: &str, other: std::net::Ipv4Addr, mislead: bool) -> Result<(), String> {
        let is_machine = self.state().hosts.get(host).is_some_and(|running| running.host.machine.is_some());
        if !is_machine {
            return Ok(());
        }
        self.tell_host(host, &ToHost::Mislead { other, mislead }, &[], None)
    }

    /// Has a machine that comes up anew find the cuts that last.
    pub(super) fn cut_again(&self, host: &str) -> Result<(), String> {
        let others: Vec<std::net::Ipv4Addr> = {
            let state = self.state();
            let cuts = state.cuts.iter().filter_map(|(one, other)| match host {
                _ if one == host => Some(other),
                _ if other == host => Some(one),
                _ => None,
            });
            cuts.filter_map(|other| Some(address(state.plugs.get(other)?.number))).collect()
        };
        others.into_iter().try_for_each(|other| self.mislead_machine(host, other, true))
    }

    /// Forgets cuts to hosts that are gone, of which others are there: an address may be another's next.
    pub(super) fn forget_cuts(&self, is_there: impl Fn(&str) -> bool) {
        let cuts: Vec<(String, String)> = self.state().cuts.iter().cloned().collect();
        for (one, other) in cuts.iter().filter(|(one, other)| !is_there(one) || !is_there(other)) {
            if self.cut(one, other, false).is_err() {
                self.state().cuts.remove(&(one.clone(), other.clone()));
            }
        }
    }

    /// Ends all faults that last, but for full disks.
    fn heal(&self) -> Result<(), Failure> {
        self.state().worse.clear();
        let arranged = self.arrange_ways().map_err(failure);
        let cuts: BTreeSet<(String, String)> = self.state().cuts.clone();
        // What cannot be healed now can be later, and keeps nothing else from it.
        let healed: Vec<_> = cuts.iter().map(|(one, other)| self.cut(one, other, false)).collect();
        let frozen: Vec<String> = self.state().frozen.iter().cloned().collect();
        let thawed: Vec<_> = frozen.iter().map(|host| self.freeze(host, false)).collect();
        healed.into_iter().chain(thawed).fold(arranged, Result::and)
    }

    fn kill(&self, units: &[UnitName]) {
        for unit in units {
            self.signal(unit, Signal::KILL.as_raw(), true);
        }
    }

    pub(super) fn freeze(&self, host: &str, frozen: bool) -> Result<(), Failure> {
        self.stand_still(host, frozen).map_err(failure)?;
        let mut state = self.state();
        if frozen {
            state.frozen.insert(host.to_owned());
        } else {
            state.frozen.remove(host);
        }
        Ok(())
    }

    /// Has all processes of a host stand still, or go on.
    pub(super) fn stand_still(&self, host: &str, still: bool) -> Result<(), String> {
        let (sender, answer) = mpsc::channel();
        let id = self.next_id();
        self.tell_host(host, &ToHost::Still { id, still }, &[], Some((id, sender)))?;
        answer.recv_timeout(ANSWER).map(|_| ()).map_err(|_| format!("host {host} does not answer"))
    }
}
