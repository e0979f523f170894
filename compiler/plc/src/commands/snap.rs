//! `plc snap` and `plc reset`

use std::fs;

use plc_run::{control::Request, place::SNAPSHOTS};

use super::start::ask;
use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    render::Terminal,
    running::{self, Running, Which},
};

/// Keep what the services of an environment keep as it is now, on all hosts at once, under a name; without one, list what was kept.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
    /// A name for it
    name: Option<String>,
    /// Forget it instead
    #[arg(long, requires = "name")]
    remove: bool,
}

/// Go back to what was kept with `plc snap`: what came after is lost.
#[derive(Debug, clap::Args)]
pub(crate) struct ResetArgs {
    #[command(flatten)]
    which: Which,
    /// Its name
    name: String,
    /// Seconds that everything may take until it is ready
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    patience: u64,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let running = args.which.running(global)?;
    let Some(name) = &args.name else {
        for name in names(&running)? {
            terminal.line(name);
        }
        return Ok(Exit::Done);
    };
    check(name)?;
    let _turn = running::turn(&running.place, &running.name, terminal)?;
    if args.remove {
        known(&running, name)?;
        return ask(&running, Request::Forget(name.clone()), terminal);
    }
    if names(&running)?.contains(name) {
        return Err(CliError::user(format!("there is a snapshot `{name}` already"))
            .help(format!("take another name, or `plc snap --remove {name}`")));
    }
    let done = ask(&running, Request::Snap(name.clone()), terminal)?;
    terminal.status("Kept", format!("`{name}`: `plc reset {name}` goes back to it"));
    Ok(done)
}

pub(super) fn reset(args: &ResetArgs, global: &Global, terminal: &Terminal) -> Outcome {
    let running = args.which.running(global)?;
    check(&args.name)?;
    let _turn = running::turn(&running.place, &running.name, terminal)?;
    known(&running, &args.name)?;
    ask(&running, Request::Reset { name: args.name.clone(), patience: args.patience }, terminal)
}

fn check(name: &str) -> Result<(), CliError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte);
    if !name.is_empty() && name.len() <= 100 && name.bytes().all(plain) {
        return Ok(());
    }
    Err(CliError::user(format!("`{name}` is no name for a snapshot"))
        .help("letters, digits and `_+-` may be in one"))
}

fn known(running: &Running, name: &str) -> Result<(), CliError> {
    let names = names(running)?;
    if names.iter().any(|known| known == name) {
        return Ok(());
    }
    let error = CliError::user(format!("there is no snapshot `{name}`"));
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    Err(error.help_if((!names.is_empty()).then(|| format!("there are {}", names.join(", ")))))
}

fn names(running: &Running) -> Result<Vec<String>, CliError> {
    let entries = match fs::read_dir(running.place.path().join(SNAPSHOTS)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(|error| CliError::build("cannot read the snapshots").because_of(&error))?,
    };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    // One that is not whole has a point in its name, and goes with the next.
    let mut names: Vec<String> = names.filter(|name| !name.contains('.')).collect();
    names.sort();
    Ok(names)
}
