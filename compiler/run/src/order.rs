//! From a topology to what runs where, and what is started after what.
//!
//! A unit is started once what its instance requires is ready: the services of the instances that its connections lead to, of
//! all replicas, or on the same host of the same one. An instance that has no service runs in the processes of the others on
//! its host, so that these wait for what it requires. Where that goes round in a circle, what is declared first does not wait.

use std::collections::BTreeMap;

use petgraph::{
    algo::has_path_connecting,
    graph::{DiGraph, NodeIndex},
};
use plc_lang::{
    source::Span,
    topology::{self, Instance, SecretFile, StateDirectory, Topology},
};
use plc_store::{DerivationHash, TreeDigest};

use crate::deployment::{Deployment, Exposed, Host, Unit, UnitKind, UnitName};
use crate::link::Link;

/// What ends a service that says nothing of it.
const STOP_SIGNAL: &str = "SIGTERM";

/// The name of one replica of a host.
fn replica_name(host: &topology::Host, replica: usize) -> String {
    // As in its address, which has the number only where there may be several.
    let address = host.addresses.get(replica).map_or("", String::as_str);
    let own = address.split('.').next().unwrap_or_default();
    let number = own.rsplit_once('-').and_then(|(_, number)| number.parse::<usize>().ok());
    let plain = host.name.replace('_', "-");
    if own == plain || number.is_none() {
        host.name.clone()
    } else {
        format!("{}-{}", host.name, replica + 1)
    }
}

/// What a topology comes to when it runs. Root file systems are those of its hosts, in the order of declaration, without the
/// directories that they are laid out in.
#[must_use]
pub fn deployment(
    topology: &Topology,
    title: String,
    derivation: DerivationHash,
    roots: &[TreeDigest],
) -> Deployment {
    let links = topology.links.iter().map(link).collect();
    let mut deployment = Deployment { title, derivation, hosts: Vec::new(), exposed: Vec::new(), links };
    for (host, root) in topology.hosts.iter().zip(roots) {
        for (replica, address) in host.addresses.iter().enumerate() {
            let name = replica_name(host, replica);
            for exposed in &host.exposes {
                deployment.exposed.extend(expose(topology, exposed, &name));
            }
            deployment.hosts.push(Host {
                of: host.name.clone(),
                address: address.clone(),
                root: *root,
                layers: Vec::new(),
                memory: host.memory,
                cpus: host.cpus,
                machine: None,
                states: host.instances.iter().flat_map(states).collect(),
                live: Vec::new(),
                secrets: host.instances.iter().flat_map(secrets).collect(),
                units: host
                    .instances
                    .iter()
                    .flat_map(|instance| units(&name, instance, replica == 0))
                    .collect(),
                name,
            });
        }
    }
    order(topology, &mut deployment);
    deployment
}

fn link(declared: &topology::Link) -> (String, String, Link) {
    let link = Link {
        delay: declared.latency.unwrap_or(0),
        jitter: declared.jitter.unwrap_or(0),
        loss: declared.loss.unwrap_or(0),
        rate: declared.bandwidth,
    };
    (declared.one.clone(), declared.other.clone(), link)
}

/// Its directories, wherever they are declared: what a message has taken elsewhere does not know it either.
fn states(instance: &Instance) -> impl Iterator<Item = StateDirectory> {
    instance.states.iter().map(|state| StateDirectory { span: Span::default(), ..state.clone() })
}

fn secrets(instance: &Instance) -> impl Iterator<Item = SecretFile> {
    instance.secrets.iter().map(|secret| SecretFile { span: Span::default(), ..secret.clone() })
}

fn expose(topology: &Topology, exposed: &topology::EndpointRef, host: &str) -> Option<Exposed> {
    let instance = instance(topology, &exposed.host, &exposed.instance)?;
    let endpoint = instance.provides.iter().find(|endpoint| endpoint.name == exposed.endpoint)?;
    Some(Exposed {
        endpoint: exposed.clone(),
        host: host.to_owned(),
        port: endpoint.port,
        protocol: endpoint.protocol.clone(),
    })
}

fn instance<'a>(topology: &'a Topology, host: &str, instance: &str) -> Option<&'a Instance> {
    let host = topology.hosts.iter().find(|other| other.name == host)?;
    host.instances.iter().find(|other| other.name == instance)
}

/// The units of an instance, its jobs first. Those that are shared are the first replica's.
fn units(host: &str, instance: &Instance, is_first: bool) -> Vec<Unit> {
    let name = |unit: &str| UnitName {
        host: host.to_owned(),
        instance: instance.name.clone(),
        unit: unit.to_owned(),
    };
    let jobs = instance.jobs.iter().filter(|job| is_first || !job.shared).map(|job| Unit {
        name: name(&job.name),
        kind: UnitKind::Job { once_for: job.once_for.clone() },
        exec: job.exec.clone(),
        user: job.user.clone(),
        environment: job.environment.iter().cloned().collect(),
        after: Vec::new(),
    });
    let services = instance.services.iter().map(|service| Unit {
        name: name(&service.name),
        kind: UnitKind::Service {
            ready: service.ready.clone(),
            health: service.health.clone(),
            ports: instance.provides.iter().map(|endpoint| endpoint.port).collect(),
            stop_signal: service.stop_signal.clone().unwrap_or_else(|| STOP_SIGNAL.to_owned()),
        },
        exec: service.exec.clone(),
        user: service.user.clone(),
        environment: service.environment.iter().cloned().collect(),
        after: Vec::new(),
    });
    jobs.chain(services).collect()
}

/// Fills in what each unit is started after.
fn order(topology: &Topology, deployment: &mut Deployment) {
    let mut graph = DiGraph::<(usize, usize), ()>::new();
    let mut nodes: BTreeMap<UnitName, NodeIndex> = BTreeMap::new();
    for (at, host) in deployment.hosts.iter().enumerate() {
        for (unit_at, unit) in host.units.iter().enumerate() {
            nodes.insert(unit.name.clone(), graph.add_node((at, unit_at)));
        }
    }
    let mut wanted: Vec<(UnitName, UnitName)> = Vec::new();
    for host in &deployment.hosts {
        let Some(declared) = topology.hosts.iter().find(|declared| declared.name == host.of) else {
            continue;
        };
        for instance in &declared.instances {
            within_instance(host, instance, &mut wanted);
            let own = of_instance(host, &instance.name);
            let shared = shared_jobs(deployment, host, instance);
            let waiting: Vec<&UnitName> = if instance.services.is_empty() {
                let others = host.units.iter().filter(|unit| unit.name.instance != instance.name);
                let services = others.filter(|unit| !unit.is_job());
                let carrying: Vec<_> = services.map(|unit| &unit.name).collect();
                for unit in &carrying {
                    wanted.extend(own.iter().map(|job| ((*unit).clone(), (*job).clone())));
                }
                own.into_iter().chain(carrying).collect()
            } else {
                own
            };
            let ends = required(deployment, host, instance).into_iter().chain(shared);
            for end in ends {
                wanted.extend(waiting.iter().map(|unit| ((*unit).clone(), end.clone())));
            }
        }
    }
    for (unit, before) in wanted {
        let (Some(of), Some(end)) = (nodes.get(&unit), nodes.get(&before)) else { continue };
        // An edge leads from what comes first.
        if of == end || graph.contains_edge(*end, *of) || has_path_connecting(&graph, *of, *end, None) {
            continue;
        }
        graph.add_edge(*end, *of, ());
        let (host, unit) = graph[*of];
        deployment.hosts[host].units[unit].after.push(before);
    }
    for unit in deployment.hosts.iter_mut().flat_map(|host| &mut host.units) {
        unit.after.sort();
    }
}

/// Jobs come one after the other, and before the services.
fn within_instance(host: &Host, instance: &Instance, wanted: &mut Vec<(UnitName, UnitName)>) {
    let mut jobs: Vec<&UnitName> = Vec::new();
    for unit in host.units.iter().filter(|unit| unit.name.instance == instance.name) {
        wanted.extend(jobs.iter().map(|job| (unit.name.clone(), (*job).clone())));
        if unit.is_job() {
            jobs.push(&unit.name);
        }
    }
}

/// The jobs that the first replica runs for this one too.
fn shared_jobs<'a>(deployment: &'a Deployment, host: &Host, instance: &Instance) -> Vec<&'a UnitName> {
    let Some(first) = deployment.hosts.iter().find(|other| other.of == host.of) else { return Vec::new() };
    if first.name == host.name {
        return Vec::new();
    }
    let is_shared = |name: &&UnitName| instance.jobs.iter().any(|job| job.shared && job.name == name.unit);
    of_instance(first, &instance.name).into_iter().filter(is_shared).collect()
}

fn of_instance<'a>(host: &'a Host, instance: &str) -> Vec<&'a UnitName> {
    host.units.iter().map(|unit| &unit.name).filter(|name| name.instance == instance).collect()
}

/// The units that an instance's connections lead to.
fn required<'a>(deployment: &'a Deployment, host: &'a Host, instance: &Instance) -> Vec<&'a UnitName> {
    let ends = instance.requires.iter().flat_map(|connection| &connection.to);
    let mut units = Vec::new();
    for end in ends {
        let hosts = deployment
            .hosts
            .iter()
            .filter(|other| if end.host == host.of { other.name == host.name } else { other.of == end.host });
        units.extend(hosts.flat_map(|other| of_instance(other, &end.instance)));
    }
    units
}

/// The units of some hosts, each after those that it is started after.
#[must_use]
pub fn sequence<'a>(hosts: impl IntoIterator<Item = &'a Host>) -> Vec<&'a Unit> {
    let mut units: BTreeMap<&UnitName, (usize, &Unit)> = BTreeMap::new();
    for unit in hosts.into_iter().flat_map(|host| &host.units) {
        units.insert(&unit.name, (units.len(), unit));
    }
    let mut declared: Vec<&Unit> = units.values().map(|(_, unit)| *unit).collect();
    declared.sort_by_key(|unit| units[&unit.name].0);
    let mut sequence: Vec<&Unit> = Vec::with_capacity(declared.len());
    let mut placed: std::collections::BTreeSet<&UnitName> = std::collections::BTreeSet::new();
    // There are no circles, so each round places at least one.
    while sequence.len() < declared.len() {
        let before = sequence.len();
        for unit in &declared {
            let waits = |name: &&UnitName| units.contains_key(*name) && !placed.contains(*name);
            if !placed.contains(&unit.name) && !unit.after.iter().any(|name| waits(&name)) {
                placed.insert(&unit.name);
                sequence.push(unit);
            }
        }
        if sequence.len() == before {
            // A deployment of somebody else's making: the rest as it is declared.
            sequence.extend(declared.iter().filter(|unit| !placed.contains(&unit.name)));
        }
    }
    sequence
}

#[cfg(test)]
mod tests {
    use plc_lang::topology::{Connection, EndpointRef, Job, Service};

    use super::*;

    fn instance(name: &str, services: &[&str], jobs: &[(&str, bool)], requires: &[(&str, &str)]) -> Instance {
        Instance {
            name: name.into(),
            services: services.iter().map(|name| service(name)).collect(),
            jobs: jobs.iter().map(|(name, shared)| job(name, *shared)).collect(),
            requires: requires.iter().map(|(host, instance)| connection(host, instance)).collect(),
            ..Instance::default()
        }
    }

    fn service(name: &str) -> Service {
        Service {
            name: name.into(),
            exec: vec!["/bin/x".into()],
            user: "root".into(),
            environment: Vec::new(),
            ready: None,
            health: None,
            stop_signal: None,
        }
    }

    fn job(name: &str, shared: bool) -> Job {
        Job {
            name: name.into(),
            exec: vec!["/bin/x".into()],
            user: "root".into(),
            environment: Vec::new(),
            shared,
            once_for: None,
        }
    }

    fn connection(host: &str, instance: &str) -> Connection {
        let to = EndpointRef { host: host.into(), instance: instance.into(), endpoint: "e".into() };
        Connection { name: "c".into(), protocol: "Tcp".into(), to: vec![to] }
    }

    fn host(name: &str, addresses: &[&str], instances: Vec<Instance>) -> topology::Host {
        topology::Host {
            name: name.into(),
            replicas: addresses.len() as u64,
            addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
            instances,
            ..topology::Host::default()
        }
    }

    fn deployed(hosts: Vec<topology::Host>) -> Deployment {
        let roots = vec![TreeDigest::from_bytes([1; 32]); hosts.len()];
        let topology = Topology { hosts, ..Topology::default() };
        deployment(&topology, "e@p".into(), DerivationHash::from_bytes([2; 32]), &roots)
    }

    fn told(deployment: &Deployment) -> Vec<String> {
        let units = sequence(&deployment.hosts).into_iter();
        units
            .map(|unit| {
                let after: Vec<_> = unit.after.iter().map(ToString::to_string).collect();
                format!("{} after {}", unit.name, after.join(" "))
            })
            .collect()
    }

    #[test]
    fn what_is_required_is_started_before_on_all_replicas() {
        let deployment = deployed(vec![
            host("edge", &["edge.e.internal"], vec![instance("lb", &["lb"], &[], &[("app", "web")])]),
            host(
                "app",
                &["app-1.e.internal", "app-2.e.internal"],
                vec![
                    instance("web", &["httpd"], &[], &[("app", "fpm")]),
                    instance("fpm", &["fpm"], &[], &[]),
                ],
            ),
        ]);
        assert_eq!(
            told(&deployment),
            [
                "app-1/fpm after ",
                "app-2/fpm after ",
                "app-1/web.httpd after app-1/fpm",
                "app-2/web.httpd after app-2/fpm",
                "edge/lb after app-1/web.httpd app-2/web.httpd",
            ]
        );
    }

    #[test]
    fn jobs_come_before_services_and_shared_ones_once() {
        let site = instance("site", &[], &[("install", true), ("cache", false)], &[("db", "sql")]);
        let deployment = deployed(vec![
            host(
                "app",
                &["app-1.e.internal", "app-2.e.internal"],
                vec![site, instance("web", &["web"], &[], &[])],
            ),
            host("db", &["db.e.internal"], vec![instance("sql", &["sql"], &[("init", false)], &[])]),
        ]);
        assert_eq!(
            told(&deployment),
            [
                "db/sql.init after ",
                "db/sql after db/sql.init",
                "app-1/site.install after db/sql.init db/sql",
                "app-1/site.cache after app-1/site.install db/sql.init db/sql",
                "app-1/web after app-1/site.cache app-1/site.install db/sql.init db/sql",
                "app-2/site.cache after app-1/site.install db/sql.init db/sql",
                "app-2/web after app-1/site.install app-2/site.cache db/sql.init db/sql",
            ]
        );
    }

    #[test]
    fn a_circle_begins_with_what_is_declared_first() {
        let deployment = deployed(vec![
            host("a", &["a.e.internal"], vec![instance("x", &["x"], &[], &[("b", "y")])]),
            host("b", &["b.e.internal"], vec![instance("y", &["y"], &[], &[("a", "x")])]),
        ]);
        assert_eq!(told(&deployment), ["b/y after ", "a/x after b/y"]);
    }

    #[test]
    fn replicas_are_named_as_in_their_addresses() {
        let deployment = deployed(vec![
            host("web_1", &["web-1.e.internal"], vec![]),
            host("app", &["app-1.e.internal"], vec![]),
        ]);
        let names: Vec<_> = deployment.hosts.iter().map(|host| host.name.as_str()).collect();
        assert_eq!(names, ["web_1", "app-1"]);
    }
}
