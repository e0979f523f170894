//! What is to be brought up, whole: of a description, which is built where it is not, or of a hash that was built before.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use plc_build::sandbox::Sandbox;
use plc_lang::topology::Topology;
use plc_plan::derivation::{Builder, Role};
use plc_run::{deployment::Deployment, order};
use plc_store::{DerivationHash, IdentityHash, Output, Store};

use super::super::build::{self, How, Made, Order};
use crate::{
    exit::CliError,
    machine::{self, Machine},
    progress::Progress,
    project::Project,
    render::Terminal,
};

/// What is to be brought up.
pub(in crate::commands) struct Prepared {
    pub(in crate::commands) topology: Arc<Topology>,
    pub(in crate::commands) deployment: Deployment,
    /// Whatever its capacities; a hash does not say.
    pub(in crate::commands) identity: Option<IdentityHash>,
    /// The description that it is of, absolute.
    pub(in crate::commands) description: Option<PathBuf>,
}

impl Prepared {
    /// Builds a description.
    ///
    /// # Errors
    /// It does not compile, or cannot be built.
    pub(in crate::commands) fn of_description(
        file: &Path,
        how: &How,
        machine: &Machine,
        sandbox: &Sandbox,
        terminal: &Terminal,
    ) -> Result<Self, CliError> {
        let project = Project::open(file, &how.selecting.setting, terminal)?;
        Self::of_project(&project, how, machine, sandbox, terminal)
    }

    /// Builds a description that is open.
    ///
    /// # Errors
    /// It cannot be built.
    pub(in crate::commands) fn of_project(
        project: &Project,
        how: &How,
        machine: &Machine,
        sandbox: &Sandbox,
        terminal: &Terminal,
    ) -> Result<Self, CliError> {
        let first = project.topology(&how.selecting, terminal)?;
        let progress = Progress::new(terminal);
        let order = Order { project, first: &first, how, keep_going: false, rebuild: false, image: None };
        let Made { topology, title, lowered, identity, .. } =
            build::make(&order, machine, sandbox, &progress, terminal)?;
        let roots: Vec<_> = lowered.hosts.iter().map(|host| host.root).collect();
        let deployment = deploy(&topology, title, lowered.environment, &roots, &machine.store, sandbox)?;
        let description = project.entry.canonicalize().ok();
        Ok(Self { topology, deployment, identity: Some(identity), description })
    }

    /// Takes what was built before.
    ///
    /// # Errors
    /// There is no such environment in the store, or it was never built whole.
    pub(in crate::commands) fn of_hash(
        hash: &str,
        machine: &Machine,
        sandbox: &Sandbox,
    ) -> Result<Self, CliError> {
        let (hash, derivation) = machine.derivation(hash)?;
        let Builder::Environment(environment) = &derivation.builder else {
            return Err(CliError::user(format!(
                "`{}` ({}) is no environment",
                derivation.name,
                hash.short()
            ))
            .help("take the hash that `plc build` prints last, or one of `plc history`"));
        };
        let topology: Topology = serde_json::from_str(&environment.topology).map_err(|error| {
            CliError::build(format!("the topology of {} is not one of this version", hash.short()))
                .because_of(&error)
        })?;
        let roots: Vec<_> = derivation.inputs_as(Role::Root).collect();
        let mut title = format!("{}@{}", topology.environment, topology.profile);
        for variant in &topology.variants {
            title = format!("{title}+{variant}");
        }
        let deployment = deploy(&topology, title, hash, &roots, &machine.store, sandbox)?;
        Ok(Self { topology: Arc::new(topology), deployment, identity: None, description: None })
    }
}

/// What was built, as what is to run; the roots are those of the hosts as declared.
fn deploy(
    topology: &Topology,
    title: String,
    derivation: DerivationHash,
    roots: &[DerivationHash],
    store: &Store,
    sandbox: &Sandbox,
) -> Result<Deployment, CliError> {
    let mut trees = Vec::new();
    let mut layers = Vec::new();
    for (host, root) in topology.hosts.iter().zip(roots) {
        let realised = store.realised(root).map_err(|error| machine::store_error(&error))?;
        let Some((Output::Tree(tree), stacked)) = realised.map(|it| (it.output, it.layers)) else {
            return Err(CliError::user(format!(
                "host {} of {} was not built",
                host.name,
                derivation.short()
            ))
            .help("build it from its description"));
        };
        let stacked = if stacked.is_empty() { vec![tree] } else { stacked };
        layers.push(sandbox.layers(&stacked).map_err(|error| {
            CliError::build(format!("the root file system of {} cannot be laid out", host.name))
                .because_of(&error)
        })?);
        trees.push(tree);
    }
    let mut deployment = order::deployment(topology, title, derivation, &trees);
    for host in &mut deployment.hosts {
        let at = topology.hosts.iter().position(|declared| declared.name == host.of);
        host.layers = at.and_then(|at| layers.get(at)).cloned().unwrap_or_default();
    }
    Ok(deployment)
}
