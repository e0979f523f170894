//! What is to be brought up, whole: of a description, which is built where it is not, or of a hash that was built before.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use plc_build::sandbox::Sandbox;
use plc_lang::topology::Topology;
use plc_plan::derivation::{Builder, KERNEL, MODULES, Role};
use plc_run::{
    deployment::{self, Deployment},
    order,
};
use plc_store::{DerivationHash, IdentityHash, Kind, Output, Store, TreePath};

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
        // Before anything is built for it.
        find_qemu(&first)?;
        let progress = Progress::new(terminal);
        let order = Order { project, first: &first, how, keep_going: false, rebuild: false, image: None };
        let Made { topology, title, lowered, identity, .. } =
            build::make(&order, machine, sandbox, &progress, terminal)?;
        let roots: Vec<_> = lowered.hosts.iter().map(|host| host.root).collect();
        let machines: Vec<_> = lowered.hosts.iter().filter_map(|host| host.machine).collect();
        let built = Built { derivation: lowered.environment, roots: &roots, machines: &machines };
        let deployment = deploy(&topology, title, &built, &machine.store, sandbox)?;
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
        // Before anything is stopped for it.
        find_qemu(&topology)?;
        let roots: Vec<_> = derivation.inputs_as(Role::Root).collect();
        let mut title = format!("{}@{}", topology.environment, topology.profile);
        for variant in &topology.variants {
            title = format!("{title}+{variant}");
        }
        let kernels = derivation.inputs_as(Role::Kernel);
        let machines: Vec<_> = kernels.zip(derivation.inputs_as(Role::Disk)).collect();
        let built = Built { derivation: hash, roots: &roots, machines: &machines };
        let deployment = deploy(&topology, title, &built, &machine.store, sandbox)?;
        Ok(Self { topology: Arc::new(topology), deployment, identity: None, description: None })
    }
}

/// Looks whether there is what virtual machines are run with, where a host is one.
fn find_qemu(topology: &Topology) -> Result<(), CliError> {
    if topology.hosts.iter().any(|host| host.kernel.is_some()) {
        plc_run::machine::find().map_err(CliError::user)?;
    }
    Ok(())
}

/// What was built.
struct Built<'a> {
    derivation: DerivationHash,
    /// Of the hosts, as declared.
    roots: &'a [DerivationHash],
    /// The kernels and disks of those that are virtual machines.
    machines: &'a [(DerivationHash, DerivationHash)],
}

/// What was built, as what is to run.
fn deploy(
    topology: &Topology,
    title: String,
    built: &Built<'_>,
    store: &Store,
    sandbox: &Sandbox,
) -> Result<Deployment, CliError> {
    let mut trees = Vec::new();
    let mut layers = Vec::new();
    for (host, root) in topology.hosts.iter().zip(built.roots) {
        let realised = store.realised(root).map_err(|error| machine::store_error(&error))?;
        let Some((Output::Tree(tree), stacked)) = realised.map(|it| (it.output, it.layers)) else {
            return Err(CliError::user(format!(
                "host {} of {} was not built",
                host.name,
                built.derivation.short()
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
    let mut machines = machines(topology, built, store)?;
    let mut deployment = order::deployment(topology, title, built.derivation, &trees);
    for host in &mut deployment.hosts {
        let at = topology.hosts.iter().position(|declared| declared.name == host.of);
        host.layers = at.and_then(|at| layers.get(at)).cloned().unwrap_or_default();
        host.machine = machines.get_mut(&host.of).map(|machine| machine.clone());
    }
    Ok(deployment)
}

/// What the hosts boot that are virtual machines, by their declared names.
fn machines(
    topology: &Topology,
    built: &Built<'_>,
    store: &Store,
) -> Result<BTreeMap<String, deployment::Machine>, CliError> {
    let mut machines = BTreeMap::new();
    let declared = topology.hosts.iter().filter(|host| host.kernel.is_some());
    for (host, (kernel, disk)) in declared.zip(built.machines) {
        let missing = || {
            CliError::user(format!("the kernel or the disk of {} was not built", host.name))
                .help("build it from its description")
        };
        let output = |hash| store.realised(hash).map_err(|error| machine::store_error(&error));
        let (Some(Output::Tree(tree)), Some(Output::Blob { digest: image, .. })) =
            (output(kernel)?.map(|it| it.output), output(disk)?.map(|it| it.output))
        else {
            return Err(missing());
        };
        let tree = store.read_tree(&tree).map_err(|error| machine::store_error(&error))?;
        let path = |blob: &_| {
            let path = store.blob_path(blob).map_err(|error| machine::store_error(&error))?;
            // Whoever runs it is somewhere else.
            std::path::absolute(path)
                .map_err(|error| CliError::build("cannot find the store").because_of(&error))
        };
        let file = |name: &str| {
            let name = TreePath::new(name.trim_start_matches('/').as_bytes()).ok();
            match name.and_then(|name| tree.get(&name)).map(|entry| &entry.kind) {
                Some(Kind::File { blob, .. }) => path(blob),
                _ => Err(missing()),
            }
        };
        let (kernel, modules, disk) = (file(KERNEL)?, file(MODULES)?, path(&image)?);
        machines.insert(host.name.clone(), deployment::Machine { kernel, modules, disk, space: host.disk });
    }
    Ok(machines)
}
