//! `plc up`

mod changes;
mod ports;
mod secrets;

pub(super) use self::ports::lines;

use std::{path::PathBuf, time::Instant};

use plc_build::sandbox::Sandbox;
use plc_run::{
    change::{Change, changes},
    client::{Client, listening},
    control::{Event, Published, Request},
    deployment::Deployment,
    order,
    place::Place,
};
use plc_store::{Output, Store};
use serde_json::json;

use super::build::{self, Made, Order};
use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    machine::{self, Machine},
    mirrors,
    progress::Progress,
    project::Project,
    render::{self, Terminal},
    running::{self, Origin},
    selecting::Selecting,
};

/// Bring an environment up on this machine: build what is missing, start what does not run, replace what has changed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The description
    #[arg(default_value = "env.pl")]
    file: PathBuf,
    #[command(flatten)]
    selecting: Selecting,
    #[command(flatten)]
    network: mirrors::NetworkArgs,
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
    /// Seconds that what is started may take until it is ready
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    patience: u64,
    /// Tell what would be started, replaced and stopped, without doing it
    #[arg(long)]
    dry_run: bool,
    /// Builders that run at a time [default: one for each processor]
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
    /// Refuse to make a lock where there is none
    #[arg(long)]
    locked: bool,
    /// Print what is up as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let started = Instant::now();
    let asked = ports::Asked::parse(&args.publish)?;
    let project = Project::open(&args.file, &args.selecting.setting, terminal)?;
    let first = project.topology(&args.selecting, terminal)?;
    let machine = Machine::open(global)?;
    let progress = Progress::new(terminal);
    let sandbox = build::sandbox(&machine)?;
    let order = Order {
        project: &project,
        first: &first,
        selecting: &args.selecting,
        network: &args.network,
        jobs: args.jobs,
        locked: args.locked,
        keep_going: false,
        rebuild: false,
        image: None,
    };
    let made = build::make(&order, &machine, &sandbox, &progress, terminal)?;
    let deployment = deployment(&made, &machine.store, &sandbox)?;
    let built = started.elapsed();

    let name = args.name.clone().unwrap_or_else(|| made.title.clone());
    let environments = machine.store.environments();
    let place = Place::new(&environments, &name).map_err(CliError::user)?;
    let there = Client::connect(&place).map_err(|error| running::client_error(&error))?;
    let description = args.file.canonicalize().unwrap_or_else(|_| args.file.clone());
    is_of(&place, &name, &description, there.is_some())?;
    if args.dry_run {
        let before = there.as_ref().map(running::report).transpose()?.and_then(|report| report.deployment);
        let wanted = changes(before.as_ref(), &deployment);
        changes::tell(&wanted, before.as_ref(), &deployment, &machine.store, terminal);
        return Ok(Exit::Done);
    }
    place.make().map_err(|error| cannot_use(&place, &error))?;
    let _turn = running::turn(&place, &name, terminal)?;
    let client = match Client::connect(&place).map_err(|error| running::client_error(&error))? {
        Some(client) => client,
        None => Client::begin(&running::program()?, &environments, &name, &place)
            .map_err(|error| running::client_error(&error))?,
    };
    let report = running::report(&client)?;
    let sources = secrets::Sources::of(&args.secret, &made.topology, &place)?;
    let secrets = sources.values(&place)?;
    let origin = Origin { description, secrets: sources.told() };
    place.write(Origin::FILE, &origin).map_err(|error| cannot_use(&place, &error))?;
    let wanted = changes(report.deployment.as_ref(), &deployment);
    if report.deployment.is_some() && wanted.iter().any(|change| !matches!(change, Change::Stays(_))) {
        changes::tell(&wanted, report.deployment.as_ref(), &deployment, &machine.store, terminal);
    }
    let ports = ports::Ports::open(&deployment.exposed, &asked, &report.published, &place)?;
    let request = Request::Apply {
        deployment: Box::new(deployment.clone()),
        published: ports.published.clone(),
        secrets,
        patience: args.patience,
    };
    let answer = client.ask(&request, &listening(&ports.listeners), |event| running::tell(event, terminal));
    match answer.map_err(|error| running::client_error(&error))? {
        Event::Failed(failure) => return Err(running::failed(&failure)),
        _ => ports.remember(&place).map_err(|error| cannot_use(&place, &error))?,
    }
    let took = (started.elapsed().as_secs_f64(), built.as_secs_f64());
    terminal.status("Finished", format!("`{name}` is up in {:.2} s, {:.2} s of it to build", took.0, took.1));
    let report = running::report(&client)?;
    for unlimited in &report.unlimited {
        terminal.note(format!("no host is limited in {unlimited}"));
    }
    if args.json {
        terminal.line(json!({ "name": name, "identity": made.identity, "derivation": deployment.derivation, "report": report }));
    } else {
        tell(&name, &deployment, &ports.published, terminal);
    }
    Ok(Exit::Done)
}

/// What was built, as what is to run.
fn deployment(made: &Made, store: &Store, sandbox: &Sandbox) -> Result<Deployment, CliError> {
    let failed = |text: String| CliError::build(text);
    let mut roots = Vec::new();
    let mut layers = Vec::new();
    for host in &made.lowered.hosts {
        let realised = store.realised(&host.root).map_err(|error| machine::store_error(&error))?;
        let Some((Output::Tree(tree), stacked)) = realised.map(|it| (it.output, it.layers)) else {
            return Err(failed(format!("host {} was not built", host.name)));
        };
        let stacked = if stacked.is_empty() { vec![tree] } else { stacked };
        layers.push(sandbox.layers(&stacked).map_err(|error| {
            CliError::build(format!("the root file system of {} cannot be laid out", host.name))
                .because_of(&error)
        })?);
        roots.push(tree);
    }
    let mut deployment =
        order::deployment(&made.topology, made.title.clone(), made.lowered.environment, &roots);
    for host in &mut deployment.hosts {
        let at = made.topology.hosts.iter().position(|declared| declared.name == host.of);
        host.layers = at.and_then(|at| layers.get(at)).cloned().unwrap_or_default();
    }
    Ok(deployment)
}

/// Refuses to take another description's environment over.
fn is_of(place: &Place, name: &str, description: &PathBuf, up: bool) -> Result<(), CliError> {
    let origin: Option<Origin> = place.read(Origin::FILE).map_err(|error| cannot_use(place, &error))?;
    match origin {
        Some(origin) if origin.description != *description => {
            let what = if up { "is up" } else { "has its state" };
            Err(CliError::user(format!("`{name}` {what} already, from {}", origin.description.display()))
                .help("give this one another name with `--name`, or end that one with `plc down --state`"))
        }
        _ => Ok(()),
    }
}

fn cannot_use(place: &Place, error: &std::io::Error) -> CliError {
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
