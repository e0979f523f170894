//! What a deployment changes in what runs, host by host.

use std::collections::BTreeMap;

use crate::{
    deployment::{Deployment, Host, Unit},
    link::Link,
};

/// What becomes of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Starts(String),
    /// It runs on as it is.
    Stays(String),
    /// It is replaced.
    Restarts {
        /// Which.
        host: String,
        /// Whether its root file system is another.
        root: bool,
        /// What else is, in words.
        reasons: Vec<String>,
    },
    /// There is none any more.
    Stops(String),
}

impl Change {
    /// The host's name.
    #[must_use]
    pub fn host(&self) -> &str {
        match self {
            Self::Starts(host) | Self::Stays(host) | Self::Stops(host) | Self::Restarts { host, .. } => host,
        }
    }
}

/// What changes from one deployment to the next, in the order of the hosts.
#[must_use]
pub fn changes(before: Option<&Deployment>, after: &Deployment) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for host in &after.hosts {
        changes.push(match before.and_then(|before| before.host(&host.name)) {
            None => Change::Starts(host.name.clone()),
            Some(old) => compare(old, host),
        });
    }
    let gone = before.iter().flat_map(|before| &before.hosts).filter(|old| after.host(&old.name).is_none());
    changes.extend(gone.map(|old| Change::Stops(old.name.clone())));
    changes
}

/// Whether it is a job of which nothing is another but what it is run for.
fn is_run_again(old: &Unit, new: &Unit) -> bool {
    old.is_job()
        && new.is_job()
        && old.kind != new.kind
        && Unit { kind: new.kind.clone(), ..old.clone() } == *new
}

/// What changes of the links, in words, by the names of hosts as declared.
#[must_use]
pub fn link_changes(before: Option<&Deployment>, after: &Deployment) -> Vec<String> {
    // Of what is new, the hosts are told.
    let Some(before) = before else { return Vec::new() };
    let (before, after) = (links(before), links(after));
    let mut ways: Vec<&(&str, &str)> = before.keys().chain(after.keys()).collect();
    ways.sort();
    ways.dedup();
    let changed = ways.into_iter().filter_map(|way| {
        let (old, new) = (before.get(way), after.get(way));
        let (one, other, _) = new.or(old)?;
        let link = |of: Option<&(&str, &str, Link)>| of.map(|(.., link)| *link).unwrap_or_default();
        let parts = link(old).changes(&link(new));
        (!parts.is_empty()).then(|| format!("link {one} {other}: {}", parts.join(", ")))
    });
    changed.collect()
}

/// By their ends in a certain order, and as they are declared.
type Links<'a> = BTreeMap<(&'a str, &'a str), (&'a str, &'a str, Link)>;

fn links(deployment: &Deployment) -> Links<'_> {
    let links = deployment.links.iter().map(|(one, other, link)| (one.as_str(), other.as_str(), *link));
    links.map(|link| ((link.0.min(link.1), link.0.max(link.1)), link)).collect()
}

fn compare(old: &Host, new: &Host) -> Change {
    let mut reasons = Vec::new();
    for unit in &new.units {
        match old.units.iter().find(|other| other.name == unit.name) {
            None => reasons.push(format!("{} is new", unit.name.short())),
            Some(other) if is_run_again(other, unit) => reasons.push(format!("{} is run", unit.name.short())),
            // Only what it is itself: whom it waits for at the start changes nothing once it runs.
            Some(other)
                if (&other.kind, &other.exec, &other.user, &other.environment)
                    != (&unit.kind, &unit.exec, &unit.user, &unit.environment) =>
            {
                reasons.push(format!("{} is started otherwise", unit.name.short()));
            }
            Some(_) => {}
        }
    }
    let gone = old.units.iter().filter(|unit| new.units.iter().all(|other| other.name != unit.name));
    reasons.extend(gone.map(|unit| format!("{} is gone", unit.name.short())));
    if old.secrets != new.secrets {
        reasons.push("which secrets it is given".into());
    }
    if old.states != new.states {
        reasons.push("its state directories".into());
    }
    let others = new.live.iter().filter(|live| !old.live.contains(live));
    reasons.extend(others.map(|live| format!("{} is {}", live.path, live.from.display())));
    let gone = old.live.iter().filter(|live| new.live.iter().all(|other| other.path != live.path));
    reasons.extend(gone.map(|live| format!("{} is no longer {}", live.path, live.from.display())));
    if (old.memory, old.cpus) != (new.memory, new.cpus) {
        reasons.push("its memory or processors".into());
    }
    match (&old.machine, &new.machine) {
        (None, Some(_)) => reasons.push("it becomes a virtual machine".into()),
        (Some(_), None) => reasons.push("it becomes a container".into()),
        (Some(old), Some(new)) if old.kernel != new.kernel || old.modules != new.modules => {
            reasons.push("its kernel".into());
        }
        // How large its disk is says something of one that is made; this one has its own.
        _ => {}
    }
    if old.address != new.address {
        reasons.push("its name".into());
    }
    let root = old.root != new.root;
    if root || !reasons.is_empty() {
        Change::Restarts { host: new.name.clone(), root, reasons }
    } else {
        Change::Stays(new.name.clone())
    }
}
