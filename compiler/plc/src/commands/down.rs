//! `plc down`

use plc_build::sandbox::Sandbox;
use plc_run::{
    client::{Client, ClientError},
    control::Request,
    place::Place,
};

use super::build;
use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    machine::Machine,
    render::Terminal,
    running::{self, Which},
};

/// Stop an environment. What its services keep stays for the next time.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
    /// Throw away what its services keep, its logs and its ports too
    #[arg(long)]
    state: bool,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let machine = Machine::open(global)?;
    let (name, place) = args.which.place(&machine.store, |place| args.state || is_there(place))?;
    let sandbox = build::sandbox(&machine)?;
    // Before the turn, which somebody may have who waits for something to become ready.
    stop(Client::connect_to_end(&place), terminal)?;
    let _turn = running::turn(&place, &name, terminal)?;
    end(None, (&name, &place), args.state, &sandbox, terminal)?;
    let kept = if args.state { ", and what it kept is gone" } else { "" };
    terminal.status("Finished", format!("`{name}` is down{kept}"));
    Ok(Exit::Done)
}

/// Stops everything, where there is something.
fn stop(client: Result<Option<Client>, ClientError>, terminal: &Terminal) -> Result<(), CliError> {
    let Some(client) = client.map_err(|error| running::client_error(&error))? else { return Ok(()) };
    match client.ask(&Request::Down, &[], |event| running::tell(event, terminal)) {
        // Somebody else has just done so.
        Ok(_) | Err(ClientError::Gone) => Ok(()),
        Err(error) => Err(running::client_error(&error)),
    }
}

/// Stops everything of an environment by its name and place, and waits for the end of its keeper. With `state`, all that it has
/// kept goes too.
///
/// # Errors
/// The keeper does not end, or something of it cannot be removed.
pub(super) fn end(
    client: Option<&Client>,
    (name, place): (&str, &Place),
    state: bool,
    sandbox: &Sandbox,
    terminal: &Terminal,
) -> Result<(), CliError> {
    if let Some(client) = client {
        let asked = client.ask(&Request::Down, &[], |event| running::tell(event, terminal));
        asked.map_err(|error| running::client_error(&error))?;
    }
    // Its lock is free once it has ended.
    let mut lock = None;
    for _ in 0..100 {
        lock = place.lock().map_err(|error| CliError::build("cannot take its lock").because_of(&error))?;
        if lock.is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    if lock.is_none() {
        return Err(CliError::build(format!("the keeper of `{name}` does not end")));
    }
    // Of a keeper that was killed.
    plc_run::limits::clear(place.path());
    if state {
        running::remove(sandbox, place.path())?;
    } else {
        // What a keeper that was killed has left.
        let scratch = place.path().join("scratch");
        if scratch.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
            running::remove(sandbox, &scratch)?;
        }
    }
    Ok(())
}

/// Whether it is up, or a keeper that was killed has left something.
fn is_there(place: &Place) -> bool {
    let scratch = place.path().join("scratch");
    Client::connect(place).map_or(true, |client| client.is_some())
        || scratch.read_dir().is_ok_and(|mut entries| entries.next().is_some())
}
