//! `plc show`

pub(super) mod value;

use std::{path::Path, sync::Arc};

use plc_lang::topology::Topology;
use plc_plan::derivation::{Builder, Derivation, Extract, Role, TreeContent};
use plc_store::{DerivationHash, IdentityHash, Output};
use serde_json::json;

use super::plan;
use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    locking,
    machine::{self, Machine},
    project::Project,
    render::{self, Terminal},
    selecting::Selecting,
};

/// Show a derivation by its hash, what a description comes to, or where one of its values comes from.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A derivation hash, the beginning of one, or a description
    #[arg(default_value = "env.pl")]
    what: String,
    /// A value of the description to explain: `app_servers`, `db.memory`, `app.fpm.workers`
    path: Option<String>,
    #[command(flatten)]
    selecting: Selecting,
    /// Which stage of a description to show
    #[arg(long, value_enum, default_value_t = Stage::Topology)]
    stage: Stage,
    /// Print a derivation or a value as JSON (a description is always shown so)
    #[arg(long)]
    json: bool,
}

/// A stage on the way of a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Stage {
    /// The evaluated topology.
    Topology,
    /// The derivations.
    Derivations,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    if Path::new(&args.what).exists() || args.what.ends_with(".pl") {
        return description(args, global, terminal);
    }
    if args.path.is_some() {
        return Err(CliError::user(format!("`{}` is not a description", args.what))
            .help("a value is asked of one: `plc show env.pl app.fpm.workers`"));
    }
    let machine = Machine::open_to_read(global)?;
    let (hash, derivation) = machine.derivation(&args.what)?;
    if args.json {
        let realisation = machine.store.realised(&hash).map_err(|error| machine::store_error(&error))?;
        let output = realisation.as_ref().map(|realisation| match &realisation.output {
            Output::Blob { digest, size } => json!({ "blob": digest, "size": size }),
            Output::Tree(digest) => json!({ "tree": digest, "layers": realisation.layers }),
        });
        let value = json!({ "hash": hash, "derivation": derivation, "output": output });
        terminal.line(serde_json::to_string_pretty(&value).map_err(CliError::build)?);
    } else {
        print(&machine, &hash, &derivation, terminal)?;
    }
    Ok(Exit::Done)
}

fn description(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let file = Path::new(&args.what);
    if let Some(path) = &args.path {
        let project = Project::open(file, &args.selecting.setting, terminal)?;
        return value::run(&project, path, &args.selecting, args.json, (global, terminal));
    }
    let value = match args.stage {
        Stage::Topology => serde_json::to_string_pretty(&topology(file, args, global, terminal)?),
        Stage::Derivations => {
            let described = plan::of_description(file, &args.selecting, None, global, terminal)?;
            let graph = &described.lowered.graph;
            let nodes = graph.order().iter().map(|id| graph.node(*id));
            let all: Vec<_> =
                nodes.map(|node| json!({ "hash": node.hash, "derivation": node.derivation })).collect();
            serde_json::to_string_pretty(&all)
        }
    };
    terminal.line(value.map_err(CliError::build)?);
    Ok(Exit::Done)
}

/// A topology with its identity.
#[derive(serde::Serialize)]
struct Identified {
    /// None where there is no lock that has all its packages: the identity is over their versions too.
    identity: Option<IdentityHash>,
    #[serde(flatten)]
    topology: Arc<Topology>,
}

/// With the versions of the lock, where there is one that has them all.
fn topology(file: &Path, args: &Args, global: &Global, terminal: &Terminal) -> Result<Identified, CliError> {
    let project = Project::open(file, &args.selecting.setting, terminal)?;
    let topology = project.topology(&args.selecting, terminal)?;
    let lock = locking::lock_if_known(&project, &args.selecting, &topology, global).unwrap_or_default();
    match lock.filter(|lock| lock.lacks(&topology).is_empty()) {
        Some(lock) => {
            let identity = project.identity(&args.selecting, &topology, &lock, terminal)?;
            let topology = project.with_versions(&args.selecting, &topology, &lock, terminal)?;
            Ok(Identified { identity: Some(identity), topology })
        }
        None => Ok(Identified { identity: None, topology }),
    }
}

fn print(
    machine: &Machine,
    hash: &DerivationHash,
    derivation: &Derivation,
    terminal: &Terminal,
) -> Result<(), CliError> {
    let field = |name: &str, value: String| {
        terminal.line(format!("{} {value}", terminal.dim(&format!("{name:>12}"))))
    };
    terminal.line(format!(
        "{} {}",
        terminal.bold(&format!("{:>12}", derivation.builder.kind())),
        derivation.name
    ));
    field("derivation", hash.to_hex());
    field("platform", derivation.platform.to_string());
    for (name, value) in arguments(&derivation.builder) {
        field(name, value);
    }
    for role in Role::ALL {
        let inputs: Vec<DerivationHash> = derivation.inputs_as(role).collect();
        for input in &inputs {
            field(&role.to_string(), format!("{}  {}", input.short(), machine.read(input)?.name));
        }
    }
    let realisation = machine.store.realised(hash).map_err(|error| machine::store_error(&error))?;
    match realisation {
        None => field("output", "not built in this store".into()),
        Some(realisation) => match realisation.output {
            Output::Blob { digest, size } => field("blob", format!("{digest}  {}", render::bytes(size))),
            Output::Tree(digest) => {
                let tree = machine.store.read_tree(&digest).map_err(|error| machine::store_error(&error))?;
                let entries = render::count(tree.entries().len(), "entry", "entries");
                field("tree", format!("{digest}  {entries}, {}", render::bytes(tree.size())));
                if !realisation.layers.is_empty() {
                    field("layers", realisation.layers.len().to_string());
                }
            }
        },
    }
    Ok(())
}

/// A builder's arguments in words.
fn arguments(builder: &Builder) -> Vec<(&'static str, String)> {
    match builder {
        Builder::Fetch(fetch) => vec![
            ("archive", format!("{} ({})", fetch.archive, fetch.suite)),
            ("path", fetch.path.clone()),
            ("sha256", fetch.sha256.clone()),
            ("size", render::bytes(fetch.size)),
        ],
        Builder::Unpack(package) => {
            vec![("package", format!("{} {} {}", package.name, package.version, package.architecture))]
        }
        Builder::Tree(tree) => tree
            .files
            .iter()
            .map(|file| match &file.content {
                TreeContent::Text(text) => {
                    ("file", format!("{} {:04o}, {}", file.path, file.mode, render::bytes(text.len() as u64)))
                }
                TreeContent::Link(target) => ("link", format!("{} → {target}", file.path)),
                TreeContent::Directory => ("directory", format!("{} {:04o}", file.path, file.mode)),
            })
            .collect(),
        Builder::Rootfs(rootfs) => {
            let asked = rootfs.manual.iter().map(|name| ("asked for", name.clone()));
            let owners =
                rootfs.owners.iter().map(|o| ("owner", format!("{} {}:{}", o.path, o.user, o.group)));
            let mounts =
                rootfs.mounts.iter().map(|m| ("tree at", format!("{} {}:{}", m.path, m.user, m.group)));
            asked.chain(mounts).chain(owners).collect()
        }
        Builder::Check(check) => vec![("command", check.exec.join(" ")), ("user", check.user.clone())],
        Builder::Image(image) => vec![("format", image.format.extension().to_owned())],
        Builder::Layer | Builder::Kernel => Vec::new(),
        Builder::Environment(environment) => vec![("hosts", environment.hosts.join(", "))],
        Builder::Source(source) => vec![("holds", source.tree.to_hex())],
        Builder::Download(download) => {
            vec![("url", download.url.clone()), ("sha256", download.sha256.clone())]
        }
        Builder::Extract(Extract::Archive) => vec![("becomes", "the files of an archive".to_owned())],
        Builder::Extract(Extract::File(name)) => vec![("becomes", format!("the file `{name}`"))],
        Builder::Run(run) => {
            let commands = run.commands.iter().map(|command| ("command", command.clone()));
            let variables =
                run.environment.iter().map(|(name, value)| ("variable", format!("{name}={value}")));
            let output = if run.output.is_empty() { "." } else { &run.output };
            commands.chain(variables).chain([("result", output.to_owned())]).collect()
        }
    }
}
