//! `plc test`

mod fault;
mod http;
mod instance;
mod junit;
mod program;
mod report;
mod steps;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use plc_build::sandbox::Sandbox;
use plc_lang::topology::{StepKind, Test};

use self::{
    instance::Instance,
    report::{Outcomes, Verdict},
    steps::Bench,
};
use super::{
    build::{self, How},
    up::Prepared,
};
use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    machine::Machine,
    project::Project,
    render::Terminal,
};

/// Bring up an instance of an environment, run its tests against it, and take it down with all that it kept.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The description
    #[arg(default_value = "env.pl")]
    file: PathBuf,
    #[command(flatten)]
    how: How,
    /// Those tests only whose names contain this
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Where a secret comes from, as `db_root=file:PATH`, `=env:VARIABLE` or `=command:COMMAND`; may be repeated [default: one that
    /// is made up]
    #[arg(long, value_name = "NAME=FROM")]
    secret: Vec<String>,
    /// Where a test fails, leave the instance up, to be looked at
    #[arg(long)]
    keep_on_failure: bool,
    /// Seconds that what is started may take until it is ready
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    patience: u64,
    /// Seconds that one test may take
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    timeout: u64,
    /// Where the logs of an instance with failures are copied to
    #[arg(long, value_name = "DIR", default_value = "plc-test-logs")]
    logs: PathBuf,
    /// Write the results as JUnit XML, too
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let begun = Instant::now();
    let project = Project::open(&args.file, &args.how.selecting.setting, terminal)?;
    let first = project.topology(&args.how.selecting, terminal)?;
    // Before anything is built: what depends on a lock is looked at again.
    are_there(&project.tests(&args.how.selecting, &first, None, terminal)?, &project.directory)?;
    let machine = Machine::open(global)?;
    let sandbox = build::sandbox(&machine)?;
    let prepared = Prepared::of_project(&project, &args.how, &machine, &sandbox, terminal)?;
    let lock = project.lock()?;
    let all = project.tests(&args.how.selecting, &first, lock.as_ref(), terminal)?;
    are_there(&all, &project.directory)?;
    let tests = chosen(&all, args.only.as_deref())?;

    let mut outcomes = Outcomes::new(&prepared.deployment.title);
    let wanted: Vec<&Test> = tests.iter().copied().filter(|test| test.skipped.is_none()).collect();
    for test in tests.iter().filter(|test| test.skipped.is_some()) {
        let reason = test.skipped.clone().unwrap_or_default();
        outcomes.add(test, Duration::ZERO, Verdict::Skipped { reason });
    }
    if !args.json {
        outcomes.tell_begin(tests.len(), terminal);
    }
    if !wanted.is_empty() {
        let here = (&machine, &sandbox);
        on_an_instance(args, &project, &prepared, here, &wanted, &mut outcomes, terminal)?;
    }
    outcomes.seconds = begun.elapsed().as_secs_f64();
    if let Some(file) = &args.junit {
        fs::write(file, junit::document(&outcomes)).map_err(|error| {
            CliError::build(format!("cannot write {}", file.display())).because_of(&error)
        })?;
    }
    if args.json {
        outcomes.print_json(terminal)?;
    } else {
        outcomes.tell(terminal);
    }
    Ok(if outcomes.failed() > 0 { Exit::Difference } else { Exit::Done })
}

/// Runs tests on an instance that is there for them alone.
fn on_an_instance(
    args: &Args,
    project: &Project,
    prepared: &Prepared,
    (machine, sandbox): (&Machine, &Sandbox),
    tests: &[&Test],
    outcomes: &mut Outcomes,
    terminal: &Terminal,
) -> Result<(), CliError> {
    // From here on, the keeper takes everything down when this process ends, however it does.
    let instance = Instance::begin(machine, prepared)?;
    outcomes.instance = Some(instance.name.clone());
    if let Some(failure) = instance.up(tests, &args.secret, args.patience, terminal)? {
        let logs = instance.copy_logs(&args.logs)?;
        let error = instance.refused(&failure, &logs);
        instance.down(sandbox, terminal)?;
        return Err(error);
    }
    let bench = Bench {
        instance: &instance,
        project,
        timeout: Duration::from_secs(args.timeout),
        published: instance.published()?,
    };
    for test in tests {
        let started = Instant::now();
        let verdict = bench.run(test);
        let outcome = outcomes.add(test, started.elapsed(), verdict);
        if !args.json {
            outcome.tell(terminal);
        }
    }
    if outcomes.failed() > 0 {
        outcomes.logs = Some(instance.copy_logs(&args.logs)?);
        if args.keep_on_failure {
            outcomes.kept = instance.keep()?;
            return Ok(());
        }
    }
    instance.down(sandbox, terminal)
}

/// The tests that the command line asks for.
fn chosen<'a>(all: &'a [Test], only: Option<&str>) -> Result<Vec<&'a Test>, CliError> {
    if all.is_empty() {
        return Err(CliError::user("the environment has no tests").help(
            "write one: `test \"it answers\" of ENVIRONMENT { http HOST.INSTANCE.ENDPOINT }`; `spec/testing.md` has more",
        ));
    }
    let chosen: Vec<&Test> =
        all.iter().filter(|test| only.is_none_or(|only| test.name.contains(only))).collect();
    if chosen.is_empty() {
        let names: Vec<_> = all.iter().map(|test| format!("`{}`", test.name)).collect();
        let error = CliError::user(format!("no test's name contains `{}`", only.unwrap_or_default()));
        return Err(error.help(format!("there are {}", names.join(", "))));
    }
    Ok(chosen)
}

/// Whether the scripts of tests are there, can be run, and are the project's.
fn are_there(tests: &[Test], directory: &Path) -> Result<(), CliError> {
    for step in tests.iter().flat_map(|test| &test.steps) {
        let StepKind::Script(script) = &step.kind else { continue };
        let unfit = |why: &str| CliError::user(format!("the script `{}` {why}", script.path));
        let root = directory.canonicalize();
        let root = root.map_err(|error| CliError::build("cannot find the project").because_of(&error))?;
        let path = root.join(&script.path).canonicalize();
        let path = path.map_err(|error| unfit("cannot be found").because_of(&error))?;
        if !path.starts_with(&root) {
            return Err(unfit("is a symbolic link that leads out of the project"));
        }
        let metadata = fs::metadata(&path).map_err(|error| unfit("cannot be read").because_of(&error))?;
        if !metadata.is_file() {
            return Err(unfit("is not a file"));
        }
        if metadata.permissions().mode() & 0o111 == 0 {
            return Err(unfit("cannot be executed").help(format!("`chmod +x {}`", path.display())));
        }
    }
    Ok(())
}
