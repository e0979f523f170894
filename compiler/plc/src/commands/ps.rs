//! `plc ps`

use std::time::{SystemTime, UNIX_EPOCH};

use plc_run::{client::Client, control::Report, place::Place};
use serde_json::json;

use super::up::lines;
use crate::{
    Global, Outcome,
    exit::Exit,
    machine::Machine,
    render::{Table, Terminal},
    running,
};

/// Show what runs on this machine.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The environment's name [default: all]
    #[arg(short, long, value_name = "NAME")]
    environment: Option<String>,
    /// Environments that are down too
    #[arg(short, long)]
    all: bool,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let machine = Machine::open_to_read(global)?;
    let mut found = Vec::new();
    for (name, place) in Place::all(&machine.store.environments()) {
        if args.environment.as_ref().is_some_and(|wanted| *wanted != name) {
            continue;
        }
        // One that does not answer is no reason not to show the others.
        let client = Client::connect(&place).map_err(|error| running::client_error(&error));
        let report = client.and_then(|client| client.as_ref().map(running::report).transpose());
        let report = report.unwrap_or_else(|error| {
            terminal.warning(&error, &format!("`{name}` is left out"));
            None
        });
        if report.is_some() || args.all {
            found.push((name, report));
        }
    }
    if args.json {
        let all: Vec<_> = found
            .iter()
            .map(|(name, report)| json!({ "name": name, "up": report.is_some(), "report": report }))
            .collect();
        terminal.line(json!(all));
        return Ok(Exit::Done);
    }
    if found.is_empty() {
        terminal.note("no environment is up");
    }
    for (at, (name, report)) in found.iter().enumerate() {
        if at > 0 {
            terminal.line("");
        }
        match report {
            Some(report) => tell(name, report, terminal),
            None => terminal.line(format!("{}  down", terminal.bold(name))),
        }
    }
    Ok(Exit::Done)
}

fn tell(name: &str, report: &Report, terminal: &Terminal) {
    terminal.line(terminal.bold(name));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut table = Table::new(&["HOST", "SERVICE", "ADDRESS", ">FOR", ">RESTARTS", "STATUS"]);
    for unit in &report.units {
        let address = report.addresses.iter().find(|(host, _)| *host == unit.name.host);
        table.row([
            unit.name.host.clone(),
            unit.name.short(),
            address.map(|(_, address)| address.to_string()).unwrap_or_default(),
            duration(now.saturating_sub(unit.since)),
            unit.restarts.to_string(),
            running::word(&unit.status),
        ]);
    }
    for (index, line) in table.lines().iter().enumerate() {
        terminal.line(if index == 0 { terminal.dim(line) } else { line.clone() });
    }
    for (one, other) in &report.cuts {
        terminal.line(format!("{one} and {other} are cut off from each other: `plc fault heal` ends it"));
    }
    for (one, other, link) in &report.worse {
        terminal.line(format!("between {one} and {other}: {link}: `plc fault heal` ends it"));
    }
    for host in &report.full {
        terminal.line(format!("the disk of {host} is full: `plc fault heal` ends it"));
    }
    for host in &report.frozen {
        terminal.line(format!("{host} stands still: `plc fault heal` ends it"));
    }
    for line in lines(&report.published) {
        terminal.line(line);
    }
}

/// `8 s`, `5 min`, `3 h`, `2 d`.
fn duration(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86400),
    }
}
