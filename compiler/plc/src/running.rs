//! Environments that run, or ran, on this machine: which one is meant, and how to reach it.

use std::{collections::BTreeMap, path::PathBuf};

use plc_build::sandbox::Sandbox;
use plc_run::{
    client::{Client, ClientError},
    control::{Event, Failure, Report, Request, Status},
    deployment::{Deployment, Unit, UnitName},
    place::{Held, Place},
};
use plc_store::Store;
use serde::{Deserialize, Serialize};

use crate::{
    Global,
    exit::CliError,
    machine::{self, Machine},
    render::Terminal,
};

/// Which environment.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Which {
    /// The environment's name, as `plc ps` shows it; may be left out where only one is up
    #[arg(short, long, value_name = "NAME")]
    environment: Option<String>,
}

/// What an environment is of.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Origin {
    /// The description, absolute.
    pub(crate) description: PathBuf,
    /// Where its secrets come from, by name; those that are made up are not among them.
    #[serde(default)]
    pub(crate) secrets: BTreeMap<String, String>,
}

impl Origin {
    pub(crate) const FILE: &str = "origin.json";
}

/// An environment and its keeper.
pub(crate) struct Running {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) client: Client,
}

impl Which {
    /// The environment that is meant, which is up.
    ///
    /// # Errors
    /// There is none, or no telling which.
    pub(crate) fn running(&self, global: &Global) -> Result<Running, CliError> {
        let machine = Machine::open_to_read(global)?;
        let (name, place) = self.place(&machine.store, |place| is_up(place).unwrap_or(true))?;
        match Client::connect(&place).map_err(|error| client_error(&error))? {
            Some(client) => Ok(Running { name, place, client }),
            None => Err(CliError::user(format!("`{name}` is not up")).help("bring it up with `plc up`")),
        }
    }

    /// The environment that is meant; where none is named, the only one that suits.
    ///
    /// # Errors
    /// There is none, or no telling which.
    pub(crate) fn place(
        &self,
        store: &Store,
        suits: impl Fn(&Place) -> bool,
    ) -> Result<(String, Place), CliError> {
        let all = Place::all(&store.environments());
        if let Some(name) = &self.environment {
            let named = all.iter().find(|(other, _)| other == name);
            return named.cloned().ok_or_else(|| {
                let error = CliError::user(format!("there is no environment `{name}`"));
                error.help_if((!all.is_empty()).then(|| format!("there are {}", list(&all))))
            });
        }
        let mut suiting: Vec<_> = all.iter().filter(|(_, place)| suits(place)).cloned().collect();
        match (suiting.len(), suiting.pop()) {
            (1, Some(only)) => Ok(only),
            (0, _) => Err(CliError::user("no environment is up").help("bring one up with `plc up`")),
            _ => {
                let suiting: Vec<_> = all.into_iter().filter(|(_, place)| suits(place)).collect();
                Err(CliError::user("which environment?")
                    .help(format!("add `--environment NAME`, one of {}", list(&suiting))))
            }
        }
    }
}

fn list(all: &[(String, Place)]) -> String {
    all.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Whether an environment has a keeper.
fn is_up(place: &Place) -> Result<bool, CliError> {
    Ok(Client::connect(place).map_err(|error| client_error(&error))?.is_some())
}

/// Takes the turn to change an environment; says so where that takes a while.
///
/// # Errors
/// The disk refuses.
pub(crate) fn turn(place: &Place, name: &str, terminal: &Terminal) -> Result<Held, CliError> {
    let mut told = false;
    loop {
        let held = place.turn().map_err(|error| {
            CliError::build(format!("cannot use {}", place.path().display())).because_of(&error)
        })?;
        if let Some(held) = held {
            return Ok(held);
        }
        if !told {
            terminal.status("Waiting", format!("for another `plc` that changes `{name}`"));
            told = true;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

/// What runs.
///
/// # Errors
/// The keeper does not say.
pub(crate) fn report(client: &Client) -> Result<Report, CliError> {
    match client.ask(&Request::Status, &[], |_| {}).map_err(|error| client_error(&error))? {
        Event::Status(report) => Ok(*report),
        _ => Err(CliError::build("the environment's keeper answers something else")),
    }
}

/// An error of a keeper as a person is told it.
pub(crate) fn client_error(error: &ClientError) -> CliError {
    let told = match error {
        ClientError::Sandbox(_) => CliError::build("this machine has no namespaces for it"),
        _ => CliError::build("the environment cannot be reached"),
    };
    told.because_of(error)
}

/// A failure with what the unit said last.
pub(crate) fn failed(failure: &Failure) -> CliError {
    let mut error = CliError::build(&failure.reason);
    if let Some(unit) = &failure.unit {
        if !failure.said.is_empty() {
            error = error.cause(format!("it said last:\n{}", failure.said.join("\n")));
        }
        error = error.help(format!("`plc logs {unit}` has all that it said"));
    }
    if failure.rolled_back {
        error = error.cause("what ran before runs again");
    }
    error
}

/// What is done, as a line for whoever watches.
pub(crate) fn tell(event: &Event, terminal: &Terminal) {
    match event {
        Event::HostStarts(host) => terminal.status("Starting", host),
        Event::HostStops(host) => terminal.status("Stopped", host),
        Event::Watches(hosts, seconds) => {
            terminal.status("Watching", format!("{} for {seconds} s", hosts.join(", ")));
        }
        Event::RollsBack(host) => terminal.status("Back", format!("{host} goes on with what it had before")),
        Event::Unit(unit, status) => match status {
            Status::Ready => terminal.status("Ready", unit),
            Status::Done => terminal.status("Done", unit),
            Status::Restarting(how) => terminal.status("Restarting", format!("{unit}: {how}")),
            Status::Stopping => terminal.status("Stopping", unit),
            _ => {}
        },
        _ => {}
    }
}

/// How a status is called.
pub(crate) fn word(status: &Status) -> String {
    match status {
        Status::Waiting => "waiting".into(),
        Status::Starting => "starting".into(),
        Status::Ready => "ready".into(),
        Status::Restarting(how) => format!("restarting: {how}"),
        Status::Stopping => "stopping".into(),
        Status::Stopped => "stopped".into(),
        Status::Done => "done".into(),
        Status::Failed(how) => format!("failed: {how}"),
    }
}

/// The units that words name: `HOST`, `HOST/INSTANCE`, `HOST/INSTANCE.SERVICE`, or an instance on all hosts; all of them where
/// there are no words.
///
/// # Errors
/// A word names nothing.
pub(crate) fn units<'a>(deployment: &'a Deployment, words: &[String]) -> Result<Vec<&'a Unit>, CliError> {
    let all = || deployment.hosts.iter().flat_map(|host| &host.units);
    if words.is_empty() {
        return Ok(all().collect());
    }
    for word in words {
        if !all().any(|unit| is_named(&unit.name, deployment, word)) {
            let hosts: Vec<_> = deployment.hosts.iter().map(|host| format!("`{}`", host.name)).collect();
            return Err(CliError::user(format!("there is no host or service `{word}`"))
                .help(format!("the hosts are {}; `plc ps` shows all services", hosts.join(", "))));
        }
    }
    Ok(all().filter(|unit| words.iter().any(|word| is_named(&unit.name, deployment, word))).collect())
}

fn is_named(unit: &UnitName, deployment: &Deployment, word: &str) -> bool {
    let of = deployment.host(&unit.host).map_or("", |host| &host.of);
    let (host, rest) = word.split_once('/').map_or((None, word), |(host, rest)| (Some(host), rest));
    let host_suits = |host: &str| host == unit.host || host == of;
    let unit_suits = |rest: &str| rest == unit.instance || rest == format!("{}.{}", unit.instance, unit.unit);
    match host {
        Some(host) => host_suits(host) && unit_suits(rest),
        None => host_suits(rest) || unit_suits(rest),
    }
}

/// The host that a word names; of a host with replicas, the first.
///
/// # Errors
/// There is none.
pub(crate) fn host(running: &Running, wanted: &str) -> Result<String, CliError> {
    Ok(hosts(running, wanted)?.swap_remove(0))
}

/// The names of the hosts that a word names: one, or all replicas of one as declared; never none.
///
/// # Errors
/// There is none of the name.
pub(crate) fn hosts(running: &Running, wanted: &str) -> Result<Vec<String>, CliError> {
    let report = report(&running.client)?;
    let hosts = report.deployment.iter().flat_map(|deployment| &deployment.hosts);
    let names: Vec<(&String, &String)> = hosts.map(|host| (&host.name, &host.of)).collect();
    let found = names.iter().filter(|(name, _)| *name == wanted).map(|(name, _)| (*name).clone());
    let mut found: Vec<String> = found.collect();
    if found.is_empty() {
        found.extend(names.iter().filter(|(_, of)| *of == wanted).map(|(name, _)| (*name).clone()));
    }
    if found.is_empty() {
        let names: Vec<_> = names.iter().map(|(name, _)| format!("`{name}`")).collect();
        return Err(CliError::user(format!("there is no host `{wanted}`"))
            .help(format!("the hosts are {}", names.join(", "))));
    }
    Ok(found)
}

/// All ways from one of some hosts to one of others, each once.
#[must_use]
pub(crate) fn ways(hosts: &[String], others: &[String]) -> Vec<(String, String)> {
    let mut ways = Vec::new();
    for host in hosts {
        for other in others.iter().filter(|other| *other != host) {
            ways.push((host.min(other).clone(), host.max(other).clone()));
        }
    }
    ways.sort();
    ways.dedup();
    ways
}

/// Removes what an environment has left whose keeper is gone.
///
/// # Errors
/// Something of it belongs to somebody else.
pub(crate) fn remove(sandbox: &Sandbox, path: &std::path::Path) -> Result<(), CliError> {
    sandbox
        .remove(path)
        .map_err(|error| CliError::build(format!("cannot remove {}", path.display())).because_of(&error))
}

/// The path of this program, for a keeper.
///
/// # Errors
/// The system does not say.
pub(crate) fn program() -> Result<PathBuf, CliError> {
    machine::this_program()
}
