//! `plc lock`

mod changes;
mod check;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use plc_plan::lock::Lock;
use serde_json::json;

use self::changes::Change;
use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    locking::{self, Locking, Relocking},
    machine::Machine,
    mirrors,
    progress::Progress,
    project::Project,
    render::{self, Table, Terminal},
    selecting::Setting,
    sources,
};

/// Resolve the packages of a description against its signed archives, and write `env.lock`.
///
/// What is locked stays: only what the description asks for and the lock does not have is resolved, and a version moves only
/// where something new forces it to. With nothing to resolve, no archive is asked. `--update` moves versions.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The description
    #[arg(default_value = "env.pl")]
    file: PathBuf,
    #[command(flatten)]
    setting: Setting,
    #[command(flatten)]
    network: mirrors::NetworkArgs,
    /// Move packages to their newest versions: that of a name, and of others only what it forces; without a name, all,
    /// and the revisions of repositories too. May be repeated; a name may be that of a repository
    #[arg(short, long, value_name = "NAME", num_args = 0..=1, default_missing_value = EVERYTHING)]
    update: Vec<String>,
    /// Write nothing; print what would change
    #[arg(long)]
    dry_run: bool,
    /// Write nothing and ask nobody: whether the lock has an answer to what each profile and variant asks for, from archives
    /// that are described as they were, and nothing besides. Exits with 1 where not. Says nothing of newer versions
    /// (`--update --dry-run` does), nor whether files are still to be had
    #[arg(long, conflicts_with_all = ["update", "dry_run", "accept_expired"])]
    check: bool,
    /// Take suites past the date until which they are valid, such as those that are no longer updated
    #[arg(long)]
    accept_expired: bool,
    /// Refuse suites that were made more than so many days ago: those that do not say until when they are valid can be
    /// held back unnoticed
    #[arg(long, value_name = "DAYS", conflicts_with = "check")]
    max_age: Option<u32>,
    /// Print what changed as JSON
    #[arg(long)]
    json: bool,
}

/// Stands for all names. None can be called so.
const EVERYTHING: &str = "*";

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    if !args.setting.with.is_empty() {
        return Err(CliError::user("a lock is of what the description declares, and not of `--with`")
            .help("leave it out; `plc build --with …` locks by itself what it needs besides"));
    }
    let project = Project::open(&args.file, &args.setting, terminal)?;
    if args.check {
        return check::run(&project, args.json, terminal);
    }
    let machine = Machine::open(global)?;
    let progress = Progress::new(terminal);
    let (machine, network) = (&machine, &args.network);
    let locking = Locking { project: &project, machine, network, progress: &progress, terminal };
    let previous = locking::previous(&project, terminal);
    refuse_unknown(&args.update, previous.as_ref())?;
    let relocking = Relocking {
        previous: previous.as_ref(),
        everything: args.update.iter().any(|name| name == EVERYTHING),
        names: &args.update,
        accept_expired: args.accept_expired,
        max_age: args.max_age.map(|days| Duration::from_secs(u64::from(days) * 86_400)),
    };
    let lock = locking.whole(&project.program, &relocking)?;
    let path = project.lock_path();
    let is_new = !locking::is_written(&path, &lock);
    if is_new && !args.dry_run {
        locking::write(&path, &lock)?;
    }
    let report = Report { before: previous.as_ref(), lock: &lock, is_new, path, args };
    if args.json {
        report.print_json(terminal)?
    } else {
        report.print(terminal)
    }
    Ok(Exit::Done)
}

/// A name to update must be one that the lock has.
fn refuse_unknown(names: &[String], previous: Option<&Lock>) -> Result<(), CliError> {
    for name in names.iter().filter(|name| *name != EVERYTHING) {
        let Some(lock) = previous else {
            return Err(CliError::user(format!("nothing is locked yet, and so not `{name}`"))
                .help("leave out `--update`: a first lock has the newest versions"));
        };
        let is_locked = lock.packages.iter().any(|package| package.key.name == *name)
            || lock.sources.iter().any(|source| source.repository == *name);
        if !is_locked {
            let error = CliError::user(format!("`{name}` is no package or repository of the lock"));
            return Err(match Path::new(name).is_file() {
                true => error.help(format!("a description goes first: `plc lock {name} --update`")),
                false => error.help_if(nearest(name, lock).map(|near| format!("did you mean `{near}`?"))),
            });
        }
    }
    Ok(())
}

fn nearest<'a>(name: &str, lock: &'a Lock) -> Option<&'a str> {
    let names = lock.packages.iter().map(|package| package.key.name.as_str());
    let distances = names.map(|known| (strsim::osa_distance(known, name), known));
    distances.min().filter(|(distance, _)| *distance <= (name.len() / 3).max(1)).map(|(_, known)| known)
}

/// What a run has come to.
struct Report<'a> {
    before: Option<&'a Lock>,
    lock: &'a Lock,
    is_new: bool,
    path: PathBuf,
    args: &'a Args,
}

impl Report<'_> {
    fn changes(&self) -> (Vec<Change>, Vec<sources::Change>) {
        let none = Lock::default();
        let before = self.before.unwrap_or(&none);
        (changes::of(before, self.lock), sources::changes(before, self.lock))
    }

    fn print_json(&self, terminal: &Terminal) -> Result<(), CliError> {
        let (packages, sources) = self.changes();
        let text = json!({
            "lock": self.path.display().to_string(),
            "packages": self.lock.packages.len(),
            "changes": packages.iter().map(Change::json).collect::<Vec<_>>(),
            "sources": sources.iter().map(sources::Change::json).collect::<Vec<_>>(),
            "changed": self.is_new,
            "written": self.is_new && !self.args.dry_run,
        });
        terminal.line(serde_json::to_string_pretty(&text).map_err(CliError::build)?);
        Ok(())
    }

    fn print(&self, terminal: &Terminal) {
        let (packages, sources) = self.changes();
        if self.before.is_some() {
            print_changes(&packages, terminal);
        }
        if !sources.is_empty() {
            let mut table = Table::new(&["SOURCE", "BEFORE", "", "NOW"]);
            sources.iter().for_each(|change| table.row(change.row()));
            table.lines().iter().for_each(|line| terminal.line(line));
        }
        for archive in &self.lock.archives {
            for suite in &archive.suites {
                terminal.line(format!("{} {} of {}", archive.name, suite.suite, suite.date));
            }
        }
        let packages = render::count(self.lock.packages.len(), "package", "packages");
        let left = if self.is_new && self.args.dry_run { ", not written" } else { "" };
        terminal.line(format!("{}: {packages}{left}", self.path.display()));
    }
}

fn print_changes(changes: &[Change], terminal: &Terminal) {
    if changes.is_empty() {
        terminal.line("no package changed");
        return;
    }
    let mut table = Table::new(&["PACKAGE", "BEFORE", "", "NOW", ""]);
    changes.iter().for_each(|change| table.row(change.row()));
    table.lines().iter().for_each(|line| terminal.line(line));
    terminal.line(changes::count(changes));
}
