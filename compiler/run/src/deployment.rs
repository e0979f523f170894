//! What is to run, spelled out: hosts one by one, with their root file systems, and what runs on each in which order.
//!
//! This is what `plc` hands to the keeper, and what the two compare to find out what a change restarts.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use plc_lang::topology::{EndpointRef, Health, SecretFile, StateDirectory};
use plc_store::{DerivationHash, TreeDigest};
use serde::{Deserialize, Serialize};

use crate::link::Link;

/// All that is to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    /// The environment with its profile and variants: `three_tier@local`.
    pub title: String,
    /// What it was built from.
    pub derivation: DerivationHash,
    /// The hosts, replicas one by one, in the order of declaration.
    pub hosts: Vec<Host>,
    /// Endpoints that are reached from outside.
    pub exposed: Vec<Exposed>,
    /// Ways that are not like others, by the names of hosts as declared: those between all of their replicas.
    #[serde(default)]
    pub links: Vec<(String, String, Link)>,
}

impl Deployment {
    /// A host by its name.
    #[must_use]
    pub fn host(&self, name: &str) -> Option<&Host> {
        self.hosts.iter().find(|host| host.name == name)
    }
}

/// One machine of the environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Host {
    /// Its name: that of the declaration, with the replica's number where it has replicas: `web-1`.
    pub name: String,
    /// The name of the declaration.
    pub of: String,
    /// Its name in the environment's network: `web-1.three-tier.internal`.
    pub address: String,
    /// Its root file system.
    pub root: TreeDigest,
    /// The directories that stack up to it, lowest first.
    pub layers: Vec<PathBuf>,
    /// Bytes of memory that it may take.
    pub memory: Option<u64>,
    /// Processors that it may keep busy.
    pub cpus: Option<u64>,
    /// What it boots, where it is a machine of its own.
    pub machine: Option<Machine>,
    /// Directories that outlive it; those below `/run` and `/tmp` do not.
    pub states: Vec<StateDirectory>,
    /// Directories of this machine that it sees as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub live: Vec<LiveDirectory>,
    /// Secrets that it is given as files, below `/run`; never their values.
    pub secrets: Vec<SecretFile>,
    /// What runs on it, in the order of declaration.
    pub units: Vec<Unit>,
}

/// A directory of this machine in place of one of a host's root file system, for reading only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveDirectory {
    /// On this machine, absolute.
    pub from: PathBuf,
    /// On the host, absolute and normalised.
    pub path: String,
}

/// What a host boots that is a virtual machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The kernel.
    pub kernel: PathBuf,
    /// An archive with the kernel's modules.
    pub modules: PathBuf,
    /// The image of its root file system.
    pub disk: PathBuf,
    /// Bytes of disk for its states.
    pub space: Option<u64>,
}

/// A process that runs, or a command that is run once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// Which.
    pub name: UnitName,
    /// Whether it stays.
    pub kind: UnitKind,
    /// Program and arguments; the program is an absolute path.
    pub exec: Vec<String>,
    /// The user that it runs as.
    pub user: String,
    /// Its environment variables, beside the usual ones.
    pub environment: BTreeMap<String, String>,
    /// What must be ready, or done, before it is started.
    pub after: Vec<UnitName>,
}

/// What a unit is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum UnitKind {
    /// A process that stays.
    Service {
        /// A command that succeeds once it is ready; where there is none, it is ready once the ports take connections.
        ready: Option<Vec<String>>,
        /// What it answers over HTTP once it is ready, beside that.
        #[serde(default)]
        health: Option<Health>,
        /// The TCP ports of its instance.
        ports: Vec<u16>,
        /// The signal that ends it, as `SIGTERM`.
        stop_signal: String,
    },
    /// A command that is run once for each state.
    Job {
        /// What it is run once for each value of, in one state.
        once_for: Option<String>,
    },
}

impl Unit {
    /// Whether it is a command that ends.
    #[must_use]
    pub fn is_job(&self) -> bool {
        matches!(self.kind, UnitKind::Job { .. })
    }
}

/// The name of a unit: `web-1/apache.apache`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnitName {
    /// The host, by the replica's name.
    pub host: String,
    /// The instance on it.
    pub instance: String,
    /// The service or job of its component.
    pub unit: String,
}

impl UnitName {
    /// The name within its host: the instance's, with the unit's where that is another.
    #[must_use]
    pub fn short(&self) -> String {
        if self.instance == self.unit {
            self.instance.clone()
        } else {
            format!("{}.{}", self.instance, self.unit)
        }
    }
}

impl fmt::Display for UnitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.short())
    }
}

/// An endpoint that is reached from outside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Exposed {
    /// The endpoint as declared.
    pub endpoint: EndpointRef,
    /// The host, by the replica's name.
    pub host: String,
    /// The port on it.
    pub port: u16,
    /// How clients name the protocol: `http`.
    pub protocol: String,
}
