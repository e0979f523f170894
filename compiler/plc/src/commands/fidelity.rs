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
    Outcome,
    exit::{CliError, Exit},
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

impl Evaluated {
    fn of(
        project: &Project,
        selection: &Selection,
        lock: Option<&Lock>,
        terminal: &Terminal,
    ) -> Result<Self, CliError> {
        let told = |diagnostics: Vec<_>| project.told(&diagnostics, terminal);
        let first = project.program.evaluate(selection, None).map_err(told)?;
        let locked = lock.map(|lock| LockedVersions::new(lock, &first));
        let versions = locked.as_ref().map(|locked| locked as &dyn Versions);
        let topology = project.program.evaluate(selection, versions).map_err(told)?;
        let form = project.program.identity(selection, versions).map_err(told)?;
        let plain = project.program.plain_identity(selection, versions).map_err(told)?;
        let packages = lock.map(|lock| packages(&topology, lock)).unwrap_or_default();
        let identity = identity(&form, &packages);
        Ok(Self { topology, form, plain, identity })
    }

    fn side(&self) -> Side<'_> {
        Side { topology: &self.topology, form: &self.form, plain: &self.plain, identity: self.identity }
    }
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Outcome {
    let project = Project::open(&args.file, &args.setting, terminal)?;
    let lock = project.lock()?;
    let here = selection(args, &project)?;
    let there = Selecting { profile: Some(args.against.clone()), ..Selecting::default() }
        .selection(&project.program)?;
    let here = Evaluated::of(&project, &here, lock.as_ref(), terminal)?;
    // What the command line sets is set of the profile that is judged.
    let there = if args.setting.with.is_empty() {
        Evaluated::of(&project, &there, lock.as_ref(), terminal)?
    } else {
        let setting = Setting { with: Vec::new(), ..args.setting.clone() };
        let project = Project::open(&args.file, &setting, terminal)?;
        Evaluated::of(&project, &there, lock.as_ref(), terminal)?
    };
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
        terminal.line(as_json(&report, &here, &project, lock.is_some())?);
    } else {
        print(&report, &here.topology, &project, lock.is_some(), terminal);
    }
    Ok(if denied(&report, &args.deny) { Exit::Difference } else { Exit::Done })
}

/// The profile that is judged: the only one besides that of `--against` where none is named.
fn selection(args: &Args, project: &Project) -> Result<Selection, CliError> {
    let profiles = project.program.profiles();
    let mut others = profiles.iter().filter(|profile| profile.name != args.against);
    let only = match (others.next(), others.next()) {
        (Some(only), None) => Some(only.name.clone()),
        _ => None,
    };
    let profile = args.profile.clone().or(only);
    Selecting { profile, variant: args.variant.clone(), setting: args.setting.clone() }
        .selection(&project.program)
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
    let versions = if locked { "" } else { " (without versions: there is no lock)" };
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
            let shown = |value: &Option<String>| shortened(value.as_deref().unwrap_or("–"));
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

fn shortened(text: &str) -> String {
    const MOST: usize = 48;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
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
