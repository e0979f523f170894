//! `plc diff`

use std::{collections::HashMap, path::Path};

use plc_plan::{
    derivation::Derivation,
    diff::{Drift, EntryChange, FileChange, HostDrift, PackageChange, Presence, TreeChange, diff},
};
use plc_store::{DerivationHash, Store, Tree, TreeDigest};

use super::plan;
use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    machine::Machine,
    render::{self, Table, Terminal},
    selecting::{Selecting, Setting},
};

/// Tell what differs between two derivations: versions, then configuration, then the rest. Exit code 1 when they differ.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A derivation hash, the beginning of one, or a description with a profile and perhaps variants: `env.pl@local`,
    /// `env.pl@local+next_mariadb`
    a: String,
    /// Another
    b: String,
    #[command(flatten)]
    setting: Setting,
    /// Print the difference as JSON
    #[arg(long)]
    json: bool,
}

/// Derivations as the store has them, and those of descriptions, which need not be built for this.
pub(super) struct Known<'a> {
    /// The one that hashes name derivations of, and those that sources of descriptions were read into.
    pub(super) stores: Vec<&'a Store>,
    pub(super) lowered: HashMap<DerivationHash, Derivation>,
}

impl plc_plan::diff::Derivations for Known<'_> {
    fn get(&self, hash: &DerivationHash) -> Result<Option<Derivation>, String> {
        if let Some(derivation) = self.lowered.get(hash) {
            return Ok(Some(derivation.clone()));
        }
        let Some(store) = self.stores.first() else { return Ok(None) };
        let bytes = store.read_derivation(hash).map_err(|error| error.to_string())?;
        bytes.map(|bytes| Derivation::decode(&bytes).map_err(|error| error.to_string())).transpose()
    }

    fn tree(&self, digest: &TreeDigest) -> Result<Option<Tree>, String> {
        match self.stores.iter().find(|store| store.has_tree(digest)) {
            Some(store) => store.read_tree(digest).map(Some).map_err(|error| error.to_string()),
            None => Ok(None),
        }
    }
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let needs_store = [&args.a, &args.b].iter().any(|side| description(side, &args.setting).is_none());
    let machine = needs_store.then(|| Machine::open_to_read(global)).transpose()?;
    let mut lowered = HashMap::new();
    let (a, read_for_a) = side(&args.a, args, machine.as_ref(), &mut lowered, global, terminal)?;
    let (b, read_for_b) = side(&args.b, args, machine.as_ref(), &mut lowered, global, terminal)?;
    let machines = [&machine, &read_for_a, &read_for_b].into_iter().flatten();
    let known = Known { stores: machines.map(|machine| &machine.store).collect(), lowered };
    let drift = diff(&known, &a, &b, &plc_build::debian::compare_versions)
        .map_err(|error| CliError::user("cannot compare them").because_of(&error))?;
    if args.json {
        terminal.line(serde_json::to_string_pretty(&drift).map_err(CliError::build)?);
    } else {
        print(&drift, terminal);
    }
    Ok(if a == b { Exit::Done } else { Exit::Difference })
}

/// The file, profile and variants of `env.pl@local+next_mariadb`, `env.pl@local` or `env.pl`.
fn description<'a>(side: &'a str, setting: &Setting) -> Option<(&'a str, Selecting)> {
    let of = |profile: Option<&str>, variant| {
        let profile = profile.filter(|name| !name.is_empty()).map(str::to_owned);
        Selecting { profile, variant, setting: setting.clone() }
    };
    match side.rsplit_once('@') {
        Some((file, names)) => {
            let mut names = names.split('+');
            let profile = names.next();
            Some((file, of(profile, names.map(str::to_owned).collect())))
        }
        None => side.ends_with(".pl").then(|| (side, of(None, Vec::new()))),
    }
}

fn side(
    text: &str,
    args: &Args,
    machine: Option<&Machine>,
    known: &mut HashMap<DerivationHash, Derivation>,
    global: &Global,
    terminal: &Terminal,
) -> Result<(DerivationHash, Option<Machine>), CliError> {
    match (description(text, &args.setting), machine) {
        (Some((file, selecting)), _) => {
            let plan::Described { lowered, machine, .. } =
                plan::of_description(Path::new(file), &selecting, None, global, terminal)?;
            let nodes = lowered.graph.order().iter().map(|id| lowered.graph.node(*id));
            known.extend(nodes.map(|node| (node.hash, node.derivation.clone())));
            Ok((lowered.environment, machine))
        }
        (None, Some(machine)) => Ok((machine.derivation(text)?.0, None)),
        (None, None) => Err(CliError::build("there is no store to look in")),
    }
}

fn print(drift: &Drift, terminal: &Terminal) {
    for host in &drift.hosts {
        print_host(host, terminal);
    }
    if !drift.other.is_empty() {
        terminal.line(terminal.bold("topology"));
        for text in &drift.other {
            terminal.line(format!("  {text}"));
        }
    }
}

fn print_host(host: &HostDrift, terminal: &Terminal) {
    terminal.line(terminal.bold(&match host.presence {
        Presence::Both => format!("host {}", host.host),
        Presence::Added => format!("host {} is new", host.host),
        Presence::Removed => format!("host {} is gone", host.host),
    }));
    if !host.packages.is_empty() {
        terminal.line(format!("  {}", render::count(host.packages.len(), "package", "packages")));
        print_packages(&host.packages, terminal);
    }
    for tree in &host.trees {
        print_tree(tree, terminal);
    }
    for file in &host.configuration {
        print_file(file, terminal);
    }
    for text in &host.other {
        terminal.line(format!("  {text}"));
    }
}

fn print_packages(packages: &[PackageChange], terminal: &Terminal) {
    let mut table = Table::new(&["", "", ""]);
    for change in packages {
        let (sign, name, versions) = match change {
            PackageChange::Upgraded { name, from, to } => ("↑", name, format!("{from} → {to}")),
            PackageChange::Downgraded { name, from, to } => ("↓", name, format!("{from} → {to}")),
            PackageChange::Rebuilt { name, version } => ("~", name, format!("{version}, other bytes")),
            PackageChange::Added { name, version } => ("+", name, version.clone()),
            PackageChange::Removed { name, version } => ("-", name, version.clone()),
        };
        table.row([sign.to_owned(), name.clone(), versions]);
    }
    for (line, change) in table.lines().iter().skip(1).zip(packages) {
        let line = format!("    {line}");
        terminal.line(match change {
            PackageChange::Added { .. } => terminal.added(&line),
            PackageChange::Removed { .. } => terminal.removed(&line),
            _ => line,
        });
    }
}

fn print_tree(tree: &TreeChange, terminal: &Terminal) {
    terminal.line(format!("  {}", tree.path));
    for EntryChange { tag, path } in &tree.files {
        let text = format!("    {tag} {path}");
        terminal.line(match tag {
            '+' => terminal.added(&text),
            '-' => terminal.removed(&text),
            _ => text,
        });
    }
    for note in &tree.notes {
        terminal.line(format!("    {note}"));
    }
}

fn print_file(file: &FileChange, terminal: &Terminal) {
    let notes = if file.notes.is_empty() { String::new() } else { format!(" ({})", file.notes.join(", ")) };
    terminal.line(format!("  {}{notes}", file.path));
    for hunk in &file.hunks {
        terminal.line(terminal.dim(&format!("    @@ line {} → {} @@", hunk.from, hunk.to)));
        for line in &hunk.lines {
            let text = format!("    {} {}", line.tag, line.text);
            terminal.line(match line.tag {
                '+' => terminal.added(&text),
                '-' => terminal.removed(&text),
                _ => text,
            });
        }
    }
}
