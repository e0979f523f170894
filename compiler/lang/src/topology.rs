//! What a description comes to under one profile: plain data, every reference resolved, every value computed.
//!
//! This is the last stage of the language and the only one that `plan` sees. Its JSON form (serde) is what
//! `plc show --stage topology` prints and what the golden files of stage `eval` hold, so fields are in reading
//! order and maps are sorted.

mod files;
mod test;

use serde::{Deserialize, Serialize};

use crate::source::Span;
pub use files::{Build, File, SecretFile, Source, Tree, TreeMount};
pub use test::{
    ExecStep, FaultKind, FaultStep, HttpStep, ScriptStep, Step, StepKind, Test, TestEndpoint, Variable,
};

/// One environment under one profile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Topology {
    /// The environment's name as declared, for example `three_tier`.
    pub environment: String,
    /// The profile's name.
    pub profile: String,
    /// The variants in force, in the order in which they were named; `--with` settings are not among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<String>,
    /// The `///` text of the environment.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
    /// The archives that the hosts and instances draw from, by name, each once. The environment's `base` is the first.
    pub archives: Vec<Archive>,
    /// Packages that are held to a version or a suite, on every host that has them; sorted by name, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<Pin>,
    /// The environment's parameters and what they come to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// Secrets that are resolved when the environment runs: names only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// What the profile has otherwise than the environment, besides capacities, each with its reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Exception>,
    /// The hosts in the order of their declaration.
    pub hosts: Vec<Host>,
    /// Ways between hosts that are slower, narrower or lossier than others. Capacity: no part of an identity form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

/// The ways between two hosts, by their names as declared; of all replicas.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// One.
    pub one: String,
    /// The other, which may be the same where it has replicas.
    pub other: String,
    /// Milliseconds that each packet takes, in each direction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<u64>,
    /// Milliseconds that it may be more or less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jitter: Option<u64>,
    /// Bytes a second that get through, in each direction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth: Option<u64>,
    /// So many of a million packets are lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<u32>,
}

/// A signed package archive: a set of suites that one keyring vouches for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Archive {
    /// The name that the description gives it, for example `debian`.
    pub name: String,
    /// Suites in order of preference, for example `bookworm`, `bookworm-security`.
    pub suites: Vec<String>,
    /// Components, for example `main`.
    pub components: Vec<String>,
    /// The keyring that must have signed it: a name as in `/usr/share/keyrings/NAME.gpg`, or a path inside the
    /// project when it holds a `/` or ends in `.gpg`/`.asc`.
    pub signed_by: String,
    /// A mirror that the description itself names (`file://…` or `http(s)://…`, or a path inside the project);
    /// none when the machine's own configuration is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirror: Option<String>,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// A parameter and what it comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// The name as declared.
    pub name: String,
    /// The value as the language writes it: `128MiB`, `"utf8mb4"`.
    pub value: String,
    /// Whether it says how much: profiles differ in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub capacity: bool,
}

/// A package that is held to something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pin {
    /// The package's name.
    pub package: String,
    /// Exactly this Debian version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// From this one of the topology's archives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// A secret of the environment: never its value, which nothing but the running environment sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// The name as declared.
    pub name: String,
    /// The `///` text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
}

/// A declared difference between a profile and its environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// What kind of difference.
    pub kind: ExceptionKind,
    /// What it is about: `search`, `db.mariadb`, `db.mariadb.collation`.
    pub path: String,
    /// The component that stands in, of a double; the value as it is written, of a deviation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
    /// The reason.
    pub because: String,
    /// The last day on which the description compiles with it, as `2027-06-30`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The profile or variant that declares it.
    pub declared_by: String,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// The kinds of declared differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExceptionKind {
    /// Another component stands in.
    Double,
    /// It is not there.
    Absent,
    /// A parameter has another value.
    Deviation,
}

/// One declared host; its replicas share everything but their number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Host {
    /// The name as declared, for example `app`.
    pub name: String,
    /// The `///` text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
    /// The name of the archive that its packages come from.
    pub archive: String,
    /// How many there are. Capacity.
    pub replicas: u64,
    /// Bytes of memory of each. Capacity. None when neither description nor profile says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// Processors of each. Capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpus: Option<u64>,
    /// Bytes of disk of each. Capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk: Option<u64>,
    /// The package with its kernel, where it runs as a virtual machine. Capacity: it is the same host as a container. None in
    /// the identity form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// The network names of the replicas, for example `app-1.three-tier.internal`.
    pub addresses: Vec<String>,
    /// What runs there, in the order of declaration.
    pub instances: Vec<Instance>,
    /// Endpoints that users of the environment reach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exposes: Vec<EndpointRef>,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// A component at work on a host.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// The name that the host gives it, for example `haproxy`.
    pub name: String,
    /// The component, with its module: `std.web.HAProxy`.
    pub component: String,
    /// The archive that its packages come from, where that is not the host's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Its parameters and what they come to, in the order of declaration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// Debian package names that it asks for, in the order of declaration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<String>,
    /// Those of them that are asked for with what they recommend.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recommends: Vec<String>,
    /// Answers to what its packages ask when they are configured, sorted by question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// Files that it puts into the root file system.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
    /// Trees that it puts into the root file system.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trees: Vec<TreeMount>,
    /// Secrets that the running host puts into files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<SecretFile>,
    /// Endpoints that it offers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provides: Vec<Endpoint>,
    /// Endpoints of others that it needs: every connection of the topology is one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<Connection>,
    /// Directories whose content belongs to the running host, not to the image.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<StateDirectory>,
    /// Processes to run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<Service>,
    /// Commands that run once before the services start, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jobs: Vec<Job>,
    /// Commands that must succeed inside the built root file system.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// What cannot be seen where there is too little of something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cliffs: Vec<Cliff>,
    /// Where it is declared (`run NAME = …`).
    #[serde(skip)]
    pub span: Span,
}

/// What a package is told when it asks, by way of debconf(7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The question's name: `postfix/main_mailer_type`.
    pub question: String,
    /// The answer as debconf keeps it: several choices are separated by `, `.
    pub value: String,
    /// Where it is written.
    #[serde(skip)]
    pub span: Span,
}

/// A capacity below which something cannot be seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cliff {
    /// What cannot be seen: `replication lag cannot be seen`.
    pub text: String,
    /// Whether this profile is below.
    pub reached: bool,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// Something that listens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its name in the component, for example `sql`.
    pub name: String,
    /// Protocol, for example `MySql`.
    pub protocol: String,
    /// TCP port.
    pub port: u16,
}

/// Names an endpoint from outside its instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EndpointRef {
    /// The declared host.
    pub host: String,
    /// The instance on it.
    pub instance: String,
    /// The endpoint's name.
    pub endpoint: String,
}

/// A typed connection: what an instance requires and what meets it (all replicas of the host that it names).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Connection {
    /// The requirement's name in the component, for example `database`.
    pub name: String,
    /// Protocol that both ends speak.
    pub protocol: String,
    /// The other ends; several when the requirement is a list.
    pub to: Vec<EndpointRef>,
}

/// A directory that the running host owns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StateDirectory {
    /// Absolute path, normalised.
    pub path: String,
    /// Owner by name.
    pub user: String,
    /// Group by name.
    pub group: String,
    /// Permission bits.
    pub mode: u32,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// A process that runs while the host is up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// Its name in the component.
    pub name: String,
    /// Program and arguments; the program is an absolute path.
    pub exec: Vec<String>,
    /// User that it runs as.
    pub user: String,
    /// Environment variables, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environment: Vec<(String, String)>,
    /// A command that succeeds once the service is ready to serve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready: Option<Vec<String>>,
    /// What it answers over HTTP, as long as it serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// The name of the signal that asks it to end; SIGTERM when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_signal: Option<String>,
}

/// What is asked of a service over HTTP; a status from 200 to 399 says that it is well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// TCP port of an endpoint of its instance.
    pub port: u16,
    /// Path and query, with the `/` at their beginning.
    pub path: String,
}

/// A command that is run once for each state of the host, or for each value of something in it: before the services of its instance start, and after what the
/// instance requires is ready.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its name in the component; no service has the same.
    pub name: String,
    /// Program and arguments; the program is an absolute path.
    pub exec: Vec<String>,
    /// User that it runs as.
    pub user: String,
    /// Environment variables, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environment: Vec<(String, String)>,
    /// Whether what it makes lies elsewhere, as tables in a database: of several replicas only the first runs it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
    /// What it is run once for each value of, in one state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub once_for: Option<String>,
}

/// A command that must succeed in the built root file system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Program and arguments; the program is an absolute path.
    pub exec: Vec<String>,
    /// User that it runs as; `root` when nothing is said.
    pub user: String,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}
