//! A build's end, in words.

use std::fs;

use plc_build::{
    job::DISK_FULL,
    schedule::{BuildError, Built},
};
use plc_store::Store;

use crate::{exit::CliError, machine, render};

/// How many failures are told; where many fail, it is mostly for one reason.
const SHOWN: usize = 3;

/// How much of a log is told, in lines.
pub(super) const LINES: usize = 15;

/// How much was built.
pub(super) fn describe(built: &Built) -> String {
    match (built.built, built.cut_off) {
        (0, 0) => "with nothing to do".to_owned(),
        (built, 0) => render::count(built, "derivation", "derivations"),
        (built, same) => {
            format!("{}, {same} the same as before", render::count(built, "derivation", "derivations"))
        }
    }
}

pub(in crate::commands) fn build_error(error: &BuildError, store: &Store) -> CliError {
    let BuildError::Failed { failures, .. } = error else {
        if let BuildError::Store(error) = error {
            return machine::store_error(error);
        }
        return CliError::build("the build could not go on").because_of(error);
    };
    let mut told = CliError::build(error);
    let mut is_full = failures.iter().any(|failure| failure.error.is_full());
    for failure in failures.iter().take(SHOWN) {
        told =
            told.cause(format!("`{}` ({})", failure.name, failure.hash.short())).because_of(&failure.error);
        let log = fs::read(store.log_path(&failure.hash)).unwrap_or_default();
        if failure.error.has_log() && !log.is_empty() {
            let end = last_lines(&String::from_utf8_lossy(&log), LINES);
            // What runs in the sandbox writes to the same disk, and can only say so in its log.
            is_full |= end.contains("No space left on device");
            told = told.cause(format!("the end of its log:\n{end}"));
        }
    }
    if failures.len() > SHOWN {
        told = told.cause(format!("and {} more", failures.len() - SHOWN));
    }
    if is_full {
        return told.help(DISK_FULL);
    }
    match failures.iter().find_map(|failure| failure.error.help()) {
        Some(help) => told.help(help),
        None => match failures.iter().find(|failure| failure.error.has_log()) {
            Some(failure) => told.help(format!(
                "the whole log: `plc log {}`; `plc build --shell-on-failure` opens a shell where it failed",
                failure.hash.short()
            )),
            None => told,
        },
    }
}

/// The last lines of a log.
pub(super) fn last_lines(text: &str, most: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(most)..].join("\n")
}
