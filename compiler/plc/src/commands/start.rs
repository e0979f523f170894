//! `plc stop`, `plc start`, `plc restart`

use plc_run::{
    control::{Event, Request},
    deployment::UnitName,
};

use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    render::Terminal,
    running::{self, Running, Which},
};

/// Stop services, and keep them stopped until `plc start` or `plc up`.
#[derive(Debug, clap::Args)]
pub(crate) struct StopArgs {
    #[command(flatten)]
    which: Which,
    /// Hosts and services: `web`, `web-1`, `web-1/apache`, `apache`
    #[arg(required = true)]
    what: Vec<String>,
}

/// Start services that were stopped, and wait until they are ready.
#[derive(Debug, clap::Args)]
pub(crate) struct StartArgs {
    #[command(flatten)]
    which: Which,
    /// Hosts and services: `web`, `web-1`, `web-1/apache`, `apache`
    #[arg(required = true)]
    what: Vec<String>,
    /// Seconds that they may take until they are ready
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    patience: u64,
}

/// Stop services and start them again.
#[derive(Debug, clap::Args)]
pub(crate) struct RestartArgs {
    #[command(flatten)]
    start: StartArgs,
}

pub(super) fn stop(args: &StopArgs, global: &Global, terminal: &Terminal) -> Outcome {
    let running = args.which.running(global)?;
    let _turn = running::turn(&running.place, &running.name, terminal)?;
    ask(&running, Request::Stop(named(&running, &args.what)?), terminal)
}

pub(super) fn start(args: &StartArgs, global: &Global, terminal: &Terminal) -> Outcome {
    let running = args.which.running(global)?;
    let _turn = running::turn(&running.place, &running.name, terminal)?;
    let units = named(&running, &args.what)?;
    ask(&running, Request::Start { units, patience: args.patience }, terminal)
}

pub(super) fn restart(args: &RestartArgs, global: &Global, terminal: &Terminal) -> Outcome {
    let running = args.start.which.running(global)?;
    let _turn = running::turn(&running.place, &running.name, terminal)?;
    let units = named(&running, &args.start.what)?;
    ask(&running, Request::Stop(units.clone()), terminal)?;
    ask(&running, Request::Start { units, patience: args.start.patience }, terminal)
}

/// The units that words name.
///
/// # Errors
/// A word names nothing.
pub(super) fn named(running: &Running, words: &[String]) -> Result<Vec<UnitName>, CliError> {
    let report = running::report(&running.client)?;
    let Some(deployment) = &report.deployment else {
        return Err(CliError::user(format!("nothing runs in `{}` yet", running.name)));
    };
    Ok(running::units(deployment, words)?.into_iter().map(|unit| unit.name.clone()).collect())
}

/// Asks for something, tells what happens, and what has failed.
///
/// # Errors
/// It has failed.
pub(super) fn ask(running: &Running, request: Request, terminal: &Terminal) -> Outcome {
    let answer = running.client.ask(&request, &[], |event| running::tell(event, terminal));
    match answer.map_err(|error| running::client_error(&error))? {
        Event::Failed(failure) => Err(running::failed(&failure)),
        _ => Ok(Exit::Done),
    }
}
