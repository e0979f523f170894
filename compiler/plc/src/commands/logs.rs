//! `plc logs`

mod reading;

use std::{io, time::Duration};

use plc_run::{
    deployment::{Deployment, UnitName},
    place::Place,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use self::reading::{Line, Logs};

use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    machine::Machine,
    render::Terminal,
    running::{self, Which},
};

/// Print what services and jobs have said, in the order in which they did.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
    /// Hosts and services: `web`, `web-1`, `web-1/apache`, `apache` [default: all]
    what: Vec<String>,
    /// Go on with what they say
    #[arg(short, long)]
    follow: bool,
    /// The last lines only
    #[arg(short = 'n', long, value_name = "N")]
    lines: Option<usize>,
    /// Each line as JSON, with its time in milliseconds since 1970
    #[arg(long)]
    json: bool,
}

/// How often is looked for more.
const LOOK: Duration = Duration::from_millis(200);

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let machine = Machine::open_to_read(global)?;
    let (name, place) =
        args.which.place(&machine.store, |place| place.path().join("deployment.json").exists())?;
    let failed = |error: io::Error| CliError::build("cannot read the logs").because_of(&error);
    let deployment = match plc_run::client::Client::connect(&place).ok().flatten() {
        Some(client) => running::report(&client)?.deployment,
        None => place.read::<Deployment>("deployment.json").map_err(failed)?,
    };
    let Some(deployment) = deployment else {
        return Err(CliError::user(format!("nothing ran in `{name}` yet")));
    };
    let units: Vec<UnitName> =
        running::units(&deployment, &args.what)?.into_iter().map(|unit| unit.name.clone()).collect();
    let mut logs = Logs::of(units.iter().map(|unit| place.log(unit)));
    let width = units.iter().map(|unit| unit.to_string().chars().count()).max().unwrap_or_default();
    let show = |Line { at, unit, text }: &Line| {
        let unit = units.get(*unit).map(UnitName::to_string).unwrap_or_default();
        if args.json {
            terminal.line(serde_json::json!({ "at": at, "unit": unit, "text": text }));
        } else {
            terminal.line(format!("{} {text}", terminal.dim(&format!("{unit:<width$} |"))));
        }
    };
    if let Some(most) = args.lines {
        logs.last(most, |_| true).map_err(failed)?.iter().for_each(show);
    }
    loop {
        while let Some(line) = logs.next().map_err(failed)? {
            show(&line);
        }
        if !args.follow || reader_has_gone() {
            return Ok(Exit::Done);
        }
        std::thread::sleep(LOOK);
    }
}

/// Whether nobody reads what is printed any more: a pipe says so without being written to.
fn reader_has_gone() -> bool {
    let stdout = io::stdout();
    let mut waiting = [PollFd::new(&stdout, PollFlags::empty())];
    let looked = poll(&mut waiting, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
    looked.is_ok() && waiting[0].revents().intersects(PollFlags::ERR | PollFlags::HUP)
}

/// What units have said last, since a time in milliseconds: at most so many lines, each with who said it.
pub(super) fn last(place: &Place, units: &[UnitName], since: u64, most: usize) -> Vec<String> {
    let lines = Logs::of(units.iter().map(|unit| place.log(unit))).last(most, |line| line.at >= since);
    let named = |line: Line| units.get(line.unit).map(|unit| format!("{unit} | {}", line.text));
    // Of logs that cannot be read, nothing is known.
    lines.unwrap_or_default().into_iter().filter_map(named).collect()
}
