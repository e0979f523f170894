//! `plc logs`

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, Seek},
    os::unix::fs::MetadataExt,
    path::PathBuf,
    time::Duration,
};

use plc_run::{
    deployment::{Deployment, UnitName},
    place::Place,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

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

/// A line, with when it was said.
struct Line {
    at: u64,
    unit: usize,
    text: String,
}

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
    let mut logs: BTreeMap<usize, Log> =
        units.iter().map(|unit| Log::new(place.log(unit))).enumerate().collect();
    let width = units.iter().map(|unit| unit.to_string().chars().count()).max().unwrap_or_default();
    let mut lines = Vec::new();
    for (unit, log) in &mut logs {
        log.earlier(*unit, &mut lines).map_err(failed)?;
        log.more(*unit, &mut lines).map_err(failed)?;
    }
    // By time; what one unit said at one time stays in its order.
    lines.sort_by_key(|line| line.at);
    let skipped = args.lines.map_or(0, |wanted| lines.len().saturating_sub(wanted));
    let show = |lines: &[Line]| {
        for Line { at, unit, text } in lines {
            let unit = units[*unit].to_string();
            if args.json {
                terminal.line(serde_json::json!({ "at": at, "unit": unit, "text": text }));
            } else {
                terminal.line(format!("{} {text}", terminal.dim(&format!("{unit:<width$} |"))));
            }
        }
    };
    show(&lines[skipped..]);
    if !args.follow {
        return Ok(Exit::Done);
    }
    loop {
        std::thread::sleep(LOOK);
        lines.clear();
        for (unit, log) in &mut logs {
            log.more(*unit, &mut lines).map_err(failed)?;
        }
        lines.sort_by_key(|line| line.at);
        show(&lines);
        if reader_has_gone() {
            return Ok(Exit::Done);
        }
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
    let mut lines = Vec::new();
    for (unit, name) in units.iter().enumerate() {
        // Of a log that cannot be read, nothing is known.
        let _ = Log::new(place.log(name)).more(unit, &mut lines);
    }
    lines.retain(|line: &Line| line.at >= since);
    lines.sort_by_key(|line| line.at);
    let skipped = lines.len().saturating_sub(most);
    let named = |line: &Line| units.get(line.unit).map(|unit| format!("{unit} | {}", line.text));
    lines.get(skipped..).into_iter().flatten().filter_map(named).collect()
}

/// A log that is being read, which may be put aside for a new one meanwhile.
struct Log {
    path: PathBuf,
    open: Option<(BufReader<File>, u64)>,
    /// What there is of a line whose end has not come.
    begun: Vec<u8>,
}

impl Log {
    fn new(path: PathBuf) -> Self {
        Self { path, open: None, begun: Vec::new() }
    }

    /// Reads the one that was put aside.
    fn earlier(&self, unit: usize, lines: &mut Vec<Line>) -> io::Result<()> {
        let mut path = self.path.clone().into_os_string();
        path.push(".1");
        Self::new(path.into()).more(unit, lines)
    }

    /// Reads what has come.
    fn more(&mut self, unit: usize, lines: &mut Vec<Line>) -> io::Result<()> {
        let there = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let number = there.metadata()?.ino();
        if let Some((reader, known)) = &mut self.open {
            read(reader, &mut self.begun, unit, lines)?;
            if *known == number {
                return Ok(());
            }
            self.begun.clear();
        }
        let mut reader = BufReader::new(there);
        reader.rewind()?;
        read(&mut reader, &mut self.begun, unit, lines)?;
        self.open = Some((reader, number));
        Ok(())
    }
}

fn read(
    reader: &mut impl BufRead,
    begun: &mut Vec<u8>,
    unit: usize,
    lines: &mut Vec<Line>,
) -> io::Result<()> {
    loop {
        if reader.read_until(b'\n', begun)? == 0 || !begun.ends_with(b"\n") {
            return Ok(());
        }
        let text = String::from_utf8_lossy(begun.strip_suffix(b"\n").unwrap_or(begun)).into_owned();
        let (at, text) = text.split_once(' ').unwrap_or(("0", &text));
        lines.push(Line { at: at.parse().unwrap_or_default(), unit, text: text.to_owned() });
        begun.clear();
    }
}
