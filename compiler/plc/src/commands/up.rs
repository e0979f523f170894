//! `plc up`

mod changes;
mod live;
mod ports;
mod prepared;
mod secrets;
mod times;

pub(super) use self::{
    ports::{Ports, lines},
    prepared::Prepared,
    secrets::Sources,
};

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use plc_build::sandbox::Sandbox;
use plc_run::{
    change::{Change, changes, link_changes},
    client::{Client, listening},
    control::{Event, Published, Request},
    deployment::Deployment,
    place::Place,
};
use serde_json::json;

use super::{
    build::{self, How},
    history,
};
use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    machine::Machine,
    project::Project,
    render::{self, Terminal},
    running::{self, Origin},
};

/// Bring an environment up on this machine: build what is missing, start what does not run, replace what has changed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The description; or the hash of an environment that was built before, or the beginning of one
    #[arg(default_value = "env.pl", value_name = "FILE|HASH")]
    file: PathBuf,
    #[command(flatten)]
    how: How,
    /// What ran at a time, as `plc history` shows it: `2026-11-20`, `yesterday`, `2 weeks ago`
    #[arg(long, value_name = "WHEN")]
    at: Option<String>,
    /// A name for it, where that of environment and profile is taken
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Publish an endpoint at a port of this machine, as `edge.haproxy.http=8080`; may be repeated [default: a free one for each
    /// that the description exposes]
    #[arg(long, value_name = "ENDPOINT=PORT")]
    publish: Vec<String>,
    /// Where a secret comes from, as `db_root=file:PATH`, `=env:VARIABLE` or `=command:COMMAND`; may be repeated, and stays so for
    /// the next time [default: one that is made up once]
    #[arg(long, value_name = "NAME=FROM")]
    secret: Vec<String>,
    /// A directory that hosts see as it is, in place of a source of the description: `app.site.source=./src`; what changes in it
    /// shows at once. May be repeated
    #[arg(long, value_name = "PATH=DIR", conflicts_with = "at")]
    live: Vec<String>,
    /// Seconds that what is started may take until it is ready
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    patience: u64,
    /// Seconds that a host has to stay ready that is new or replaced, before the next is replaced; where it does not, what ran before
    /// comes back. Where nothing ran, nothing is waited for
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    min_ready: u64,
    /// Tell what would be started, replaced and stopped, without doing it
    #[arg(long)]
    dry_run: bool,
    /// Print what is up as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let started = Instant::now();
    let asked = ports::Asked::parse(&args.publish)?;
    let machine = Machine::open(global)?;
    let sandbox = build::sandbox(&machine)?;
    let prepared = prepare(args, &machine, &sandbox, terminal)?;
    let built = started.elapsed();

    let Prepared { topology, deployment, identity, description } = prepared;
    let name = args.name.clone().unwrap_or_else(|| deployment.title.clone());
    let environments = machine.store.environments();
    let place = Place::new(&environments, &name).map_err(CliError::user)?;
    let there = Client::connect(&place).map_err(|error| running::client_error(&error))?;
    let origin = origin(&place, &name, description.as_deref(), there.is_some())?;
    if args.dry_run {
        let before = there.as_ref().map(running::report).transpose()?.and_then(|report| report.deployment);
        let wanted = changes(before.as_ref(), &deployment);
        changes::tell(&wanted, before.as_ref(), &deployment, &machine.store, terminal);
        return Ok(Exit::Done);
    }
    place.make().map_err(|error| cannot_use(&place, &error))?;
    let _turn = running::turn(&place, &name, terminal)?;
    let there = Client::connect(&place).map_err(|error| running::client_error(&error))?;
    let report = there.as_ref().map(running::report).transpose()?;
    let before = report.as_ref().and_then(|report| report.deployment.as_ref());
    let sources = secrets::Sources::of(&args.secret, &topology, origin.as_ref())?;
    let secrets = sources.values(&place)?;
    let published = report.as_ref().map(|report| report.published.as_slice()).unwrap_or_default();
    let ports = ports::Ports::open(&deployment.exposed, &asked, published, &place)?;
    // From here on, what goes wrong is the keeper's to tell.
    let description = description.or_else(|| Some(origin?.description)).unwrap_or_default();
    let origin = Origin { description, secrets: sources.told() };
    place.write(Origin::FILE, &origin).map_err(|error| cannot_use(&place, &error))?;
    let wanted = changes(before, &deployment);
    let links = link_changes(before, &deployment);
    if before.is_some()
        && (!links.is_empty() || wanted.iter().any(|change| !matches!(change, Change::Stays(_))))
    {
        changes::tell(&wanted, before, &deployment, &machine.store, terminal);
    }
    let client = match there {
        Some(client) => client,
        None => Client::begin(&running::program()?, &environments, &name, &place)
            .map_err(|error| running::client_error(&error))?,
    };
    let request = Request::Apply {
        deployment: Box::new(deployment.clone()),
        published: ports.published.clone(),
        secrets,
        patience: args.patience,
        min_ready: args.min_ready,
    };
    let mut times = times::Times::begin();
    let answer = client.ask(&request, &listening(&ports.listeners), |event| {
        times.note(event);
        running::tell(event, terminal);
    });
    match answer.map_err(|error| running::client_error(&error))? {
        Event::Failed(failure) => return Err(running::failed(&failure)),
        _ => ports.remember(&place).map_err(|error| cannot_use(&place, &error))?,
    }
    history::note(&place, deployment.derivation, &deployment.title, identity)?;
    let took = (started.elapsed().as_secs_f64(), built.as_secs_f64());
    terminal.status("Finished", format!("`{name}` is up in {:.2} s, {:.2} s of it to build", took.0, took.1));
    if let Some(parts) = times.told(&deployment) {
        terminal.status("Waited", parts);
    }
    let report = running::report(&client)?;
    for unlimited in &report.unlimited {
        terminal.note(format!("no host is limited in {unlimited}"));
    }
    if args.json {
        terminal.line(json!({
            "name": name,
            "identity": identity,
            "derivation": deployment.derivation,
            "seconds": { "all": took.0, "built": took.1, "waited": times.as_json(&deployment) },
            "report": report,
        }));
    } else {
        tell(&name, &deployment, &ports.published, terminal);
    }
    Ok(Exit::Done)
}

/// What is asked for: a description, something that was built before, or what ran at a time.
fn prepare(
    args: &Args,
    machine: &Machine,
    sandbox: &Sandbox,
    terminal: &Terminal,
) -> Result<Prepared, CliError> {
    let word = args.file.to_str().unwrap_or_default();
    let is_hash = word.len() >= 4 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(when) = &args.at {
        let name = match &args.name {
            Some(name) => name.clone(),
            None => {
                let project = Project::open(&args.file, &args.how.selecting.setting, terminal)?;
                let topology = project.topology(&args.how.selecting, terminal)?;
                format!("{}@{}", topology.environment, args.how.selecting.name(&topology.profile))
            }
        };
        let place = Place::new(&machine.store.environments(), &name).map_err(CliError::user)?;
        let ran = history::at(&place, when)?;
        return Prepared::of_hash(&ran.derivation.to_hex(), machine, sandbox);
    }
    if is_hash && !args.file.exists() {
        if !args.live.is_empty() {
            return Err(CliError::user("what was built before has no sources that `--live` could name"));
        }
        return Prepared::of_hash(word, machine, sandbox);
    }
    let live = live::directories(&args.live, &args.file, &args.how.selecting, terminal)?;
    let mut prepared = Prepared::of_description(&args.file, &args.how, machine, sandbox, terminal)?;
    live::mount(&live, &mut prepared.deployment)?;
    Ok(prepared)
}

/// What an environment is of so far; another description's is not taken over.
fn origin(
    place: &Place,
    name: &str,
    description: Option<&Path>,
    up: bool,
) -> Result<Option<Origin>, CliError> {
    let origin: Option<Origin> = place.read(Origin::FILE).map_err(|error| cannot_use(place, &error))?;
    match (&origin, description) {
        // What was built before has no description.
        (Some(origin), Some(description))
            if origin.description != description && origin.description.is_absolute() =>
        {
            let what = if up { "is up" } else { "has its state" };
            Err(CliError::user(format!("`{name}` {what} already, from {}", origin.description.display()))
                .help("give this one another name with `--name`, or end that one with `plc down --state`"))
        }
        _ => Ok(origin),
    }
}

/// A place that the disk refuses.
pub(super) fn cannot_use(place: &Place, error: &std::io::Error) -> CliError {
    CliError::build(format!("cannot use {}", place.path().display())).because_of(error)
}

/// What is up, and where to click.
fn tell(name: &str, deployment: &Deployment, published: &[Published], terminal: &Terminal) {
    let services = deployment.hosts.iter().map(|host| host.units.len()).sum();
    terminal.line(format!(
        "{}  {}, {}",
        terminal.bold(name),
        render::count(deployment.hosts.len(), "host", "hosts"),
        render::count(services, "service", "services"),
    ));
    for line in ports::lines(published) {
        terminal.line(format!("  {line}"));
    }
}
