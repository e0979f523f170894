//! How production-like a profile is: every difference from another profile, classed, with its reason.
//!
//! Two profiles of one description differ in capacities by the rules of the language. What else differs is declared:
//! a double, an absence or a deviation, each with its reason. What is left over, of a variant or of a setting on the
//! command line, is unexplained.

use std::collections::BTreeMap;

use plc_lang::source::Span;
use plc_lang::topology::{Exception, ExceptionKind, Host, Instance, Parameter, Topology};
use plc_lang::written_size;
use plc_store::IdentityHash;
use serde::Serialize;

use crate::identity::bare;

/// One side of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The topology.
    pub topology: &'a Topology,
    /// Its identity form.
    pub form: &'a Topology,
    /// The identity form without the declared differences.
    pub plain: &'a Topology,
    /// The identity hash.
    pub identity: IdentityHash,
}

/// What is different, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fidelity {
    /// The profile that is judged.
    pub profile: String,
    /// What it is judged against.
    pub against: String,
    /// Its identity hash.
    pub identity: IdentityHash,
    /// The identity hash of the other one.
    pub against_identity: IdentityHash,
    /// Every difference, sorted by class, then path.
    pub differences: Vec<Difference>,
    /// What cannot be seen here, and can be there.
    pub cliffs: Vec<CliffReached>,
}

/// The classes of differences, in the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Something that nobody gives a reason for.
    Unexplained,
    /// Another component stands in.
    Double,
    /// Something is not there.
    Absence,
    /// A parameter has another value.
    Deviation,
    /// There is more or less of something.
    Capacity,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its class.
    pub class: Class,
    /// What differs: `db.mariadb.buffer_pool`.
    pub path: String,
    /// What it is here; none where it is not there.
    pub here: Option<String>,
    /// What it is there.
    pub there: Option<String>,
    /// The reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// The last day on which the description compiles with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The profile or variant that declares it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_by: Option<String>,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Option<Span>,
}

/// Something that cannot be seen here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CliffReached {
    /// The instance: `db.mariadb`.
    pub path: String,
    /// What cannot be seen.
    pub text: String,
    /// Where its component declares it.
    #[serde(skip)]
    pub span: Span,
}

impl Class {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unexplained => "unexplained",
            Self::Double => "double",
            Self::Absence => "absence",
            Self::Deviation => "deviation",
            Self::Capacity => "capacity",
        }
    }
}

impl Fidelity {
    /// Whether nothing but capacities differs, and everything else has its reason.
    pub fn is_explained(&self) -> bool {
        self.differences.iter().all(|difference| difference.class != Class::Unexplained)
    }

    /// How many differences are of a class.
    pub fn count(&self, class: Class) -> usize {
        self.differences.iter().filter(|difference| difference.class == class).count()
    }
}

/// Compares a profile with another.
pub fn fidelity(here: Side<'_>, there: Side<'_>) -> Fidelity {
    let mut differences = declared(here.topology, there.topology);
    differences.extend(capacities(here.topology, there.topology));
    differences.extend(unexplained(here, there));
    differences.sort_by(|a, b| (a.class, &a.path).cmp(&(b.class, &b.path)));
    Fidelity {
        profile: here.topology.profile.clone(),
        against: there.topology.profile.clone(),
        identity: here.identity,
        against_identity: there.identity,
        differences,
        cliffs: cliffs(here.topology, there.topology),
    }
}

/// Differences that one side declares, and the other does not in the same way.
fn declared(here: &Topology, there: &Topology) -> Vec<Difference> {
    let known = |exceptions: &[Exception], one: &Exception| {
        exceptions
            .iter()
            .any(|other| (other.kind, &other.path, &other.with) == (one.kind, &one.path, &one.with))
    };
    let mut found = Vec::new();
    for exception in here.exceptions.iter().filter(|e| !known(&there.exceptions, e)) {
        found.push(of_exception(exception, there, true));
    }
    for exception in there.exceptions.iter().filter(|e| !known(&here.exceptions, e)) {
        // Where both say something of one path, what is said here has told it.
        if !here.exceptions.iter().any(|e| e.path == exception.path) {
            found.push(of_exception(exception, here, false));
        }
    }
    found
}

fn of_exception(exception: &Exception, other: &Topology, is_here: bool) -> Difference {
    let class = match exception.kind {
        ExceptionKind::Double => Class::Double,
        ExceptionKind::Absent => Class::Absence,
        ExceptionKind::Deviation => Class::Deviation,
    };
    let own = exception.with.clone();
    let instead = what_is(other, &exception.path);
    let (here, there) = if is_here { (own, instead) } else { (instead, own) };
    Difference {
        class,
        path: exception.path.clone(),
        here,
        there,
        because: Some(exception.because.clone()),
        until: exception.until.clone(),
        declared_by: Some(exception.declared_by.clone()),
        span: Some(exception.span),
    }
}

/// What stands at a path of a topology: a host's components, an instance's component, a parameter's value.
fn what_is(topology: &Topology, path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('.').collect();
    let parameter = |parameters: &[Parameter], name: &str| {
        parameters.iter().find(|p| p.name == name).map(|p| p.value.clone())
    };
    match parts.as_slice() {
        [name] => match topology.hosts.iter().find(|h| h.name == *name) {
            Some(host) => {
                let components: Vec<&str> = host.instances.iter().map(|i| &*i.component).collect();
                Some(components.join(", "))
            }
            None => parameter(&topology.parameters, name),
        },
        [host, rest @ ..] => {
            let host = topology.hosts.iter().find(|h| h.name == *host)?;
            match rest {
                ["base"] => Some(host.archive.clone()),
                [instance] => Some(find_instance(host, instance)?.component.clone()),
                [instance, "from"] => {
                    let instance = find_instance(host, instance)?;
                    Some(instance.from.clone().unwrap_or_else(|| host.archive.clone()))
                }
                [instance, name] => parameter(&find_instance(host, instance)?.parameters, name),
                _ => None,
            }
        }
        [] => None,
    }
}

fn find_instance<'a>(host: &'a Host, name: &str) -> Option<&'a Instance> {
    host.instances.iter().find(|instance| instance.name == name)
}

/// How much there is of everything, by path.
fn amounts(topology: &Topology) -> BTreeMap<String, String> {
    let mut amounts = BTreeMap::new();
    let capacities = |parameters: &[Parameter]| -> Vec<(String, String)> {
        let own = parameters.iter().filter(|p| p.capacity);
        own.map(|p| (p.name.clone(), p.value.clone())).collect()
    };
    amounts.extend(capacities(&topology.parameters));
    for link in &topology.links {
        let own = [
            ("latency", link.latency.map(|n| format!("{n}ms"))),
            ("jitter", link.jitter.map(|n| format!("{n}ms"))),
            ("bandwidth", link.bandwidth.map(|n| format!("{}/s", written_size(n)))),
            ("loss", link.loss.map(|n| format!("{}%", f64::from(n) / 10_000.0))),
        ];
        let path = |name: &str| format!("link {} {}.{name}", link.one, link.other);
        amounts.extend(own.into_iter().filter_map(|(name, value)| Some((path(name), value?))));
    }
    for host in &topology.hosts {
        amounts.insert(format!("{}.replicas", host.name), host.replicas.to_string());
        let own = [
            ("memory", host.memory.map(written_size)),
            ("cpus", host.cpus.map(|n| n.to_string())),
            ("disk", host.disk.map(written_size)),
            ("kernel", host.kernel.clone()),
            ("kind", host.kernel.as_ref().map(|_| "vm".to_owned())),
        ];
        let said =
            own.into_iter().filter_map(|(name, value)| Some((format!("{}.{name}", host.name), value?)));
        amounts.extend(said);
        for instance in &host.instances {
            let path = |(name, value)| (format!("{}.{}.{name}", host.name, instance.name), value);
            amounts.extend(capacities(&instance.parameters).into_iter().map(path));
        }
    }
    amounts
}

fn capacities(here: &Topology, there: &Topology) -> Vec<Difference> {
    let (one, other) = (amounts(here), amounts(there));
    let mut paths: Vec<&String> = one.keys().chain(other.keys()).collect();
    paths.sort();
    paths.dedup();
    let excepted = |path: &str| {
        let all = here.exceptions.iter().chain(&there.exceptions);
        let mut whole = all.filter(|e| e.kind != ExceptionKind::Deviation);
        whole.any(|e| path.strip_prefix(&*e.path).is_some_and(|rest| rest.starts_with('.')))
    };
    let differing = paths.into_iter().filter(|path| one.get(*path) != other.get(*path) && !excepted(path));
    differing
        .map(|path| Difference {
            class: Class::Capacity,
            path: path.clone(),
            here: one.get(path).cloned(),
            there: other.get(path).cloned(),
            because: None,
            until: None,
            declared_by: None,
            span: None,
        })
        .collect()
}

/// What differs of the identities even where no declared difference counts.
fn unexplained(here: Side<'_>, there: Side<'_>) -> Vec<Difference> {
    let (one, other) = (parts(here.plain), parts(there.plain));
    let mut paths: Vec<&String> = one.keys().chain(other.keys()).collect();
    paths.sort();
    paths.dedup();
    let differing: Vec<&String> =
        paths.into_iter().filter(|path| one.get(*path) != other.get(*path)).collect();
    let all = differing.iter().map(|path| Difference {
        class: Class::Unexplained,
        path: (*path).clone(),
        here: one.get(*path).cloned(),
        there: other.get(*path).cloned(),
        because: None,
        until: None,
        declared_by: None,
        span: None,
    });
    all.collect()
}

/// What an identity form consists of, by path, each part small enough to be shown.
fn parts(form: &Topology) -> BTreeMap<String, String> {
    let form = bare(form);
    let mut parts = BTreeMap::new();
    for archive in &form.archives {
        let text = format!("{} {}", archive.suites.join(", "), archive.components.join(", "));
        parts.insert(format!("archive {}", archive.name), format!("{text} ({})", archive.signed_by));
    }
    for pin in &form.pins {
        let text = [pin.version.clone(), pin.from.as_ref().map(|from| format!("from {from}"))];
        let text: Vec<String> = text.into_iter().flatten().collect();
        parts.insert(format!("package {}", pin.package), text.join(" "));
    }
    parts.extend(form.parameters.iter().map(|p| (p.name.clone(), p.value.clone())));
    for host in &form.hosts {
        parts.insert(format!("{}.base", host.name), host.archive.clone());
        for instance in &host.instances {
            of_instance(&host.name, instance, &mut parts);
        }
    }
    parts
}

fn asked_for(instance: &Instance, package: &String) -> String {
    let with = if instance.recommends.contains(package) { " with what it recommends" } else { "" };
    format!("asked for{with}")
}

fn of_instance(host: &str, instance: &Instance, parts: &mut BTreeMap<String, String>) {
    let path = format!("{host}.{}", instance.name);
    parts.insert(path.clone(), instance.component.clone());
    parts.insert(
        format!("{path}.from"),
        instance.from.clone().unwrap_or_else(|| "the host's archive".to_owned()),
    );
    parts.extend(instance.parameters.iter().map(|p| (format!("{path}.{}", p.name), p.value.clone())));
    parts.extend(
        instance.packages.iter().map(|name| (format!("{path} package {name}"), asked_for(instance, name))),
    );
    parts.extend(instance.answers.iter().map(|a| (format!("{path} answer {}", a.question), a.value.clone())));
    for file in &instance.files {
        for (number, line) in file.content.lines().enumerate() {
            parts.insert(format!("{path} {}:{}", file.path, number + 1), line.to_owned());
        }
        let owner = format!("{}:{} {:04o}", file.user, file.group, file.mode);
        let link = file.link.as_ref().map(|to| format!(" → {to}")).unwrap_or_default();
        parts.insert(format!("{path} {}", file.path), owner + &link);
    }
    for connection in &instance.requires {
        let to: Vec<String> =
            connection.to.iter().map(|to| format!("{}.{}.{}", to.host, to.instance, to.endpoint)).collect();
        parts.insert(format!("{path} requires {}", connection.name), to.join(", "));
    }
    let json = |value: serde_json::Result<String>| value.unwrap_or_default();
    let rest = (&instance.provides, &instance.states, &instance.services, &instance.jobs, &instance.checks);
    parts.insert(format!("{path} services"), json(serde_json::to_string(&rest)));
    let rest = (&instance.trees, &instance.secrets);
    parts.insert(format!("{path} trees and secrets"), json(serde_json::to_string(&rest)));
}

/// Cliffs that are reached here and not there.
fn cliffs(here: &Topology, there: &Topology) -> Vec<CliffReached> {
    let reached_there = |host: &Host, instance: &Instance, text: &str| {
        let other = there.hosts.iter().find(|h| h.name == host.name);
        let other = other.and_then(|h| find_instance(h, &instance.name));
        other.is_none_or(|i| i.cliffs.iter().any(|cliff| cliff.text == text && cliff.reached))
    };
    let mut found = Vec::new();
    for host in &here.hosts {
        for instance in &host.instances {
            for cliff in instance.cliffs.iter().filter(|cliff| cliff.reached) {
                if !reached_there(host, instance, &cliff.text) {
                    let path = format!("{}.{}", host.name, instance.name);
                    found.push(CliffReached { path, text: cliff.text.clone(), span: cliff.span });
                }
            }
        }
    }
    found
}
