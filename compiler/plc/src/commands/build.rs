//! `plc build`

mod images;
mod layout;
mod link;
mod outcome;
mod shell;
mod told;

pub(super) use self::{images::Image, told::build_error};

use std::{mem::ManuallyDrop, path::PathBuf, sync::Arc, time::Instant};

use plc_build::{
    job::Context,
    sandbox::{Preloading, Runner, Sandbox},
    schedule::{self, Built, Options},
};
use plc_lang::topology::Topology;
use plc_plan::{Lowered, derivation::ImageFormat};
use plc_store::IdentityHash;

use self::{
    outcome::{Summary, tree_of},
    shell::OpensShell,
};
use super::plan;
use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    locking::Locking,
    machine::{self, Machine},
    mirrors::{self, Network},
    progress::Progress,
    project::Project,
    render::Terminal,
    selecting::Selecting,
    sources,
};

/// Build the root file systems and the configuration of an environment under a profile.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The description
    #[arg(default_value = "env.pl")]
    file: PathBuf,
    #[command(flatten)]
    how: How,
    /// Go on with what does not depend on a failure
    #[arg(short, long)]
    keep_going: bool,
    /// Open a shell in the sandbox where a package's script or a command fails
    #[arg(long, conflicts_with = "json")]
    shell_on_failure: bool,
    /// Build again what the store has, and compare
    #[arg(long)]
    rebuild: bool,
    /// A library that programs in the sandbox load first, such as libfaketime with FAKETIME set: builds again, and sees
    /// whether what the library changes shows in the result. May be repeated
    #[arg(
        long,
        value_name = "LIBRARY",
        requires = "rebuild",
        conflicts_with = "shell_on_failure",
        hide = true
    )]
    preload: Vec<PathBuf>,
    /// Also write each host's root file system: `tar`, `squashfs` or `ext4` as one file, `dir` as a plain directory, `oci` as
    /// an OCI image
    #[arg(long, value_enum, value_name = "FORMAT", requires = "out")]
    image: Option<Image>,
    /// The directory to write images to: `DIR/HOST.tar` and the like, `DIR/HOST`, or `DIR` as an OCI layout that has each host's by its name
    #[arg(long, value_name = "DIR", requires = "image")]
    out: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let started = Instant::now();
    let project = Project::open(&args.file, &args.how.selecting.setting, terminal)?;
    let first = project.topology(&args.how.selecting, terminal)?;
    let name = args.how.selecting.name(&first.profile);
    let link = link::place(&name)?;
    let machine = Machine::open(global)?;
    let progress = Progress::new(terminal);
    let sandbox = sandbox(&machine)?;
    let preloading = (!args.preload.is_empty()).then(|| Preloading::new(&sandbox, &args.preload)).transpose();
    let preloading =
        preloading.map_err(|error| CliError::user("cannot read the library").because_of(&error))?;
    let shells = args.shell_on_failure.then(|| OpensShell::new(&sandbox, &progress, terminal)).transpose()?;
    let runner: &dyn Runner = match (&preloading, &shells) {
        (Some(preloading), _) => preloading,
        (None, Some(shells)) => shells,
        (None, None) => &sandbox,
    };
    let order = Order {
        project: &project,
        first: &first,
        how: &args.how,
        keep_going: args.keep_going,
        rebuild: args.rebuild,
        image: args.image.and_then(Image::format),
    };
    let Made { topology, lowered, built, identity, .. } =
        make(&order, &machine, runner, &progress, terminal)?;

    let environment = tree_of(&built, &lowered.environment)
        .ok_or_else(|| CliError::build("the environment was not built"))?
        .0;
    link::publish(&machine.store, &link, &environment)?;
    if let (Some(image), Some(out)) = (args.image, &args.out) {
        images::write(&machine.store, &sandbox, &lowered, &built, image, out, terminal)?;
    }
    terminal.status(
        "Finished",
        format!("{} in {:.2} s", told::describe(&built), started.elapsed().as_secs_f64()),
    );
    let summary = Summary {
        topology: &topology,
        name: &name,
        identity,
        lowered: &lowered,
        built: &built,
        store: &machine.store,
        link: &link,
    };
    if args.json {
        summary.print_json(terminal)?
    } else {
        summary.print(terminal)?
    }
    Ok(Exit::Done)
}

/// The sandbox of a machine, with what a killed run has left removed: of subordinate ids' files, only it can.
///
/// # Errors
/// This program cannot be found.
pub(super) fn sandbox(machine: &Machine) -> Result<Sandbox, CliError> {
    let sandbox = Sandbox::new(&machine.store, machine::this_program()?)
        .map_err(|error| CliError::build("there is no sandbox").because_of(&error))?;
    for leftover in machine.store.leftovers() {
        let _ = sandbox.remove(leftover);
    }
    Ok(sandbox)
}

/// How a description is built: the options of all commands that do.
#[derive(Debug, clap::Args)]
pub(super) struct How {
    #[command(flatten)]
    pub(super) selecting: Selecting,
    #[command(flatten)]
    pub(super) network: mirrors::NetworkArgs,
    /// Builders that run at a time [default: one for each processor]
    #[arg(short, long, value_name = "N")]
    pub(super) jobs: Option<usize>,
    /// Refuse to make a lock where there is none
    #[arg(long)]
    pub(super) locked: bool,
}

/// What is to be built, and how.
pub(super) struct Order<'a> {
    pub(super) project: &'a Project,
    /// What does not depend on the lock's versions.
    pub(super) first: &'a Arc<Topology>,
    pub(super) how: &'a How,
    pub(super) keep_going: bool,
    pub(super) rebuild: bool,
    pub(super) image: Option<ImageFormat>,
}

/// What was built.
pub(super) struct Made {
    pub(super) topology: Arc<Topology>,
    /// The environment with its profile and variants: `three_tier@local`.
    pub(super) title: String,
    pub(super) lowered: ManuallyDrop<Lowered>,
    pub(super) built: Built,
    pub(super) identity: IdentityHash,
}

/// Locks what is not locked, lowers, and builds.
///
/// # Errors
/// Whatever the description, the lock, the archives or a builder have against it.
pub(super) fn make(
    order: &Order<'_>,
    machine: &Machine,
    runner: &dyn Runner,
    progress: &Progress<'_>,
    terminal: &Terminal,
) -> Result<Made, CliError> {
    let Order { project, first, how: How { selecting, network, jobs, locked }, .. } = order;
    let locking = Locking { project, machine, network, progress, terminal };
    let lock = locking.lock_of(selecting, first, *locked)?;
    let topology = project.with_versions(selecting, first, &lock, terminal)?;
    let known = sources::import(project, &topology, &lock, machine, network, progress)?;
    let lowered = plan::lower(&topology, &lock, order.image, known)?;
    let identity = project.identity(selecting, first, &lock, terminal)?;
    plan::keep(&machine.store, &lowered)?;
    let title = format!("{}@{}", topology.environment, selecting.name(&first.profile));
    machine.store.add_root(&title, &lowered.environment).map_err(|error| machine::store_error(&error))?;

    let network = Network::new(&topology.archives, &lock, project, network);
    let context = Context { store: &machine.store, runner, source: &network };
    let targets: Vec<_> =
        lowered.hosts.iter().filter_map(|host| host.image).chain([lowered.environment]).collect();
    let options = Options {
        jobs: jobs.unwrap_or_else(machine::processors),
        downloads: mirrors::DOWNLOADS,
        keep_going: order.keep_going,
        rebuild: order.rebuild,
    };
    let built = schedule::build(&lowered.graph, &targets, &context, &options, progress);
    progress.finish();
    let built = built.map_err(|error| build_error(&error, &machine.store))?;
    Ok(Made { topology, title, lowered, built, identity })
}
