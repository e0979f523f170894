//! Doing what a test says, step by step.

use std::{
    path::PathBuf,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use plc_lang::topology::{ExecStep, HttpStep, ScriptStep, Step, StepKind, Test, TestEndpoint, Variable};
use plc_run::control::Published;
use serde::Serialize;

use super::{
    super::logs,
    fault, http,
    instance::Instance,
    program::{self, Ran},
    report::Verdict,
};
use crate::project::Project;

/// Lines of logs that a failure shows.
const LINES: usize = 20;

/// How long an answer may take where the step has less time.
const ANSWER: Duration = Duration::from_secs(5);

/// How long is waited before something is tried again.
const PAUSE: Duration = Duration::from_millis(100);

/// What tests are run with.
pub(super) struct Bench<'a> {
    pub(super) instance: &'a Instance<'a>,
    pub(super) project: &'a Project,
    /// How long one test may take.
    pub(super) timeout: Duration,
    pub(super) published: Vec<Published>,
}

/// Why a test failed.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Failed {
    /// The step's number, from 1.
    pub(super) step: usize,
    /// What it was: `http edge.haproxy.http GET /`.
    pub(super) what: String,
    /// Where it stands: `env.pl:31`.
    pub(super) place: String,
    pub(super) expected: String,
    pub(super) seen: String,
    /// The beginning of the answer's body, or the end of what the program said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) output: String,
    /// What services and jobs have said last, since the test began.
    pub(super) logs: Vec<String>,
}

/// What is not as it should be.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Miss {
    pub(super) expected: String,
    pub(super) seen: String,
    pub(super) output: String,
}

impl Bench<'_> {
    /// Runs a test to its end, or to its first failure.
    pub(super) fn run(&self, test: &Test) -> Verdict {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let since = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        let end = Instant::now() + self.timeout;
        let done = self.steps(test, end, since);
        // The next test is about something else. Where it cannot be healed, that one says what is wrong.
        if test.steps.iter().any(|step| matches!(step.kind, StepKind::Fault(_))) {
            let _ = fault::heal(self.instance, self.timeout);
        }
        done
    }

    fn steps(&self, test: &Test, end: Instant, since: u64) -> Verdict {
        for (index, step) in test.steps.iter().enumerate() {
            if let Err(miss) = self.step(step, end) {
                let Miss { expected, seen, output } = miss;
                return Verdict::Failed(Box::new(Failed {
                    step: index + 1,
                    what: what(step),
                    place: self.project.place(step.span),
                    expected,
                    seen,
                    output,
                    logs: logs::last(&self.instance.place, &self.instance.units(), since, LINES),
                }));
            }
        }
        Verdict::Passed
    }

    fn step(&self, step: &Step, end: Instant) -> Result<(), Miss> {
        match &step.kind {
            StepKind::Http(step) => self.http(step, end),
            StepKind::Script(step) => self.script(step, end),
            StepKind::Exec(step) => self.exec(step, end),
            StepKind::Fault(step) => fault::inflict(self.instance, step, left(end)),
            StepKind::Heal => fault::heal(self.instance, left(end)),
        }
    }

    fn http(&self, step: &HttpStep, end: Instant) -> Result<(), Miss> {
        let port = self.port(&step.endpoint)?;
        let one = Duration::from_millis(step.within).max(ANSWER);
        again(Some(step.within), end, |left| http::ask(port, step, left.min(one)))
    }

    fn script(&self, step: &ScriptStep, end: Instant) -> Result<(), Miss> {
        let mut variables = Vec::new();
        for (name, value) in &step.variables {
            let value = match value {
                Variable::Text(text) => text.clone(),
                Variable::Endpoint(to) => self.address(to)?,
            };
            variables.push((name.clone(), value));
        }
        let directory = self.project.directory.canonicalize();
        let directory = directory.unwrap_or_else(|_| self.project.directory.clone());
        let program: PathBuf = directory.join(&step.path);
        program::script(&program, &directory, &variables, left(end)).succeeds(0, None)
    }

    fn exec(&self, step: &ExecStep, end: Instant) -> Result<(), Miss> {
        let host = self.instance.host(&step.host).unwrap_or(&step.host);
        again(step.within, end, |left| {
            let ran = match self.instance.connect() {
                Ok(client) => program::on_host(&client, host, &step.command, &step.user, left),
                Err(error) => Ran::not(error.message().unwrap_or("the instance is gone")),
            };
            ran.succeeds(i32::from(step.status), step.contains.as_deref())
        })
    }

    /// Where an endpoint is reached from this machine.
    fn address(&self, to: &TestEndpoint) -> Result<String, Miss> {
        let port = self.port(to)?;
        Ok(match to.scheme.as_str() {
            scheme @ ("http" | "https") => format!("{scheme}://localhost:{port}"),
            _ => format!("localhost:{port}"),
        })
    }

    fn port(&self, to: &TestEndpoint) -> Result<u16, Miss> {
        let host = self.instance.host(&to.host);
        let is_it = |published: &&Published| {
            published.exposed.endpoint == to.endpoint && Some(published.exposed.host.as_str()) == host
        };
        let found = self.published.iter().find(is_it);
        found.map(|published| published.port).ok_or_else(|| Miss {
            expected: "a port that leads to the endpoint".into(),
            seen: "none".into(),
            output: String::new(),
        })
    }
}

/// Tries something until it is as it should be, for so many milliseconds at most; once where there is no saying.
fn again(
    within: Option<u64>,
    end: Instant,
    mut attempt: impl FnMut(Duration) -> Result<(), Miss>,
) -> Result<(), Miss> {
    let until = within.map(|within| end.min(Instant::now() + Duration::from_millis(within)));
    loop {
        match (attempt(left(end)), until) {
            (Ok(()), _) => return Ok(()),
            (Err(miss), None) => return Err(miss),
            (Err(miss), Some(until)) if Instant::now() + PAUSE >= until => {
                let waited = Duration::from_millis(within.unwrap_or_default()).as_secs_f64();
                let expected = match within {
                    Some(0) | None => miss.expected,
                    Some(_) => format!("{} within {waited} s", miss.expected),
                };
                return Err(Miss { expected, ..miss });
            }
            (Err(_), Some(_)) => {}
        }
        std::thread::sleep(PAUSE);
    }
}

/// What is left of a test's time; a little even after its end, so that whatever is tried can say that it is late.
fn left(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now()).max(Duration::from_millis(10))
}

/// A step as people name it.
fn what(step: &Step) -> String {
    match &step.kind {
        StepKind::Http(http) => {
            let to = &http.endpoint.endpoint;
            format!("http {}.{}.{} {} {}", to.host, to.instance, to.endpoint, http.method, http.path)
        }
        StepKind::Script(script) => format!("script {}", script.path),
        StepKind::Exec(exec) => {
            let host = exec.host.split('.').next().unwrap_or(&exec.host);
            format!("exec {host} {}", exec.command.join(" "))
        }
        StepKind::Fault(step) => fault::what(step),
        StepKind::Heal => "heal".into(),
    }
}
