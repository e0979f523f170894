//! What the time of an `up` went to: until the hosts were there, and then the units that each waited for the one before.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use plc_run::{
    control::{Event, Status},
    deployment::{Deployment, UnitName},
};
use serde_json::{Value, json};

/// What happened when.
pub(super) struct Times {
    begun: Instant,
    /// When the first unit was begun with: the hosts were there.
    hosts: Option<Duration>,
    /// When units became ready, or done.
    ready: BTreeMap<UnitName, Duration>,
}

impl Times {
    pub(super) fn begin() -> Self {
        Self { begun: Instant::now(), hosts: None, ready: BTreeMap::new() }
    }

    pub(super) fn note(&mut self, event: &Event) {
        let Event::Unit(unit, status) = event else { return };
        let now = self.begun.elapsed();
        if !matches!(status, Status::Stopping | Status::Stopped) {
            self.hosts.get_or_insert(now);
        }
        if matches!(status, Status::Ready | Status::Done) {
            self.ready.entry(unit.clone()).or_insert(now);
        }
    }

    /// The units that nothing could have been quicker than, first to last, each with the time that it took once the one before
    /// was ready.
    fn path(&self, deployment: &Deployment) -> Vec<(&UnitName, Duration)> {
        let units = deployment.hosts.iter().flat_map(|host| &host.units);
        let after: BTreeMap<&UnitName, &[UnitName]> =
            units.map(|unit| (&unit.name, unit.after.as_slice())).collect();
        let latest = |names: &mut dyn Iterator<Item = &UnitName>| {
            names.filter_map(|name| self.ready.get_key_value(name)).max_by_key(|(_, at)| **at)
        };
        let mut path = Vec::new();
        let mut at = latest(&mut self.ready.keys());
        while let Some((unit, ready)) = at {
            let before = latest(&mut after.get(unit).copied().unwrap_or_default().iter())
                // Of what was ready already, nothing was waited for; and a path ends.
                .filter(|(_, earlier)| *earlier < ready);
            let from = before.map_or(self.hosts.unwrap_or_default(), |(_, earlier)| *earlier);
            path.push((unit, ready.saturating_sub(from)));
            at = before;
        }
        path.reverse();
        path
    }

    /// In words, where something was started: `hosts 0.08 s, db/mariadb.install 0.42 s, …`.
    pub(super) fn told(&self, deployment: &Deployment) -> Option<String> {
        let path = self.path(deployment);
        let told =
            |what: &dyn std::fmt::Display, took: Duration| format!("{what} {:.2} s", took.as_secs_f64());
        let units = path.iter().map(|(unit, took)| told(unit, *took));
        let hosts = self.hosts.map(|took| told(&"hosts", took));
        (!path.is_empty()).then(|| hosts.into_iter().chain(units).collect::<Vec<_>>().join(", "))
    }

    /// The same for programs, in seconds.
    pub(super) fn as_json(&self, deployment: &Deployment) -> Value {
        let path = self.path(deployment);
        let units = path
            .iter()
            .map(|(unit, took)| json!({ "unit": unit.to_string(), "seconds": took.as_secs_f64() }));
        json!({ "hosts": self.hosts.map(|took| took.as_secs_f64()), "path": units.collect::<Vec<_>>() })
    }
}

#[cfg(test)]
mod tests {
    use plc_run::deployment::{Host, Unit, UnitKind};
    use plc_store::{DerivationHash, TreeDigest};

    use super::*;

    fn name(unit: &str) -> UnitName {
        UnitName { host: "h".into(), instance: unit.into(), unit: unit.into() }
    }

    fn unit(unit: &str, after: &[&str]) -> Unit {
        Unit {
            name: name(unit),
            kind: UnitKind::Job { once_for: None },
            exec: Vec::new(),
            user: "root".into(),
            environment: BTreeMap::new(),
            after: after.iter().map(|other| name(other)).collect(),
        }
    }

    #[test]
    fn the_path_is_of_what_each_waited_for() {
        let host = Host {
            name: "h".into(),
            of: "h".into(),
            address: "h.e.internal".into(),
            root: TreeDigest::from_bytes([1; 32]),
            layers: Vec::new(),
            memory: None,
            cpus: None,
            machine: None,
            states: Vec::new(),
            live: Vec::new(),
            secrets: Vec::new(),
            units: vec![
                unit("tables", &[]),
                unit("db", &["tables"]),
                unit("quick", &[]),
                unit("web", &["db", "quick"]),
            ],
        };
        let deployment = Deployment {
            title: "e@p".into(),
            derivation: DerivationHash::from_bytes([2; 32]),
            hosts: vec![host],
            exposed: Vec::new(),
            links: Vec::new(),
        };
        let at = Duration::from_millis;
        let ready = [("tables", at(500)), ("quick", at(200)), ("db", at(800)), ("web", at(810))];
        let mut times = Times::begin();
        assert_eq!(times.told(&deployment), None);
        times.hosts = Some(at(100));
        times.ready = ready.iter().map(|(unit, at)| (name(unit), *at)).collect();
        assert_eq!(
            times.told(&deployment).as_deref(),
            Some("hosts 0.10 s, h/tables 0.40 s, h/db 0.30 s, h/web 0.01 s")
        );
        // What was ready before is not in it.
        times.ready.remove(&name("tables"));
        times.ready.remove(&name("db"));
        assert_eq!(times.told(&deployment).as_deref(), Some("hosts 0.10 s, h/quick 0.10 s, h/web 0.61 s"));
    }
}
