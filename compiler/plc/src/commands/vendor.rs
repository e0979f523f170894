//! `plc vendor`

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use plc_lang::topology::Source;
use plc_plan::{derivation::Derivation, download_of, fetch_of, lock::Lock, sources::sources_of};
use serde_json::json;

use super::build::build_error;
use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    files::Files,
    locking::{Asking, asking},
    machine::{self, Machine},
    mirrors::{self, Network},
    progress::Progress,
    project::Project,
    render::{self, Terminal},
    selecting::Setting,
    vendor::{self, Directory, State, Vendor, Wanted},
};

/// Keep every locked package, and every download of the description, beside it: `env.pl` → `env.vendor/`.
///
/// Builds take files from there before they ask any mirror, so that they need none; each is verified by its hash whenever it is
/// read. What the lock does not name any more is removed. Sources in Git repositories are not kept.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The description
    #[arg(default_value = "env.pl")]
    file: PathBuf,
    #[command(flatten)]
    setting: Setting,
    #[command(flatten)]
    network: mirrors::NetworkArgs,
    /// Write nothing and ask nobody: whether every file is there, with the right hash, and none besides. Exits with 1 where
    /// not
    #[arg(long)]
    check: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// A file that belongs there, and how it is had.
struct Belongs {
    wanted: Wanted,
    derivation: Derivation,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    if !args.setting.with.is_empty() {
        return Err(CliError::user("what is kept is what the lock names, and not what `--with` sets")
            .help("leave it out; declare a `variant` for what is to be kept as well"));
    }
    let project = Project::open(&args.file, &args.setting, terminal)?;
    let asking = asking(&project, &project.program, terminal)?;
    let lock = fitting_lock(&project, &asking)?;
    let vendor = Vendor::of(&project.entry);
    let belongs = belongs(&lock, &asking)?;
    let states = states(&vendor, &belongs)?;
    if args.check {
        return check(&vendor, &belongs, &states, args.json, terminal);
    }
    let missing: Vec<&Belongs> =
        belongs.iter().filter(|file| !matches!(states[&file.wanted.path], State::Whole(_))).collect();
    let written = |error: std::io::Error| {
        CliError::user(format!("cannot write {}", vendor.root().display())).because_of(&error)
    };
    let directory = Directory::open(vendor.root()).map_err(written)?;
    if !missing.is_empty() {
        let machine = Machine::open(global)?;
        let network = Network::new(&asking.requests.archives, &lock, &project, &args.network);
        fetch(&missing, &directory, &machine, &network, terminal)?;
    }
    let stays = paths(&belongs);
    let removed = directory.prune(&|path| stays.contains(path)).map_err(written)?;
    let report =
        Report { vendor: &vendor, files: belongs.len(), added: missing.len(), removed: removed.len() };
    report.print(size_of(&vendor, &belongs)?, args.json, terminal);
    Ok(Exit::Done)
}

/// The lock, which must be what the description asks for: else the wrong files would be kept.
fn fitting_lock(project: &Project, asking: &Asking) -> Result<Lock, CliError> {
    let path = project.lock_path();
    let lock = project.lock()?.ok_or_else(|| {
        CliError::user(format!("there is no lock at {}", path.display())).help("make it with `plc lock`")
    })?;
    if asking.topologies.iter().all(|topology| lock.lacks(topology).is_empty()) {
        return Ok(lock);
    }
    Err(CliError::user(format!("{} is not what the description asks for", path.display()))
        .help("`plc lock --check` tells what differs, and `plc lock` makes it fit"))
}

fn belongs(lock: &Lock, asking: &Asking) -> Result<Vec<Belongs>, CliError> {
    let platform = machine::platform()?.into();
    let mut all: BTreeMap<PathBuf, Belongs> = BTreeMap::new();
    for package in &lock.packages {
        let path = vendor::package(&package.file.archive, &package.file.path);
        let wanted =
            Wanted { path: path.clone(), sha256: package.file.sha256.clone(), size: Some(package.file.size) };
        all.insert(path, Belongs { wanted, derivation: fetch_of(package, &platform) });
    }
    for source in asking.topologies.iter().flat_map(|topology| sources_of(topology)) {
        if let Source::Download { url, sha256, .. } = source {
            let path = vendor::download(sha256);
            let wanted = Wanted { path: path.clone(), sha256: sha256.clone(), size: None };
            all.insert(path, Belongs { wanted, derivation: download_of(url, sha256, &platform) });
        }
    }
    Ok(all.into_values().collect())
}

fn paths(belongs: &[Belongs]) -> BTreeSet<&Path> {
    belongs.iter().map(|file| file.wanted.path.as_path()).collect()
}

fn states(vendor: &Vendor, belongs: &[Belongs]) -> Result<BTreeMap<PathBuf, State>, CliError> {
    let state = |file: &Belongs| {
        let state = vendor.state(&file.wanted).map_err(|error| {
            CliError::user(format!("cannot read {}", vendor.root().join(&file.wanted.path).display()))
                .because_of(&error)
        })?;
        Ok((file.wanted.path.clone(), state))
    };
    belongs.iter().map(state).collect()
}

/// What is there in the end, without reading all of it again.
fn size_of(vendor: &Vendor, belongs: &[Belongs]) -> Result<u64, CliError> {
    let size = |file: &Belongs| {
        let path = vendor.root().join(&file.wanted.path);
        path.metadata()
            .map(|metadata| metadata.len())
            .map_err(|error| CliError::build(format!("{} is gone again", path.display())).because_of(&error))
    };
    belongs.iter().map(size).sum()
}

fn fetch(
    missing: &[&Belongs],
    directory: &Directory,
    machine: &Machine,
    network: &Network,
    terminal: &Terminal,
) -> Result<(), CliError> {
    let downloads = missing.iter().map(|file| file.derivation.clone()).collect();
    let files = Files::fetch(downloads, machine, network, &Progress::new(terminal))?;
    for file in missing {
        let Wanted { path, sha256, .. } = &file.wanted;
        // What others lack is told in the end: what could be had is kept.
        if let Some(mut content) = files.open(sha256)? {
            directory.write(path, &mut content).map_err(|error| {
                CliError::user(format!("cannot write {}", path.display())).because_of(&error)
            })?;
        }
    }
    match &files.failed {
        Some(error) => Err(build_error(error, &machine.store)),
        None => Ok(()),
    }
}

fn check(
    vendor: &Vendor,
    belongs: &[Belongs],
    states: &BTreeMap<PathBuf, State>,
    as_json: bool,
    terminal: &Terminal,
) -> Outcome {
    let of = |wanted: State| -> Vec<String> {
        let found = states.iter().filter(|(_, state)| **state == wanted);
        found.map(|(path, _)| path.display().to_string()).collect()
    };
    let (missing, damaged) = (of(State::Missing), of(State::Damaged));
    let stays = paths(belongs);
    let superfluous = vendor::superfluous(vendor.root(), &|path| stays.contains(path)).map_err(|error| {
        CliError::user(format!("cannot read {}", vendor.root().display())).because_of(&error)
    })?;
    let superfluous: Vec<String> = superfluous.iter().map(|path| path.display().to_string()).collect();
    let is_good = missing.is_empty() && damaged.is_empty() && superfluous.is_empty();
    let root = vendor.root().display();
    if as_json {
        terminal.line(json!({
            "vendor": root.to_string(), "files": belongs.len(), "whole": is_good,
            "missing": missing, "damaged": damaged, "superfluous": superfluous,
        }));
    } else if is_good {
        terminal.line(format!("{root} has {}, all whole", render::count(belongs.len(), "file", "files")));
    } else {
        for (what, paths) in [("missing", &missing), ("damaged", &damaged), ("superfluous", &superfluous)] {
            paths.iter().for_each(|path| terminal.line(format!("{what:<11}  {path}")));
        }
        terminal.note("`plc vendor` fetches what is missing or damaged, and removes what is superfluous");
    }
    Ok(if is_good { Exit::Done } else { Exit::Difference })
}

/// What a run has come to.
struct Report<'a> {
    vendor: &'a Vendor,
    files: usize,
    added: usize,
    removed: usize,
}

impl Report<'_> {
    fn print(&self, bytes: u64, as_json: bool, terminal: &Terminal) {
        let Self { vendor, files, added, removed } = self;
        let root = vendor.root().display();
        if as_json {
            terminal.line(json!({
                "vendor": root.to_string(), "files": files, "bytes": bytes, "added": added, "removed": removed,
            }));
            return;
        }
        let count = render::count(*files, "file", "files");
        terminal.line(format!("{root}: {count}, {}; {added} added, {removed} removed", render::bytes(bytes)));
    }
}
