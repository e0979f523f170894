//! `plc lock`

use std::{collections::BTreeMap, path::PathBuf};

use plc_plan::lock::{Lock, LockedPackage};
use serde_json::json;

use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    locking::{self, Locking},
    machine::Machine,
    mirrors,
    progress::Progress,
    project::Project,
    render::{self, Table, Terminal},
    selecting::Setting,
    sources,
};

/// Resolve the packages of a description against its signed archives, and write `env.lock`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The description
    #[arg(default_value = "env.pl")]
    file: PathBuf,
    #[command(flatten)]
    setting: Setting,
    #[command(flatten)]
    network: mirrors::NetworkArgs,
    /// Take suites past the date until which they are valid, such as those that are no longer updated
    #[arg(long)]
    accept_expired: bool,
    /// Print what changed as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    if !args.setting.with.is_empty() {
        return Err(CliError::user("a lock is of what the description declares, and not of `--with`")
            .help("leave it out; `plc build --with …` locks by itself what it needs besides"));
    }
    let project = Project::open(&args.file, &args.setting, terminal)?;
    let machine = Machine::open(global)?;
    // What is to be made again need not be readable, after a merge that was not settled for example.
    let previous = project.lock().unwrap_or_else(|error| {
        terminal.warning(&error, "made anew: dates and signers are not compared with what was there");
        None
    });
    let progress = Progress::new(terminal);
    let (machine, network) = (&machine, &args.network);
    let locking = Locking { project: &project, machine, network, progress: &progress, terminal };
    let lock = locking.whole(&project.program, previous.as_ref(), args.accept_expired)?;
    let path = project.lock_path();
    if previous.as_ref() != Some(&lock) {
        locking::write(&path, &lock)?;
    }
    let before = previous.clone().unwrap_or_default();
    let (changes, sources) = (changes(&before, &lock), sources::changes(&before, &lock));
    if args.json {
        let changes: Vec<_> = changes
            .iter()
            .map(|(name, from, to)| json!({ "package": name, "from": from, "to": to }))
            .collect();
        let sources: Vec<_> = sources.iter().map(sources::Change::json).collect();
        let text = json!({ "lock": path.display().to_string(), "packages": lock.packages.len(), "changes": changes, "sources": sources });
        terminal.line(serde_json::to_string_pretty(&text).map_err(CliError::build)?);
        return Ok(Exit::Done);
    }
    if previous.is_some() {
        print_changes(&changes, terminal);
    }
    if !sources.is_empty() {
        let mut table = Table::new(&["SOURCE", "BEFORE", "", "NOW"]);
        sources.iter().for_each(|change| table.row(change.row()));
        table.lines().iter().for_each(|line| terminal.line(line));
    }
    for archive in &lock.archives {
        for suite in &archive.suites {
            terminal.line(format!("{} {} of {}", archive.name, suite.suite, suite.date));
        }
    }
    terminal.line(format!(
        "{}: {}",
        path.display(),
        render::count(lock.packages.len(), "package", "packages")
    ));
    Ok(Exit::Done)
}

/// Name, versions before, versions after.
type Change = (String, Option<String>, Option<String>);

fn changes(before: &Lock, after: &Lock) -> Vec<Change> {
    let (one, other) = (versions(&before.packages), versions(&after.packages));
    let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| one.get(*name) != other.get(*name))
        .map(|name| {
            let text = |versions: &BTreeMap<String, Vec<String>>| versions.get(name).map(|v| v.join(", "));
            (name.clone(), text(&one), text(&other))
        })
        .collect()
}

fn versions(packages: &[LockedPackage]) -> BTreeMap<String, Vec<String>> {
    let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in packages {
        by_name.entry(package.key.name.clone()).or_default().push(package.key.version.clone());
    }
    by_name
}

fn print_changes(changes: &[Change], terminal: &Terminal) {
    if changes.is_empty() {
        terminal.line("no package changed");
        return;
    }
    let mut table = Table::new(&["PACKAGE", "BEFORE", "", "NOW"]);
    for (name, from, to) in changes {
        let text = |version: &Option<String>| version.clone().unwrap_or_else(|| "none".into());
        table.row([name.clone(), text(from), "→".into(), text(to)]);
    }
    for line in table.lines() {
        terminal.line(line);
    }
}
