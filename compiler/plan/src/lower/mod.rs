//! From a topology and a lock to the graph of derivations.
//!
//! ```text
//! environment ── root ──→ rootfs HOST ── base ──→ rootfs of the host's packages ── base ──→ rootfs of the archive's base
//!      │                      ├─ overlay → tree               └─ package → unpack → fetch         └─ package → …
//!      │                      └─ tree → source, extract → download, or run
//!      └────── check ──→ check COMMAND ── root ──→ rootfs HOST
//! ```
//!
//! The base is shared by all hosts of an archive, but those that need another version of a package in it; the second
//! layer by all hosts with the same packages; only the last one holds configuration, so a changed line touches no
//! package.

mod config;
mod machine;
mod package;
mod rootfs;
mod tree;

pub use package::fetch_of;
pub use tree::download_of;

use std::{collections::BTreeMap, sync::Arc};

use plc_lang::topology::{Archive, Host, Topology};
use plc_store::DerivationHash;

use crate::{
    derivation::{
        Builder, CheckArguments, Derivation, EnvironmentArguments, ImageArguments, ImageFormat, Input,
        PackageVersion, Role,
    },
    graph::{Graph, GraphError, Growing, Node},
    lock::{Lock, Lookup},
    request::PackageRequest,
    sources::{self, Sources},
};

/// What a topology comes to.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// All derivations.
    pub graph: Graph,
    /// The environment's own.
    pub environment: DerivationHash,
    /// The hosts' root file systems, in the order of declaration.
    pub hosts: Vec<LoweredHost>,
}

/// What a host comes to.
#[derive(Clone, Debug)]
pub struct LoweredHost {
    /// The name as declared.
    pub name: String,
    /// Its root file system, configuration included.
    pub root: DerivationHash,
    /// How many packages it holds, the base's included.
    pub packages: usize,
    /// The image, where one was asked for.
    pub image: Option<DerivationHash>,
    /// Its kernel and its disk, where it runs as a virtual machine.
    pub machine: Option<(DerivationHash, DerivationHash)>,
}

/// Why a topology and a lock do not go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LowerError {
    /// The lock was made for something else.
    #[error("the lock has nothing for {0}")]
    NotLocked(String),
    /// The host asks for other packages than the lock was made for.
    #[error("the lock was made for other packages of host `{host}`: {difference}")]
    Stale {
        /// The host.
        host: String,
        /// What differs between what it asks for and what the lock was made for, in words.
        difference: String,
    },
    /// The description draws from an archive otherwise than when the lock was made.
    #[error(
        "the lock was made for other {what} of archive `{archive}`: {locked}, and the description has {asked}"
    )]
    OtherArchive {
        /// The archive.
        archive: String,
        /// What differs: `suites`, `components`, `keyrings`.
        what: &'static str,
        /// What the lock has.
        locked: String,
        /// What the description has.
        asked: String,
    },
    /// A closure names a package that the lock does not describe.
    #[error("the lock does not say where `{}` {} comes from", .0.name, .0.version)]
    Incomplete(PackageVersion),
    /// What a source holds was not found out before.
    #[error("what `{0}` holds was not read")]
    NotRead(String),
    /// The topology could not be written as JSON.
    #[error("the topology cannot be written as JSON: {0}")]
    Json(String),
    /// The derivations are not a graph.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

/// What to lower besides the topology itself.
#[derive(Clone, Debug)]
pub struct LowerOptions {
    /// Debian's name of the architecture.
    pub platform: String,
    /// An image of each host in this format too.
    pub image: Option<ImageFormat>,
    /// What the topology's sources hold.
    pub sources: Sources,
}

/// Lowers a topology with the lock that was made for it.
///
/// # Errors
/// When the lock was made for other hosts or packages, or is incomplete.
pub fn lower(topology: &Topology, lock: &Lock, options: &LowerOptions) -> Result<Lowered, LowerError> {
    let mut lowering = Lowering::new(lock, options);
    for archive in &topology.archives {
        check_archive(archive, lock)?;
    }
    let mut inputs = Vec::new();
    let mut checks = Vec::new();
    let mut hosts = Vec::new();
    for host in &topology.hosts {
        let request = PackageRequest::of(topology, host);
        let (root, packages) = rootfs::host(&mut lowering, &topology.environment, host, &request)?;
        inputs.push(Input { role: Role::Root, derivation: root });
        checks.extend(host_checks(&mut lowering, &topology.environment, host, root));
        let image =
            options.image.map(|format| image(&mut lowering, &topology.environment, host, root, format));
        let machine = machine::of_host(&mut lowering, host, root)?;
        hosts.push(LoweredHost { name: host.name.clone(), root, packages, image, machine });
    }
    inputs.extend(checks.into_iter().map(|derivation| Input { role: Role::Check, derivation }));
    for (kernel, disk) in hosts.iter().filter_map(|host| host.machine) {
        inputs.push(Input { role: Role::Kernel, derivation: kernel });
        inputs.push(Input { role: Role::Disk, derivation: disk });
    }
    let environment = lowering.add(
        format!("{}@{}", topology.environment, topology.profile),
        inputs,
        Builder::Environment(Box::new(EnvironmentArguments {
            hosts: topology.hosts.iter().map(|h| h.name.clone()).collect(),
            topology: serde_json::to_string(&sources::portable(topology, &options.sources))
                .map_err(|e| LowerError::Json(e.to_string()))?,
        })),
    );
    Ok(Lowered { graph: Graph::closed(lowering.growing)?, environment, hosts })
}

/// Refuses a lock that was made from other suites or components, or that another keyring vouched for: what the
/// description says of an archive would be said in vain.
fn check_archive(archive: &Archive, lock: &Lock) -> Result<(), LowerError> {
    let locked = lock
        .archive(&archive.name)
        .ok_or_else(|| LowerError::NotLocked(format!("archive `{}`", archive.name)))?;
    let suites: Vec<String> = locked.suites.iter().map(|suite| suite.suite.clone()).collect();
    let one = std::slice::from_ref::<String>;
    let parts = [
        ("suites", suites.as_slice(), archive.suites.as_slice()),
        ("components", &locked.components, &archive.components),
        ("keyrings", one(&locked.signed_by), one(&archive.signed_by)),
    ];
    match parts.into_iter().find(|(_, locked, asked)| locked != asked) {
        None => Ok(()),
        Some((what, locked, asked)) => Err(LowerError::OtherArchive {
            archive: archive.name.clone(),
            what,
            locked: quoted(locked),
            asked: quoted(asked),
        }),
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn host_checks(
    lowering: &mut Lowering<'_>,
    environment: &str,
    host: &Host,
    root: DerivationHash,
) -> Vec<DerivationHash> {
    let mut hashes = Vec::new();
    for instance in &host.instances {
        for check in &instance.checks {
            let program =
                check.exec.first().map_or("", |program| program.rsplit('/').next().unwrap_or(program));
            let hash = lowering.add(
                format!("{environment}.{}.{} check {program}", host.name, instance.name),
                vec![Input { role: Role::Root, derivation: root }],
                Builder::Check(Box::new(CheckArguments {
                    exec: check.exec.clone(),
                    user: check.user.clone(),
                })),
            );
            if !hashes.contains(&hash) {
                hashes.push(hash);
            }
        }
    }
    hashes
}

fn image(
    lowering: &mut Lowering<'_>,
    environment: &str,
    host: &Host,
    root: DerivationHash,
    format: ImageFormat,
) -> DerivationHash {
    let inputs = match format {
        ImageFormat::Oci => layers(lowering, root),
        ImageFormat::Tar | ImageFormat::Squashfs | ImageFormat::Ext4 => {
            vec![Input { role: Role::Root, derivation: root }]
        }
    };
    let name = format!("{environment}.{}.{}", host.name, format.extension());
    lowering.add(name, inputs, Builder::Image(ImageArguments { format }))
}

/// What a root file system adds to the one below it, and that to the next, the lowest first. Hosts that are made upon the
/// same one share its layer.
fn layers(lowering: &mut Lowering<'_>, top: DerivationHash) -> Vec<Input> {
    let mut roots = vec![top];
    let base = |root: &DerivationHash| lowering.growing.get(root)?.inputs_as(Role::Base).next();
    while let Some(below) = roots.last().and_then(base) {
        roots.push(below);
    }
    roots.reverse();
    let mut inputs = Vec::with_capacity(roots.len());
    let mut below = None;
    for root in roots {
        let of = lowering.growing.get(&root).map_or("", |derivation| &derivation.name);
        let name = format!("layer of {of}");
        let base = below.map(|derivation| Input { role: Role::Base, derivation });
        let of = std::iter::once(Input { role: Role::Root, derivation: root }).chain(base).collect();
        inputs.push(Input { role: Role::Layer, derivation: lowering.add(name, of, Builder::Layer) });
        below = Some(root);
    }
    inputs
}

/// What one lowering has made so far.
struct Lowering<'a> {
    platform: Arc<str>,
    lock: &'a Lock,
    sources: &'a Sources,
    lookup: Lookup<'a>,
    growing: Growing,
    /// The packages of the lock that are unpacked, each lowered once however many hosts hold it.
    unpacked: Vec<Option<DerivationHash>>,
    /// The base layers by their packages: that of each archive, and those of hosts that cannot share it.
    bases: BTreeMap<&'a [Arc<PackageVersion>], DerivationHash>,
    /// Holds one encoding after the other.
    encoding: Vec<u8>,
}

impl<'a> Lowering<'a> {
    fn new(lock: &'a Lock, options: &'a LowerOptions) -> Self {
        Self {
            platform: options.platform.as_str().into(),
            lock,
            sources: &options.sources,
            lookup: Lookup::new(lock),
            // Two for each package; what there is besides is little against them.
            growing: Growing::with_capacity(2 * lock.packages.len() + lock.packages.len() / 2),
            unpacked: vec![None; lock.packages.len()],
            bases: BTreeMap::new(),
            encoding: Vec::new(),
        }
    }

    fn add(&mut self, name: String, inputs: Vec<Input>, builder: Builder) -> DerivationHash {
        let derivation = Derivation { name, platform: self.platform.clone(), inputs, builder };
        let hash = derivation.hash_within(&mut self.encoding);
        self.growing.add(Node { hash, derivation });
        hash
    }
}

#[cfg(test)]
mod tests;
