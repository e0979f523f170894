//! What came of tests, for people and as JSON.

use std::{path::PathBuf, time::Duration};

use plc_lang::topology::Test;
use serde::Serialize;

use super::steps::Failed;
use crate::{exit::CliError, render::Terminal};

/// What came of all tests.
#[derive(Debug, Serialize)]
pub(super) struct Outcomes {
    /// The environment with its profile and variants.
    pub(super) title: String,
    /// The name of the instance that they ran against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) instance: Option<String>,
    pub(super) seconds: f64,
    pub(super) tests: Vec<One>,
    /// Where the logs are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) logs: Option<PathBuf>,
    /// The instance that is still up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kept: Option<String>,
}

/// What came of one.
#[derive(Debug, Serialize)]
pub(super) struct One {
    pub(super) name: String,
    pub(super) seconds: f64,
    #[serde(flatten)]
    pub(super) verdict: Verdict,
}

/// Whether it passed.
#[derive(Debug, Serialize)]
#[serde(tag = "result", rename_all = "lowercase")]
pub(super) enum Verdict {
    Passed,
    Failed(Box<Failed>),
    Skipped { reason: String },
}

impl Outcomes {
    pub(super) fn new(title: &str) -> Self {
        Self { title: title.into(), instance: None, seconds: 0.0, tests: Vec::new(), logs: None, kept: None }
    }

    pub(super) fn add(&mut self, test: &Test, took: Duration, verdict: Verdict) -> &One {
        let at = self.tests.len();
        self.tests.push(One { name: test.name.clone(), seconds: took.as_secs_f64(), verdict });
        &self.tests[at]
    }

    fn count(&self, wanted: fn(&Verdict) -> bool) -> usize {
        self.tests.iter().filter(|one| wanted(&one.verdict)).count()
    }

    pub(super) fn failed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Failed(_)))
    }

    pub(super) fn skipped(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Skipped { .. }))
    }

    pub(super) fn print_json(&self, terminal: &Terminal) -> Result<(), CliError> {
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| CliError::build("the results cannot be written").because_of(&error))?;
        terminal.line(text);
        Ok(())
    }

    /// How many there are, and those that are skipped.
    pub(super) fn tell_begin(&self, all: usize, terminal: &Terminal) {
        let tests = crate::render::count(all, "test", "tests");
        terminal.line(format!("running {tests} of {}", self.title));
        self.tests.iter().for_each(|one| one.tell(terminal));
    }

    /// The failures, and the sum of it all.
    pub(super) fn tell(&self, terminal: &Terminal) {
        for one in &self.tests {
            if let Verdict::Failed(failed) = &one.verdict {
                terminal.line(format!("\n{}", terminal.bold(&one.name)));
                terminal.text(&failed.told());
            }
        }
        let failed = self.failed();
        let result = match failed {
            0 => terminal.added("ok"),
            _ => terminal.removed("FAILED"),
        };
        let (skipped, seconds) = (self.skipped(), self.seconds);
        let passed = self.tests.len() - failed - skipped;
        terminal.line(format!(
            "\ntest result: {result}. {passed} passed; {failed} failed; {skipped} skipped; finished in {seconds:.2} s"
        ));
        if let Some(logs) = &self.logs {
            terminal.line(format!("the logs are in {}", logs.display()));
        }
        if let Some(name) = &self.kept {
            terminal.line(format!(
                "`{name}` is still up: `plc shell -e {name} HOST` opens a shell, `plc down --state -e {name}` ends it"
            ));
        }
    }
}

impl One {
    /// A line as `cargo test` has it.
    pub(super) fn tell(&self, terminal: &Terminal) {
        let result = match &self.verdict {
            Verdict::Passed => format!("{} ({:.2} s)", terminal.added("ok"), self.seconds),
            Verdict::Failed(_) => format!("{} ({:.2} s)", terminal.removed("FAILED"), self.seconds),
            Verdict::Skipped { reason } => format!("skipped: {reason}"),
        };
        terminal.line(format!("test {} ... {result}", self.name));
    }
}

impl Failed {
    /// All that is known of a failure.
    pub(super) fn told(&self) -> String {
        let mut text = format!(
            "  {}: step {}, {}\n  expected: {}\n      seen: {}\n",
            self.place, self.step, self.what, self.expected, self.seen
        );
        if !self.output.is_empty() {
            text += "  it said:\n";
            self.output.lines().for_each(|line| text += &format!("    {line}\n"));
        }
        if !self.logs.is_empty() {
            text += "  the hosts said last:\n";
            self.logs.iter().for_each(|line| text += &format!("    {line}\n"));
        }
        text
    }
}
