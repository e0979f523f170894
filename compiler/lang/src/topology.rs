//! What a description comes to under one profile: plain data, every reference resolved, every value computed.
//!
//! This is the last stage of the language and the only one that `plan` sees. Its JSON form (serde) is what
//! `plc show --stage topology` prints and what the golden files of stage `eval` hold, so fields are in reading
//! order and maps are sorted.

use serde::{Deserialize, Serialize};

use crate::source::Span;

/// One environment under one profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Topology {
    /// The environment's name as declared, for example `three_tier`.
    pub environment: String,
    /// The profile's name.
    pub profile: String,
    /// The `///` text of the environment.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
    /// The archives that the hosts draw from, by name, each once.
    pub archives: Vec<Archive>,
    /// The hosts in the order of their declaration.
    pub hosts: Vec<Host>,
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

/// One declared host; its replicas share everything but their number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// The name that the host gives it, for example `haproxy`.
    pub name: String,
    /// The component, with its module: `std.web.HAProxy`.
    pub component: String,
    /// Debian package names that it asks for, in the order of declaration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<String>,
    /// Files that it puts into the root file system.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
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
    /// Commands that must succeed inside the built root file system.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// Where it is declared (`run NAME = …`).
    #[serde(skip)]
    pub span: Span,
}

/// A file with its whole content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct File {
    /// Absolute path in the root file system, normalised: no `.`/`..`/empty part.
    pub path: String,
    /// The bytes, as text.
    pub content: String,
    /// Permission bits, for example `0o644`.
    pub mode: u32,
    /// Owner by name, resolved in the root file system's own `/etc/passwd`.
    pub user: String,
    /// Group by name, resolved in the root file system's own `/etc/group`.
    pub group: String,
    /// A symbolic link's target instead of content (`link "/etc/…" = "target"`); `content` is empty then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
    /// The declaration that each line of `content` comes from, one for each line.
    #[serde(skip)]
    pub line_spans: Vec<Span>,
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
