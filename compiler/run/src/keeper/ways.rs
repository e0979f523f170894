//! Ways between hosts that are slower, narrower or lossier than others: as described, and worse on purpose.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
};

use super::state::{Keeper, State, failure};
use crate::{
    control::{Failure, Worse},
    deployment::Deployment,
    link::Link,
    network::{Links, address},
};

impl Keeper {
    /// Makes ways between hosts worse. They stay so while hosts are replaced.
    pub(super) fn worsen(&self, ways: &[(String, String)], worse: Worse) -> Result<(), Failure> {
        {
            let mut state = self.state();
            let gone = ways.iter().flat_map(|(one, other)| [one, other]);
            if let Some(gone) = gone.clone().find(|name| !state.plugs.contains_key(*name)) {
                return Err(failure(format!("there is no host {gone}")));
            }
            for (one, other) in ways {
                let way = (one.min(other).clone(), one.max(other).clone());
                let link = state.worse.entry(way).or_default();
                worse.apply(link);
            }
            // What is said to be nothing is none.
            state.worse.retain(|_, link| !link.is_plain());
        }
        self.arrange_ways().map_err(failure)
    }

    /// Has frames take the ways that are wanted now.
    pub(super) fn arrange_ways(&self) -> Result<(), String> {
        let mut detours = self.detours.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut wanted, plugs) = {
            let state = self.state();
            let plug = |name: &String| {
                let plug = state.plugs.get(name)?;
                Some((name.clone(), (plug.number, Arc::clone(&plug.namespace))))
            };
            let wanted = wanted(&state);
            let plugs: BTreeMap<_, _> = wanted.keys().filter_map(plug).collect();
            (wanted, plugs)
        };
        let gone: Vec<String> = detours.keys().filter(|name| !wanted.contains_key(*name)).cloned().collect();
        let mut arranged = Ok(());
        for name in gone {
            // A host that is gone has nothing left to be taken out.
            let is_there = self.state().plugs.contains_key(&name);
            let ended = detours.remove(&name).map_or(Ok(()), |detour| detour.end());
            if let (Err(error), true) = (ended, is_there) {
                arranged = Err(error.to_string());
            }
        }
        for (name, (number, namespace)) in plugs {
            let links = wanted.remove(&name).unwrap_or_default();
            match detours.get(&name) {
                Some(detour) => detour.set(links),
                None => match self.network.detour(number, namespace, links) {
                    Ok(detour) => drop(detours.insert(name, detour)),
                    Err(error) => arranged = Err(error.to_string()),
                },
            }
        }
        arranged
    }
}

/// The ways that a deployment describes, host by host, the lower name first.
pub(super) fn described(deployment: &Deployment) -> BTreeMap<(String, String), Link> {
    let of = |declared: &str| {
        let hosts = deployment.hosts.iter().filter(|host| host.of == declared);
        hosts.map(|host| host.name.clone()).collect::<Vec<_>>()
    };
    let mut ways = BTreeMap::new();
    for (one, other, link) in &deployment.links {
        let pairs =
            of(one).into_iter().flat_map(|one| of(other).into_iter().map(move |other| (one.clone(), other)));
        for (one, other) in pairs.filter(|(one, other)| one != other) {
            ways.insert((one.clone().min(other.clone()), one.max(other)), *link);
        }
    }
    ways
}

/// The ways that are not plain, each at one of its two hosts: it is on both directions.
fn wanted(state: &State) -> BTreeMap<String, Links> {
    let mut wanted: BTreeMap<String, Links> = BTreeMap::new();
    let mut ways = state.links.clone();
    for (way, worse) in &state.worse {
        let link = ways.entry(way.clone()).or_default();
        *link = link.and(worse);
    }
    ways.retain(|_, link| !link.is_plain());
    for ((one, other), link) in &ways {
        let at = |name: &String| state.plugs.get(name).map(|plug| address(plug.number));
        if let (Some(from), Some(to)) = (at(one), at(other)) {
            wanted.entry(one.clone()).or_default().insert((from.min(to), from.max(to)), *link);
        }
    }
    wanted
}
