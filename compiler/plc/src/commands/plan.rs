//! `plc plan`, and what `plc build` shares with it.

use std::{
    mem::ManuallyDrop,
    path::{Path, PathBuf},
    sync::Arc,
};

use plc_build::schedule::Survey;
use plc_lang::topology::Topology;
use plc_plan::{
    LowerError, LowerOptions, Lowered,
    derivation::{Builder, ImageFormat},
    lock::Lock,
    sources::Sources,
};
use plc_store::Store;
use serde_json::json;

use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    locking,
    machine::{self, Machine},
    mirrors::NetworkArgs,
    progress::Progress,
    project::Project,
    render::{self, Table, Terminal},
    selecting::Selecting,
    sources,
};

/// Tell what a build would fetch, build and reuse, without doing it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The description
    #[arg(default_value = "env.pl")]
    file: PathBuf,
    #[command(flatten)]
    selecting: Selecting,
    /// Name each derivation
    #[arg(short, long)]
    verbose: bool,
    /// Print the plan as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let Described { lowered, machine, .. } =
        of_description(&args.file, &args.selecting, None, global, terminal)?;
    let machine = machine.map_or_else(|| Machine::open(global), Ok)?;
    let survey = Survey::new(&lowered.graph, &[lowered.environment], &machine.store, false)
        .map_err(|error| machine::store_error(&error))?;
    let wanted = survey.wanted(&lowered.graph);
    let mut kinds: Vec<(&str, usize)> = Builder::KINDS.map(|kind| (kind, 0)).into();
    let mut bytes = 0;
    for id in &wanted {
        let builder = &lowered.graph.node(*id).derivation.builder;
        if let Some(kind) = kinds.iter_mut().find(|(kind, _)| *kind == builder.kind()) {
            kind.1 += 1;
        }
        if let Builder::Fetch(fetch) = builder {
            bytes += fetch.size;
        }
    }
    let reused = survey.reused(&lowered.graph).len();
    if args.json {
        let nodes = wanted.iter().map(|id| lowered.graph.node(*id));
        terminal.line(json!({
            "environment": lowered.environment,
            "derivations": lowered.graph.len(),
            "reused": reused,
            "download": bytes,
            "build": nodes.map(|node| json!({
                "name": node.derivation.name,
                "kind": node.derivation.builder.kind(),
                "derivation": node.hash,
            })).collect::<Vec<_>>(),
        }));
        return Ok(Exit::Done);
    }
    if wanted.is_empty() {
        terminal.line(format!("nothing to do: {} is built", lowered.environment.short()));
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["KIND", ">TO BUILD", ""]);
    for (kind, count) in kinds.into_iter().filter(|(_, count)| *count > 0) {
        let download =
            if kind == "fetch" { format!("{} to download", render::bytes(bytes)) } else { String::new() };
        table.row([kind.to_owned(), count.to_string(), download]);
    }
    for line in table.lines() {
        terminal.line(line);
    }
    terminal.line(format!("{} reused", render::count(reused, "derivation", "derivations")));
    if args.verbose {
        for id in wanted {
            let node = lowered.graph.node(id);
            terminal.line(format!(
                "{:<11} {}  {}",
                node.derivation.builder.kind(),
                node.hash.short(),
                node.derivation.name
            ));
        }
    }
    Ok(Exit::Done)
}

/// What a description comes to under what is selected.
pub(super) struct Described {
    pub(super) project: Project,
    pub(super) topology: Arc<Topology>,
    /// The lock that it has.
    pub(super) lock: Lock,
    pub(super) lowered: ManuallyDrop<Lowered>,
    /// The machine, where it had to be asked: what sources hold is in its store, as long as the session lasts.
    pub(super) machine: Option<Machine>,
}

/// What a description comes to, with images of its hosts where a format is given.
///
/// # Errors
/// It does not compile, it is not locked, or its sources cannot be read.
pub(super) fn of_description(
    file: &Path,
    selecting: &Selecting,
    image: Option<ImageFormat>,
    global: &Global,
    terminal: &Terminal,
) -> Result<Described, CliError> {
    let project = Project::open(file, &selecting.setting, terminal)?;
    let topology = project.topology(selecting, terminal)?;
    let lock = locking::known_lock(&project, selecting, &topology, global)?;
    let topology = project.with_versions(selecting, &topology, &lock, terminal)?;
    let machine = sources::are_needed(&topology).then(|| Machine::open(global)).transpose()?;
    let known = match &machine {
        None => Sources::default(),
        Some(machine) => {
            // What a revision is, the lock says; its files may still have to be fetched.
            let progress = Progress::new(terminal);
            let known =
                sources::import(&project, &topology, &lock, machine, &NetworkArgs::default(), &progress);
            progress.finish();
            // So that what was read need not be read again by the build, or when this is asked again.
            machine.store.commit(&[]).map_err(|error| machine::store_error(&error))?;
            known?
        }
    };
    let lowered = lower(&topology, &lock, image, known)?;
    Ok(Described { project, topology, lock, lowered, machine })
}

/// Lowers a topology, with the errors as a person is told them. The process ends with its command: a graph of many
/// derivations need not be freed one by one before.
pub(super) fn lower(
    topology: &Topology,
    lock: &Lock,
    image: Option<ImageFormat>,
    sources: Sources,
) -> Result<ManuallyDrop<Lowered>, CliError> {
    let options = LowerOptions { platform: machine::platform()?.to_owned(), image, sources };
    let lowered = plc_plan::lower(topology, lock, &options);
    lowered.map(ManuallyDrop::new).map_err(|error| match &error {
        LowerError::NotLocked(_)
        | LowerError::Stale { .. }
        | LowerError::OtherArchive { .. }
        | LowerError::Incomplete(_) => {
            CliError::user(&error).help("bring the lock up to the description with `plc lock`")
        }
        LowerError::NotRead(_) | LowerError::Json(_) | LowerError::Graph(_) => CliError::build(&error),
    })
}

/// Keeps the derivations in the store, so that `show`, `diff` and `log` find them.
pub(super) fn keep(store: &Store, lowered: &Lowered) -> Result<(), CliError> {
    let all: Vec<_> = lowered
        .graph
        .order()
        .iter()
        .map(|id| lowered.graph.node(*id))
        .map(|node| (node.hash, &node.derivation))
        .collect();
    store.put_derivations(&all).map_err(|error| machine::store_error(&error))
}
