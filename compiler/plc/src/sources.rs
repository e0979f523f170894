//! Sources of a description: read before it is lowered, and locked where a name may come to mean something else.

use std::collections::BTreeSet;

use plc_build::source::{ImportError, Importer};
use plc_lang::topology::{Source, Topology};
use plc_plan::{
    lock::{Lock, LockedSource},
    sources::{Sources, is_inside, sources_of},
};

use serde_json::{Value, json};

use crate::{
    exit::CliError,
    machine::{self, Machine},
    mirrors::NetworkArgs,
    progress::Progress,
    project::Project,
};

/// Whether anything must be read before a topology can be lowered.
pub(crate) fn are_needed(topology: &Topology) -> bool {
    sources_of(topology).iter().any(|source| !matches!(source, Source::Download { .. }))
}

/// Puts what the sources of a topology hold into the store.
///
/// # Errors
/// When one cannot be read, or is not in the lock.
pub(crate) fn import(
    project: &Project,
    topology: &Topology,
    lock: &Lock,
    machine: &Machine,
    args: &NetworkArgs,
    progress: &Progress<'_>,
) -> Result<Sources, CliError> {
    let sources = sources_of(topology);
    let imported = with_importer(project, topology, machine, args, progress, "Reading", |importer| {
        importer.import(sources, &lock.sources)
    });
    imported.map_err(|error| told("a source cannot be read", &error))
}

/// The commits that revisions of repositories are now.
///
/// # Errors
/// When a repository cannot be reached, or does not have the revision.
pub(crate) fn resolve(
    project: &Project,
    topology: &Topology,
    machine: &Machine,
    args: &NetworkArgs,
    progress: &Progress<'_>,
) -> Result<Vec<LockedSource>, CliError> {
    let sources = sources_of(topology);
    let resolved = with_importer(project, topology, machine, args, progress, "Asking", |importer| {
        importer.resolve(sources)
    });
    resolved.map_err(|error| told("a source cannot be locked", &error))
}

/// The paths that lead out of the project. The language takes them from the command line only.
fn named(topology: &Topology) -> BTreeSet<String> {
    let path = |source: &Source| match source {
        Source::Local { path, .. } if !is_inside(path) => Some(path.clone()),
        _ => None,
    };
    sources_of(topology).into_iter().filter_map(path).collect()
}

fn with_importer<T>(
    project: &Project,
    topology: &Topology,
    machine: &Machine,
    args: &NetworkArgs,
    progress: &Progress<'_>,
    verb: &'static str,
    act: impl FnOnce(&Importer<'_>) -> T,
) -> T {
    let named = named(topology);
    act(&Importer {
        store: &machine.store,
        project: &project.directory,
        named: &named,
        offline: args.is_offline(),
        progress: &|name| progress.say(verb, name),
    })
}

/// What the user can change is the user's error; the disk and the network are the build's.
fn told(message: &str, error: &ImportError) -> CliError {
    if let ImportError::Store(error) = error {
        return machine::store_error(error);
    }
    let told = if error.is_the_users() { CliError::user(message) } else { CliError::build(message) };
    told.because_of(error).help_if(error.help())
}

/// How a revision's commit differs between two locks.
pub(crate) struct Change {
    repository: String,
    revision: String,
    from: Option<String>,
    to: Option<String>,
}

/// The revisions whose commits differ between two locks, sorted.
pub(crate) fn changes(before: &Lock, after: &Lock) -> Vec<Change> {
    let named = before.sources.iter().chain(&after.sources);
    let names: BTreeSet<(&String, &String)> =
        named.map(|source| (&source.repository, &source.revision)).collect();
    let change = |(repository, revision): (&String, &String)| {
        let of = |lock: &Lock| lock.commit(repository, revision).map(str::to_owned);
        let (repository, revision) = (repository.clone(), revision.clone());
        Change { from: of(before), to: of(after), repository, revision }
    };
    names.into_iter().map(change).filter(|change| change.from != change.to).collect()
}

impl Change {
    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let Self { repository, revision, from, to } = self;
        json!({ "repository": repository, "revision": revision, "from": from, "to": to })
    }

    /// For people.
    pub(crate) fn row(&self) -> [String; 4] {
        let short = |commit: &Option<String>| match commit {
            Some(commit) => commit.chars().take(12).collect(),
            None => "none".to_owned(),
        };
        [format!("{} {}", self.repository, self.revision), short(&self.from), "→".into(), short(&self.to)]
    }
}
