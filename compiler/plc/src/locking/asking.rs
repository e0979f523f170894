//! What a description asks for, whatever is locked.

use std::{collections::BTreeSet, sync::Arc};

use plc_lang::{
    Program,
    topology::{Source, Topology},
};
use plc_plan::{request::Requests, sources::sources_of};

use crate::{exit::CliError, project::Project, render::Terminal, selecting::Selecting};

/// All that a description asks for.
pub(crate) struct Asking {
    /// Of every profile, and every profile with each variant.
    pub(crate) topologies: Vec<Arc<Topology>>,
    /// What they ask of archives.
    pub(crate) requests: Requests,
}

impl Asking {
    /// The revisions of repositories, sorted, each once.
    pub(crate) fn revisions(&self) -> BTreeSet<(&str, &str)> {
        let all = self.topologies.iter().flat_map(|topology| sources_of(topology));
        all.filter_map(|source| match source {
            Source::Git { repository, revision } => Some((repository.as_str(), revision.as_str())),
            _ => None,
        })
        .collect()
    }
}

/// What a description asks for under every profile, and every profile with each variant.
///
/// # Errors
/// When it does not evaluate, or means several archives by one name.
pub(crate) fn asking(project: &Project, program: &Program, terminal: &Terminal) -> Result<Asking, CliError> {
    let selections = program.selections();
    if selections.is_empty() {
        Selecting::default().selection(program)?;
    }
    let topologies = selections.iter().map(|selection| program.evaluate(selection, None));
    let topologies = topologies.collect::<Result<Vec<_>, _>>();
    let topologies = topologies.map_err(|found| project.told(&found, terminal))?;
    let requests = Requests::of(topologies.iter().map(AsRef::as_ref)).map_err(|error| {
        CliError::user(&error).help("give one of them a name of its own: `archive NAME = apt { … }`")
    })?;
    Ok(Asking { topologies, requests })
}
