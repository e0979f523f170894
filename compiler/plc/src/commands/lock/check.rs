//! `plc lock --check`: whether the lock is what the description asks for. Asks nobody.

use std::collections::BTreeSet;

use plc_plan::lock::{Closure, ClosureOf, Lock};
use serde_json::json;

use crate::{
    Outcome,
    exit::{CliError, Exit},
    locking::{Asking, asking},
    project::Project,
    render::Terminal,
};

/// What a lock lacks and what it has too much, in words.
#[derive(Debug, Default)]
struct Findings {
    lacking: Vec<String>,
    superfluous: Vec<String>,
}

pub(super) fn run(project: &Project, as_json: bool, terminal: &Terminal) -> Outcome {
    let path = project.lock_path();
    let Some(lock) = project.lock()? else {
        return Err(CliError::user(format!("there is no lock at {}", path.display()))
            .help("make it with `plc lock`, and keep it beside the description"));
    };
    let found = findings(&lock, &asking(project, &project.program, terminal)?);
    let is_good = found.lacking.is_empty() && found.superfluous.is_empty();
    if as_json {
        let (lacking, superfluous) = (&found.lacking, &found.superfluous);
        terminal.line(json!({
            "lock": path.display().to_string(),
            "fits": is_good,
            "lacking": lacking,
            "superfluous": superfluous,
        }));
    } else if is_good {
        terminal.line(format!("{} is what the description asks for", path.display()));
    } else {
        found.lacking.iter().for_each(|what| terminal.line(format!("{} {what}", terminal.removed("lacks"))));
        found
            .superfluous
            .iter()
            .for_each(|what| terminal.line(format!("{} {what}", terminal.added("has too much:"))));
        terminal.note("`plc lock` makes it what the description asks for, and moves no version without need");
    }
    Ok(if is_good { Exit::Done } else { Exit::Difference })
}

fn findings(lock: &Lock, asking: &Asking) -> Findings {
    let mut found = Findings::default();
    let mut lacks = |what: String| {
        if !found.lacking.contains(&what) {
            found.lacking.push(what);
        }
    };
    for archive in &asking.requests.archives {
        let name = &archive.name;
        match lock.archive(name) {
            None => lacks(format!("archive `{name}`")),
            Some(locked) if !locked.is_of(archive) => {
                lacks(format!(
                    "archive `{name}` as it is described now: other suites, components or keyring"
                ));
            }
            Some(_) => {}
        }
    }
    for topology in &asking.topologies {
        let lacking = lock.lacks(topology);
        lacking
            .asked
            .iter()
            .for_each(|asked| lacks(format!("what {} asks for: {}", asked.by, asked.packages)));
        lacking
            .revisions
            .iter()
            .for_each(|(repository, revision)| lacks(format!("`{repository}` {revision}")));
    }
    found.superfluous = superfluous(lock, asking);
    found
}

fn superfluous(lock: &Lock, asking: &Asking) -> Vec<String> {
    let requests = &asking.requests;
    let archives = lock.archives.iter().map(|archive| &archive.name);
    let unknown = archives.filter(|name| requests.archives.iter().all(|archive| archive.name != **name));
    let mut all: Vec<String> = unknown.map(|name| format!("archive `{name}`")).collect();
    let is_asked = |closure: &Closure| match &closure.of {
        ClosureOf::Base(archive) => requests.asked.iter().any(|asked| asked.packages.archive() == archive),
        _ => requests.asked.iter().any(|asked| asked.packages == closure.request),
    };
    let closures = lock.closures.iter().filter(|closure| !is_asked(closure));
    all.extend(closures.map(|closure| match &closure.of {
        ClosureOf::Base(_) => closure.of.to_string(),
        _ => format!("what {} asked for: {}", closure.of, closure.request),
    }));
    let used: BTreeSet<_> =
        lock.closures.iter().flat_map(|closure| closure.base.iter().chain(&closure.packages)).collect();
    let unused = lock.packages.iter().filter(|package| !used.contains(&package.key));
    all.extend(unused.map(|package| format!("package `{}` {}", package.key.name, package.key.version)));
    let is_named = |repository: &str, revision: &str| asking.revisions().contains(&(repository, revision));
    let sources = lock.sources.iter().filter(|source| !is_named(&source.repository, &source.revision));
    all.extend(sources.map(|source| format!("`{}` {}", source.repository, source.revision)));
    all
}
