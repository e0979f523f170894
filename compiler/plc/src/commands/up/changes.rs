//! What an `up` is about to do, and why.

use std::collections::HashMap;

use plc_plan::diff::{Drift, FileChange, HostDrift, diff};
use plc_run::{
    change::{Change, link_changes},
    deployment::Deployment,
};
use plc_store::Store;

use super::super::diff::Known;
use crate::{
    exit::CliError,
    render::{self, Terminal},
};

/// Tells each change, one line for each host.
pub(super) fn tell(
    changes: &[Change],
    before: Option<&Deployment>,
    after: &Deployment,
    store: &Store,
    terminal: &Terminal,
) {
    // Of what the store no longer has, the reasons are not known.
    let drift = before.and_then(|before| drift(before, after, store).ok());
    for change in changes {
        match change {
            Change::Starts(host) => terminal.line(terminal.added(&format!("+ {host} starts"))),
            Change::Stops(host) => terminal.line(terminal.removed(&format!("- {host} stops"))),
            Change::Stays(_) => {}
            Change::Restarts { host, root, reasons } => {
                let of = after.host(host).map_or(host.as_str(), |host| &host.of);
                let found = drift.iter().flat_map(|drift| &drift.hosts).find(|drift| drift.host == of);
                let mut told: Vec<String> = found.filter(|_| *root).map(root_reasons).unwrap_or_default();
                if *root && told.is_empty() {
                    told.push("its root file system".into());
                }
                told.extend(reasons.iter().cloned());
                terminal.line(format!("~ {host} restarts: {}", told.join(", ")));
            }
        }
    }
    let links = link_changes(before, after);
    for link in &links {
        terminal.line(format!("~ {link}"));
    }
    if links.is_empty() && changes.iter().all(|change| matches!(change, Change::Stays(_))) {
        terminal.line("nothing to do");
    }
}

fn drift(before: &Deployment, after: &Deployment, store: &Store) -> Result<Drift, CliError> {
    let known = Known { stores: vec![store], lowered: HashMap::new() };
    diff(&known, &before.derivation, &after.derivation, &plc_build::debian::compare_versions)
        .map_err(CliError::build)
}

fn root_reasons(drift: &HostDrift) -> Vec<String> {
    let mut told = Vec::new();
    if !drift.packages.is_empty() {
        told.push(render::count(drift.packages.len(), "package", "packages"));
    }
    told.extend(drift.trees.iter().map(|tree| tree.path.clone()));
    told.extend(drift.configuration.iter().map(file));
    told
}

/// `2 lines of default.vcl`.
fn file(change: &FileChange) -> String {
    let name = change.path.rsplit('/').next().unwrap_or(&change.path);
    // A line that has changed is there twice.
    let count = |tag| change.hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.tag == tag).count();
    match count('+').max(count('-')) {
        0 => name.to_owned(),
        lines => format!("{} of {name}", render::count(lines, "line", "lines")),
    }
}
