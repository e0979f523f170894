//! From what runs to what is to run: hosts that are new come up together, hosts that have changed are replaced one after the
//! other, and where one is not ready in time, what was there before comes back.

use std::{
    net::TcpListener,
    os::fd::OwnedFd,
    sync::{Arc, PoisonError},
    thread,
    time::Duration,
};

use plc_build::sandbox::parts;

use super::{
    Teller,
    publish::Publisher,
    state::{Keeper, State, failure},
    ways::described,
};
use crate::{
    change::{Change, changes},
    control::{Event, Failure, Published, Secrets},
    deployment::{Deployment, Host, Unit},
    network::address,
    order::sequence,
};

/// What is to run, with what goes along.
pub(super) struct Wanted {
    pub(super) deployment: Deployment,
    pub(super) published: Vec<Published>,
    /// Sockets for what was not published before.
    pub(super) listeners: Vec<OwnedFd>,
    pub(super) secrets: Secrets,
}

/// What hosts have to show before others are replaced too.
#[derive(Clone, Copy)]
pub(super) struct Gate {
    /// How long they may take until they are ready.
    pub(super) patience: Duration,
    /// How long they have to stay so.
    pub(super) min_ready: Duration,
}

impl Keeper {
    /// Makes a deployment what runs.
    pub(super) fn apply(
        self: &Arc<Self>,
        wanted: Wanted,
        gate: Gate,
        teller: &Teller<'_>,
    ) -> Result<(), Failure> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let Wanted { deployment, published, listeners, secrets } = wanted;
        // Before anything is stopped for it.
        deployment.hosts.iter().try_for_each(|host| self.machine(host).map(drop)).map_err(failure)?;
        let before = self.state().deployment.clone();
        let known = std::mem::replace(&mut self.state().secrets, secrets);
        let hosts: Vec<&Host> = deployment.hosts.iter().collect();
        let mut arranged = Ok(());
        match before {
            None => {
                self.connect_hosts(&[&deployment]).map_err(failure)?;
                // What has failed stays, to be looked at.
                self.state().deployment = Some(deployment.clone());
                self.state().links = described(&deployment);
                self.arrange_ways().map_err(failure)?;
                self.publish(&published, listeners).map_err(failure)?;
            }
            Some(before) => {
                let mut changes = changes(Some(&before), &deployment);
                self.note_secrets(&mut changes, &deployment, &known);
                let replaced = changes.iter().filter(|change| matches!(change, Change::Restarts { .. }));
                if let Err(failure) = self.none_full(replaced.map(Change::host)) {
                    self.state().secrets = known;
                    return Err(failure);
                }
                let connected = self.connect_hosts(&[&before, &deployment]).map_err(failure);
                // A host that is new has its ways from the beginning.
                let is_new = |name: &String| before.host(name).is_none();
                let new = described(&deployment)
                    .into_iter()
                    .filter(|((one, other), _)| is_new(one) || is_new(other));
                self.state().links.extend(new);
                let connected = connected.and_then(|()| self.arrange_ways().map_err(failure));
                let replaced = connected
                    .and_then(|()| self.replace(&changes, &before, &deployment, &known, gate, teller));
                if let Err(failure) = replaced {
                    self.state().secrets = known;
                    // Where a way cannot be what it was, what has failed first is what to tell.
                    let _ = self.settle(&before);
                    return Err(failure);
                }
                self.state().deployment = Some(deployment.clone());
                arranged = self.settle(&deployment);
                self.publish(&published, listeners).map_err(failure)?;
            }
        }
        // New ones; what was stopped by hand, or has failed before, is tried again.
        let down = |host: &&&Host| !self.state().hosts.contains_key(&host.name);
        let down: Vec<&Host> = hosts.iter().filter(down).copied().collect();
        self.start_hosts(&down, teller)?;
        self.bring_up(&self.asleep(&hosts), gate.patience, teller)?;
        self.keep(&deployment)?;
        arranged.map_err(failure)
    }

    /// Forgets what hosts had that are no more, their names too, and has ways be as described.
    fn settle(&self, deployment: &Deployment) -> Result<(), String> {
        self.forget_cuts(|name| deployment.host(name).is_some());
        {
            let mut state = self.state();
            let is_there = |name: &String| deployment.host(name).is_some();
            state.plugs.retain(|name, _| is_there(name));
            state.links = described(deployment);
            state.worse.retain(|(one, other), _| is_there(one) && is_there(other));
            state.full.retain(|name, _| is_there(name));
        }
        // Without it, names are there that lead nowhere.
        let _ = self.connect_hosts(&[deployment]);
        self.arrange_ways()
    }

    /// Replaces also those that are given a secret whose value is another.
    fn note_secrets(&self, changes: &mut [Change], deployment: &Deployment, known: &Secrets) {
        let state = self.state();
        for change in changes {
            let Change::Stays(name) = change else { continue };
            let Some(host) = deployment.host(name) else { continue };
            let other =
                host.secrets.iter().find(|file| known.get(&file.secret) != state.secrets.get(&file.secret));
            if let Some(file) = other {
                let reasons = vec![format!("the secret `{}`", file.secret)];
                *change = Change::Restarts { host: host.name.clone(), root: false, reasons };
            }
        }
    }

    fn keep(&self, deployment: &Deployment) -> Result<(), Failure> {
        self.place.write("deployment.json", deployment).map_err(|error| failure(error.to_string()))
    }

    pub(super) fn start_hosts(self: &Arc<Self>, hosts: &[&Host], teller: &Teller<'_>) -> Result<(), Failure> {
        let started: Vec<Result<(), String>> = thread::scope(|scope| {
            let starting: Vec<_> = hosts
                .iter()
                .map(|host| {
                    teller.tell(&Event::HostStarts(host.name.clone()));
                    scope.spawn(|| self.start_host(host))
                })
                .collect();
            let ended = starting.into_iter().map(|thread| thread.join());
            ended.map(|joined| joined.unwrap_or_else(|_| Err("a host could not be started".into()))).collect()
        });
        started.into_iter().collect::<Result<(), String>>().map_err(failure)
    }

    fn replace(
        self: &Arc<Self>,
        changes: &[Change],
        before: &Deployment,
        after: &Deployment,
        known: &Secrets,
        gate: Gate,
        teller: &Teller<'_>,
    ) -> Result<(), Failure> {
        let named = |wanted: fn(&Change) -> bool| {
            let names = changes.iter().filter(move |change| wanted(change)).map(Change::host);
            names.map(str::to_owned).collect::<Vec<_>>()
        };
        let new: Vec<&Host> = named(|change| matches!(change, Change::Starts(_)))
            .iter()
            .filter_map(|name| after.host(name))
            .collect();
        let started = self.start_hosts(&new, teller);
        let ready = started
            .and_then(|()| self.bring_up(&sequence(new.iter().copied()), gate.patience, teller))
            .and_then(|()| self.stay_up(&new, &[], gate, teller));
        if let Err(failure) = ready {
            self.remove_hosts(&new, teller);
            return Err(Failure { rolled_back: true, ..failure });
        }
        let mut replaced: Vec<&Host> = Vec::new();
        let mut watched = new.clone();
        for host in in_order(after, &named(|change| matches!(change, Change::Restarts { .. }))) {
            let Some(old) = before.host(&host.name) else { continue };
            replaced.push(host);
            let exchanged = self.exchange(old, host, gate.patience, teller);
            let steady = exchanged.and_then(|()| self.stay_up(&[host], &watched, gate, teller));
            watched.push(host);
            if let Err(failure) = steady {
                self.state().secrets = known.clone();
                for host in replaced.iter().rev() {
                    let Some(old) = before.host(&host.name) else { continue };
                    teller.tell(&Event::RollsBack(host.name.clone()));
                    // It ran before; where it does not now, the log says why.
                    let _ = self.exchange(host, old, gate.patience, teller);
                }
                self.remove_hosts(&new, teller);
                return Err(Failure { rolled_back: true, ..failure });
            }
        }
        let gone: Vec<&Host> = named(|change| matches!(change, Change::Stops(_)))
            .iter()
            .filter_map(|name| before.host(name))
            .collect();
        self.remove_hosts(&gone, teller);
        Ok(())
    }

    /// Has hosts that have come up stay ready for a while, since some services take connections for a moment before they see that
    /// they cannot work. What came up before them may be started again now, as it may have lost what it was connected to,
    /// but has to be ready at the end.
    fn stay_up(
        &self,
        hosts: &[&Host],
        before: &[&Host],
        gate: Gate,
        teller: &Teller<'_>,
    ) -> Result<(), Failure> {
        let units = sequence(hosts.iter().copied());
        if gate.min_ready.is_zero() || units.iter().all(|unit| unit.is_job()) {
            return Ok(());
        }
        let names = hosts.iter().map(|host| host.name.clone()).collect();
        teller.tell(&Event::Watches(names, gate.min_ready.as_secs()));
        self.watch(&units, &sequence(before.iter().copied()), gate)
    }

    /// The units of hosts that are not looked after, or not ready.
    fn asleep<'a>(&self, hosts: &[&'a Host]) -> Vec<&'a Unit> {
        let state: &State = &self.state();
        let sleeps = |unit: &&Unit| {
            use crate::control::Status::{Done, Ready};
            !matches!(state.status(&unit.name), Some(Ready | Done))
        };
        sequence(hosts.iter().copied()).into_iter().filter(sleeps).collect()
    }

    /// Replaces a host, and waits until it is ready. It may have ended by itself.
    pub(super) fn exchange(
        self: &Arc<Self>,
        old: &Host,
        new: &Host,
        patience: Duration,
        teller: &Teller<'_>,
    ) -> Result<(), Failure> {
        self.remove_hosts(&[old], teller);
        self.start_hosts(&[new], teller)?;
        self.bring_up(&sequence([new]), patience, teller)
    }

    pub(super) fn remove_hosts(self: &Arc<Self>, hosts: &[&Host], teller: &Teller<'_>) {
        self.take_down(&sequence(hosts.iter().copied()), teller);
        // One that does not answer, as a machine may, holds up no other.
        thread::scope(|scope| {
            for host in hosts {
                teller.tell(&Event::HostStops(host.name.clone()));
                scope.spawn(|| {
                    self.stop_host(&host.name);
                    self.forget_units(&host.name);
                });
            }
        });
    }

    /// Publishes what is new, and nothing more of what is no longer published.
    fn publish(&self, published: &[Published], listeners: Vec<OwnedFd>) -> Result<(), String> {
        let mut state = self.state();
        state.published.retain(|(there, _)| published.contains(there));
        let mut listeners = listeners.into_iter();
        for wanted in published {
            if state.published.iter().any(|(there, _)| there == wanted) {
                continue;
            }
            let listener: TcpListener = listeners.next().ok_or("a listening socket is missing")?.into();
            let plug =
                state.plugs.get(&wanted.exposed.host).ok_or("a host is published that there is not")?;
            let publisher = Publisher::start(listener, address(plug.number), wanted.exposed.port);
            let publisher =
                publisher.map_err(|error| format!("cannot publish port {}: {error}", wanted.port))?;
            state.published.push((wanted.clone(), publisher));
        }
        Ok(())
    }

    /// Stops everything.
    pub(super) fn down(self: &Arc<Self>, teller: &Teller<'_>) {
        self.begin_to_end();
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let deployment = self.state().deployment.take();
        self.state().published.clear();
        if let Some(deployment) = deployment {
            self.remove_hosts(&deployment.hosts.iter().collect::<Vec<_>>(), teller);
        }
    }
}

impl Keeper {
    /// Stops everything, removes all that was kept, and ends: whoever it was for is gone, and nobody else would.
    pub(super) fn vanish(self: &Arc<Self>, teller: &Teller<'_>) {
        self.begin_to_end();
        self.down(teller);
        self.limits.clear();
        // With the directory goes the way to whoever waits for connections, so it is not told.
        let _ = parts::remove(self.place.path());
        std::process::exit(0);
    }
}

/// Hosts in the order in which their units are started.
fn in_order<'a>(deployment: &'a Deployment, names: &[String]) -> Vec<&'a Host> {
    let mut hosts: Vec<&Host> = Vec::new();
    let wanted = |name: &str| names.iter().any(|wanted| wanted == name);
    let of_units =
        sequence(&deployment.hosts).into_iter().filter_map(|unit| deployment.host(&unit.name.host));
    for host in of_units.chain(&deployment.hosts) {
        if wanted(&host.name) && hosts.iter().all(|there| there.name != host.name) {
            hosts.push(host);
        }
    }
    hosts
}
