//! `plc build`

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use plc_build::{
    job::{Context, DISK_FULL},
    sandbox::{Preloading, Runner, Sandbox},
    schedule::{self, BuildError, Built, Options},
};
use plc_lang::topology::Topology;
use plc_plan::{Lowered, derivation::ImageFormat};
use plc_store::{Output, Realisation, Store, TreeDigest};
use serde_json::json;

use super::plan;
use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    machine::{self, Machine},
    mirrors::{self, Network},
    progress::Progress,
    project::Project,
    render::{self, Table, Terminal},
};

/// Build the root file systems and the configuration of an environment under a profile.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The description
    #[arg(default_value = "env.pl")]
    file: PathBuf,
    /// The profile to build; may be left out where there is only one
    #[arg(short, long)]
    profile: Option<String>,
    #[command(flatten)]
    network: mirrors::NetworkArgs,
    /// Builders that run at a time [default: one for each processor]
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
    /// Refuse to make a lock where there is none
    #[arg(long)]
    locked: bool,
    /// Go on with what does not depend on a failure
    #[arg(short, long)]
    keep_going: bool,
    /// Build again what the store has, and compare
    #[arg(long)]
    rebuild: bool,
    /// A library that programs in the sandbox load first, such as libfaketime with FAKETIME set: builds again, and sees
    /// whether what the library changes shows in the result
    #[arg(long, value_name = "LIBRARY", requires = "rebuild", hide = true)]
    preload: Option<PathBuf>,
    /// Also write each host's root file system: `tar` as one file, `dir` as a plain directory
    #[arg(long, value_enum, value_name = "FORMAT", requires = "out")]
    image: Option<Image>,
    /// The directory to write images to: `DIR/HOST.tar` or `DIR/HOST`
    #[arg(long, value_name = "DIR", requires = "image")]
    out: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// What to write a root file system as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Image {
    /// One pax tar file.
    Tar,
    /// A plain directory.
    Dir,
}

/// Downloads at a time. More hardly helps, and mirrors frown on it.
const DOWNLOADS: usize = 6;

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let started = Instant::now();
    let project = Project::open(&args.file, terminal)?;
    let topology = project.topology(args.profile.as_deref(), terminal)?;
    let machine = Machine::open(global)?;
    let progress = Progress::new(terminal);
    let lock =
        mirrors::lock_of(&project, &topology, &machine, &args.network, args.locked, &progress, terminal)?;
    let image = args.image.filter(|image| *image == Image::Tar).map(|_| ImageFormat::Tar);
    let lowered = plan::lower(&topology, &lock, image)?;
    plan::keep(&machine.store, &lowered)?;
    let root = format!("{}@{}", topology.environment, topology.profile);
    machine.store.add_root(&root, &lowered.environment).map_err(|error| machine::store_error(&error))?;

    let network = Network::new(&topology, &project.directory, &args.network);
    let sandbox = Sandbox::new(&machine.store, machine::this_program()?)
        .map_err(|error| CliError::build("there is no sandbox").because_of(&error))?;
    let preloading = args.preload.as_deref().map(|library| Preloading::new(&sandbox, library)).transpose();
    let preloading =
        preloading.map_err(|error| CliError::user("cannot read the library").because_of(&error))?;
    let runner: &dyn Runner = match &preloading {
        Some(preloading) => preloading,
        None => &sandbox,
    };
    let context = Context { store: &machine.store, runner, source: &network };
    let targets: Vec<_> =
        lowered.hosts.iter().filter_map(|host| host.image).chain([lowered.environment]).collect();
    let options = Options {
        jobs: args.jobs.unwrap_or_else(machine::processors),
        downloads: DOWNLOADS,
        keep_going: args.keep_going,
        rebuild: args.rebuild,
    };
    let built = schedule::build(&lowered.graph, &targets, &context, &options, &progress);
    progress.finish();
    let built = built.map_err(|error| build_error(&error, &machine.store))?;

    let link = publish(&machine.store, &topology, &lowered, &built)?;
    if let (Some(image), Some(out)) = (args.image, &args.out) {
        write_images(&machine.store, &sandbox, &lowered, &built, image, out, terminal)?;
    }
    terminal.status("Finished", format!("{} in {:.2} s", describe(&built), started.elapsed().as_secs_f64()));
    let result =
        Result { topology: &topology, lowered: &lowered, built: &built, store: &machine.store, link: &link };
    if args.json {
        result.print_json(terminal)?
    } else {
        result.print(terminal)?
    }
    Ok(Exit::Done)
}

fn describe(built: &Built) -> String {
    match (built.built, built.cut_off) {
        (0, 0) => "with nothing to do".to_owned(),
        (built, 0) => format!("{} built", render::count(built, "derivation", "derivations")),
        (built, same) => {
            format!("{} built, {same} the same as before", render::count(built, "derivation", "derivations"))
        }
    }
}

fn build_error(error: &BuildError, store: &Store) -> CliError {
    let BuildError::Failed { failures, .. } = error else {
        if let BuildError::Store(error) = error {
            return machine::store_error(error);
        }
        return CliError::build("the build could not go on").because_of(error);
    };
    let mut told = CliError::build(error);
    let mut is_full = failures.iter().any(|failure| failure.error.is_full());
    for failure in failures {
        told =
            told.cause(format!("`{}` ({})", failure.name, failure.hash.short())).because_of(&failure.error);
        let log = fs::read(store.log_path(&failure.hash)).unwrap_or_default();
        if failure.error.has_log() && !log.is_empty() {
            let end = last_lines(&String::from_utf8_lossy(&log), 15);
            // What runs in the sandbox writes to the same disk, and can only say so in its log.
            is_full |= end.contains("No space left on device");
            told = told.cause(format!("the end of its log:\n{end}"));
        }
    }
    if is_full {
        return told.help(DISK_FULL);
    }
    match failures.iter().find_map(|failure| failure.error.help()) {
        Some(help) => told.help(help),
        None => match failures.iter().find(|failure| failure.error.has_log()) {
            Some(failure) => told.help(format!("the whole log: `plc log {}`", failure.hash.short())),
            None => told,
        },
    }
}

fn last_lines(text: &str, most: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(most)..].join("\n")
}

/// Leaves `result-PROFILE` pointing at the outcome.
fn publish(
    store: &Store,
    topology: &Topology,
    lowered: &Lowered,
    built: &Built,
) -> std::result::Result<PathBuf, CliError> {
    let tree = tree_of(built, &lowered.environment)
        .ok_or_else(|| CliError::build("the environment was not built"))?
        .0;
    let place = store.present(&tree).map_err(|error| machine::store_error(&error))?;
    let link = PathBuf::from(format!("result-{}", topology.profile));
    if fs::read_link(&link).is_ok_and(|target| target == place) {
        return Ok(link);
    }
    let failed = |error: std::io::Error| {
        CliError::user(format!("cannot make the link `{}`", link.display())).because_of(&error)
    };
    match fs::symlink_metadata(&link) {
        Ok(there) if !there.is_symlink() => {
            return Err(CliError::user(format!("`{}` is in the way of the result's link", link.display()))
                .help("move it elsewhere, or run in another directory"));
        }
        _ => {}
    }
    let fresh = PathBuf::from(format!(".result-{}.{}", topology.profile, std::process::id()));
    std::os::unix::fs::symlink(&place, &fresh).map_err(failed)?;
    fs::rename(&fresh, &link).map_err(|error| {
        let _ = fs::remove_file(&fresh);
        failed(error)
    })?;
    Ok(link)
}

fn tree_of<'a>(built: &'a Built, hash: &plc_store::DerivationHash) -> Option<(TreeDigest, &'a Realisation)> {
    let realisation = built.realisations.get(hash)?;
    match realisation.output {
        Output::Tree(digest) => Some((digest, realisation)),
        Output::Blob { .. } => None,
    }
}

fn write_images(
    store: &Store,
    sandbox: &Sandbox,
    lowered: &Lowered,
    built: &Built,
    image: Image,
    out: &Path,
    terminal: &Terminal,
) -> std::result::Result<(), CliError> {
    let cannot = |path: &Path| {
        let message = format!("cannot write {}", path.display());
        move |error: &dyn std::error::Error| CliError::build(&message).because_of(error)
    };
    fs::create_dir_all(out).map_err(|error| cannot(out)(&error))?;
    for host in &lowered.hosts {
        let target = match image {
            Image::Tar => out.join(format!("{}.tar", host.name)),
            Image::Dir => out.join(&host.name),
        };
        match image {
            Image::Tar => {
                let Some(Realisation { output: Output::Blob { digest, .. }, .. }) =
                    host.image.as_ref().and_then(|hash| built.realisations.get(hash))
                else {
                    continue;
                };
                let mut from = store.open_blob(digest).map_err(|error| machine::store_error(&error))?;
                let fresh = out.join(format!(".{}.tar.{}", host.name, std::process::id()));
                let written = fs::File::create(&fresh)
                    .and_then(|mut to| std::io::copy(&mut from, &mut to))
                    .and_then(|_| fs::rename(&fresh, &target));
                written.map_err(|error| {
                    let _ = fs::remove_file(&fresh);
                    cannot(&target)(&error)
                })?;
            }
            Image::Dir => {
                if target.exists() {
                    return Err(CliError::user(format!("{} is there already", target.display()))
                        .help("name another directory with `--out`"));
                }
                let Some(root) = tree_of_host(built, &host.root, store)? else { continue };
                sandbox.lay_out(&root, &target).map_err(|error| cannot(&target)(&error))?;
            }
        }
        terminal.status("Wrote", target.display());
    }
    Ok(())
}

/// The tree of a host's root file system. A build with nothing to do looked no further than the environment.
fn tree_of_host(
    built: &Built,
    hash: &plc_store::DerivationHash,
    store: &Store,
) -> std::result::Result<Option<TreeDigest>, CliError> {
    if let Some((tree, _)) = tree_of(built, hash) {
        return Ok(Some(tree));
    }
    match store.realised(hash).map_err(|error| machine::store_error(&error))? {
        Some(Realisation { output: Output::Tree(tree), .. }) => Ok(Some(tree)),
        _ => Ok(None),
    }
}

/// What is printed at the end.
struct Result<'a> {
    topology: &'a Topology,
    lowered: &'a Lowered,
    built: &'a Built,
    store: &'a Store,
    link: &'a Path,
}

impl Result<'_> {
    fn size(
        &self,
        hash: &plc_store::DerivationHash,
    ) -> std::result::Result<(Option<TreeDigest>, u64), CliError> {
        let root = tree_of_host(self.built, hash, self.store)?;
        let size = match &root {
            Some(digest) => {
                self.store.read_tree(digest).map_err(|error| machine::store_error(&error))?.size()
            }
            None => 0,
        };
        Ok((root, size))
    }

    fn print(&self, terminal: &Terminal) -> std::result::Result<(), CliError> {
        let mut table = Table::new(&["HOST", ">REPLICAS", ">PACKAGES", ">SIZE", "DERIVATION"]);
        for (host, lowered) in self.topology.hosts.iter().zip(&self.lowered.hosts) {
            table.row([
                host.name.clone(),
                host.replicas.to_string(),
                lowered.packages.to_string(),
                render::bytes(self.size(&lowered.root)?.1),
                lowered.root.short(),
            ]);
        }
        for (index, line) in table.lines().iter().enumerate() {
            terminal.line(if index == 0 { terminal.dim(line) } else { line.clone() });
        }
        let name = format!("{}@{}", self.topology.environment, self.topology.profile);
        terminal.line(format!("\n{}  {}", terminal.bold(&name), self.lowered.environment));
        terminal.line(format!("{} shows what is in it", self.link.display()));
        Ok(())
    }

    fn print_json(&self, terminal: &Terminal) -> std::result::Result<(), CliError> {
        let mut hosts = Vec::new();
        for (host, lowered) in self.topology.hosts.iter().zip(&self.lowered.hosts) {
            let (tree, size) = self.size(&lowered.root)?;
            hosts.push(json!({
                "name": host.name,
                "replicas": host.replicas,
                "packages": lowered.packages,
                "size": size,
                "derivation": lowered.root,
                "tree": tree,
            }));
        }
        terminal.line(json!({
            "environment": self.topology.environment,
            "profile": self.topology.profile,
            "derivation": self.lowered.environment,
            "tree": tree_of(self.built, &self.lowered.environment).map(|(tree, _)| tree),
            "result": self.link.display().to_string(),
            "built": self.built.built,
            "same_as_before": self.built.cut_off,
            "hosts": hosts,
        }));
        Ok(())
    }
}
