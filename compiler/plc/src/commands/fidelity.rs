//! `plc fidelity`

use std::{path::PathBuf, sync::Arc};

use plc_lang::{Selection, Versions, source::Span, topology::Topology};
use plc_plan::{
    fidelity::{Class, Difference, Fidelity, Side, fidelity},
    identity::{identity, packages},
    lock::{Lock, LockedVersions},
};
use plc_store::IdentityHash;
use serde_json::json;

use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    locking,
    project::Project,
    render::{self, Table, Terminal},
    selecting::{Selecting, Setting},
};

/// Tell how production-like a profile is: every difference is capacity, double, absence or deviation, with its reason.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The description
    #[arg(default_value = "env.pl")]
    file: PathBuf,
    /// The profile to judge; may be left out where there is only one besides that of `--against`
    profile: Option<String>,
    /// The profile to judge it against
    #[arg(long, value_name = "PROFILE", default_value = "production")]
    against: String,
    /// A variant that the judged profile is taken with; may be repeated
    #[arg(long, value_name = "VARIANT")]
    variant: Vec<String>,
    #[command(flatten)]
    setting: Setting,
    /// Exit with 1 when there is any of these
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Vec<Deny>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// What may be forbidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Deny {
    /// Differences without a reason: of variants and of `--with`.
    Unexplained,
    /// Doubles, absences and deviations, explained or not.
    Declared,
    /// Capacities below which something cannot be seen.
    Cliffs,
}

/// What is evaluated of one side.
struct Evaluated {
    topology: Arc<Topology>,
    form: Topology,
    plain: Topology,
    identity: IdentityHash,
}

/// A side that is to be evaluated.
struct Asked<'a> {
    project: &'a Project,
    selection: Selection,
    /// What does not depend on versions.
    first: Arc<Topology>,
    lock: Option<Lock>,
}

impl<'a> Asked<'a> {
    fn of(
        project: &'a Project,
        selecting: &Selecting,
        global: &Global,
        terminal: &Terminal,
    ) -> Result<Self, CliError> {
        let selection = selecting.selection(&project.program)?;
        let first = project.topology(selecting, terminal)?;
        let lock = locking::lock_if_known(project, selecting, &first, global)?;
        Ok(Self { project, selection, first, lock })
    }

    /// With versions, or without: both sides have to be of one kind.
    fn evaluated(&self, locked: bool, terminal: &Terminal) -> Result<Evaluated, CliError> {
        let Self { project, selection, first, .. } = self;
        let told = |diagnostics: Vec<_>| project.told(&diagnostics, terminal);
        let lock = self.lock.as_ref().filter(|_| locked);
        let locked = lock.map(|lock| LockedVersions::new(lock, first));
        let versions = locked.as_ref().map(|locked| locked as &dyn Versions);
        let topology = project.program.evaluate(selection, versions).map_err(told)?;
        let form = project.program.identity(selection, versions).map_err(told)?;
        let plain = project.program.plain_identity(selection, versions).map_err(told)?;
        let packages = lock.map(|lock| packages(&topology, lock)).unwrap_or_default();
        let identity = identity(&form, &packages);
        Ok(Evaluated { topology, form, plain, identity })
    }
}

impl Evaluated {
    fn side(&self) -> Side<'_> {
        Side { topology: &self.topology, form: &self.form, plain: &self.plain, identity: self.identity }
    }
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let project = Project::open(&args.file, &args.setting, terminal)?;
    // What the command line sets is set of the profile that is judged.
    let plain = Setting { with: Vec::new(), ..args.setting.clone() };
    let bare = match args.setting.with.as_slice() {
        [] => None,
        _ => Some(Project::open(&args.file, &plain, terminal)?),
    };
    let against = Selecting { profile: Some(args.against.clone()), variant: Vec::new(), setting: plain };
    let here = Asked::of(&project, &selecting(args, &project), global, terminal)?;
    let there = Asked::of(bare.as_ref().unwrap_or(&project), &against, global, terminal)?;
    let locked = here.lock.is_some() && there.lock.is_some();
    let here = here.evaluated(locked, terminal)?;
    let there = there.evaluated(locked, terminal)?;
    if here.topology.environment != there.topology.environment {
        return Err(CliError::user(format!(
            "`{}` is a profile of `{}`, and `{}` one of `{}`",
            here.topology.profile,
            here.topology.environment,
            there.topology.profile,
            there.topology.environment
        ))
        .help("two profiles of one environment can be compared: name the other with `--against`"));
    }
    let report = fidelity(here.side(), there.side());
    if args.json {
        terminal.line(as_json(&report, &here, &project, locked)?);
    } else {
        print(&report, &here.topology, &project, locked, terminal);
    }
    Ok(if denied(&report, &args.deny) { Exit::Difference } else { Exit::Done })
}

/// What is judged: the only profile besides that of `--against` where none is named.
fn selecting(args: &Args, project: &Project) -> Selecting {
    let profiles = project.program.profiles();
    let mut others = profiles.iter().filter(|profile| profile.name != args.against);
    let only = match (others.next(), others.next()) {
        (Some(only), None) => Some(only.name.clone()),
        _ => None,
    };
    let profile = args.profile.clone().or(only);
    Selecting { profile, variant: args.variant.clone(), setting: args.setting.clone() }
}

fn denied(report: &Fidelity, deny: &[Deny]) -> bool {
    let declared = [Class::Double, Class::Absence, Class::Deviation];
    deny.iter().any(|what| match what {
        Deny::Unexplained => !report.is_explained(),
        Deny::Declared => declared.iter().any(|class| report.count(*class) > 0),
        Deny::Cliffs => !report.cliffs.is_empty(),
    })
}

fn as_json(report: &Fidelity, here: &Evaluated, project: &Project, locked: bool) -> Result<String, CliError> {
    let mut value = serde_json::to_value(report).map_err(CliError::build)?;
    let place = |span: Option<Span>| span.map(|span| project.place(span));
    if let Some(differences) = value.get_mut("differences").and_then(|d| d.as_array_mut()) {
        for (json, difference) in differences.iter_mut().zip(&report.differences) {
            json["place"] = json!(place(difference.span));
        }
    }
    if let Some(cliffs) = value.get_mut("cliffs").and_then(|d| d.as_array_mut()) {
        for (json, cliff) in cliffs.iter_mut().zip(&report.cliffs) {
            json["place"] = json!(place(Some(cliff.span)));
        }
    }
    value["environment"] = json!(here.topology.environment);
    value["same_identity"] = json!(report.identity == report.against_identity);
    value["explained"] = json!(report.is_explained());
    value["locked"] = json!(locked);
    serde_json::to_string_pretty(&value).map_err(CliError::build)
}

fn print(report: &Fidelity, here: &Topology, project: &Project, locked: bool, terminal: &Terminal) {
    let name = |profile: &str| format!("{}@{profile}", here.environment);
    let variants: String = here.variants.iter().map(|variant| format!("+{variant}")).collect();
    terminal.line(format!("{}{variants} against {}", name(&report.profile), name(&report.against)));
    let versions = if locked { "" } else { " (without versions: they are not locked)" };
    if report.identity == report.against_identity {
        terminal.line(format!("identity  {}, the same{versions}", report.identity.short()));
    } else {
        let (one, other) = (report.identity.short(), report.against_identity.short());
        terminal.line(format!("identity  {one}, not {other}{versions}"));
    }
    let classes = [Class::Unexplained, Class::Double, Class::Absence, Class::Deviation, Class::Capacity];
    for class in classes {
        let of_it: Vec<&Difference> = report.differences.iter().filter(|d| d.class == class).collect();
        if of_it.is_empty() {
            continue;
        }
        terminal.line("");
        let mut table = Table::new(&[&class.word().to_uppercase(), &report.profile, &report.against]);
        for difference in &of_it {
            let shown = |value: &Option<String>| value.as_deref().map_or_else(|| "–".to_owned(), told);
            table.row([difference.path.clone(), shown(&difference.here), shown(&difference.there)]);
        }
        let mut lines = table.lines().into_iter();
        if let Some(heading) = lines.next() {
            terminal.line(terminal.bold(&heading));
        }
        for (line, difference) in lines.zip(of_it) {
            terminal.line(line);
            for reason in reason(difference, project) {
                terminal.line(terminal.dim(&reason));
            }
        }
    }
    if !report.cliffs.is_empty() {
        terminal.line("");
        let mut table = Table::new(&["CLIFF", ""]);
        for cliff in &report.cliffs {
            table.row([cliff.path.clone(), cliff.text.clone()]);
        }
        for (index, line) in table.lines().into_iter().enumerate() {
            terminal.line(if index == 0 { terminal.bold(&line) } else { line });
        }
    }
    terminal.line("");
    terminal.line(summary(report));
}

/// The reason of a declared difference, indented, with its date and place.
fn reason(difference: &Difference, project: &Project) -> Vec<String> {
    let Some(because) = &difference.because else { return Vec::new() };
    let until = difference.until.as_ref().map(|day| format!(", until {day}")).unwrap_or_default();
    let by = difference.declared_by.as_ref().map(|by| format!("`{by}`")).unwrap_or_default();
    let place = difference.span.map(|span| project.place(span)).unwrap_or_default();
    vec![format!("  because {because}{until}"), format!("  declared by {by} at {place}")]
}

/// A value, not too long. A number of bytes that no unit divides says little, so that it is told roughly besides.
fn told(value: &str) -> String {
    const MOST: usize = 48;
    const FEW: u64 = 10 * 1024;
    let bytes = value.strip_suffix('B').and_then(|bytes| bytes.parse().ok());
    match bytes.filter(|bytes| *bytes >= FEW) {
        Some(bytes) => format!("{value} ({})", render::bytes(bytes)),
        None if value.chars().count() <= MOST => value.to_owned(),
        None => value.chars().take(MOST - 1).chain(['…']).collect(),
    }
}

fn summary(report: &Fidelity) -> String {
    let count = |class, one: &str, many: &str| match report.count(class) {
        0 => None,
        n => Some(render::count(n, one, many)),
    };
    let parts = [
        count(Class::Unexplained, "difference without a reason", "differences without a reason"),
        count(Class::Double, "double", "doubles"),
        count(Class::Absence, "absence", "absences"),
        count(Class::Deviation, "deviation", "deviations"),
        count(Class::Capacity, "capacity", "capacities"),
        (!report.cliffs.is_empty()).then(|| render::count(report.cliffs.len(), "cliff", "cliffs")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "no difference".to_owned() } else { parts.join(", ") }
}
