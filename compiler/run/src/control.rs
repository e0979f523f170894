//! What `plc` and the keeper say to each other.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    deployment::{Deployment, Exposed, UnitName},
    init::Ended,
    link::Link,
};

/// The version of what is said here, but for [`Request::Down`], which every keeper understands.
pub const PROTOCOL: u32 = 3;

/// The file of an environment with the version that its keeper speaks.
pub(crate) const PROTOCOL_FILE: &str = "protocol.json";

/// What the keeper says first: it is in a user namespace of its own, or the error number why not.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Unshared(pub(crate) Result<(), i32>);

/// What it is told once its ids are mapped: which environment's it is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Begin {
    pub(crate) environments: std::path::PathBuf,
    pub(crate) name: String,
}

/// Whether it has begun.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Began(pub(crate) Result<(), String>);

/// What is asked of a keeper.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Request {
    /// Make this what runs. A listening socket goes along for each that is published and was not before, in this order.
    Apply {
        /// What is to run.
        deployment: Box<Deployment>,
        /// All that is to be published.
        published: Vec<Published>,
        /// The values of its secrets.
        secrets: Secrets,
        /// Seconds that what is started may take until it is ready.
        patience: u64,
        /// Seconds that a host has to stay ready that is new or replaced among others, before the next one is.
        min_ready: u64,
    },
    /// Say what runs.
    Status,
    /// Stop these units in order, and keep them stopped.
    Stop(Vec<UnitName>),
    /// Start these units in order.
    Start {
        /// Which.
        units: Vec<UnitName>,
        /// Seconds that they may take until they are ready.
        patience: u64,
    },
    /// Do something that goes wrong in productions.
    Fault(Fault),
    /// Keep what there is now under a name.
    Snap(String),
    /// Forget what was kept under a name.
    Forget(String),
    /// Go back to what was kept under a name.
    Reset {
        /// Which.
        name: String,
        /// Seconds that everything may take until it is ready.
        patience: u64,
    },
    /// Run a program on a host, with the three descriptors that go along.
    Exec {
        /// The host.
        host: String,
        /// Program and arguments.
        argv: Vec<String>,
        /// Variables beside the usual ones.
        environment: Vec<(String, String)>,
        /// The user of the host.
        user: String,
        /// Whether the descriptors are a terminal.
        terminal: bool,
    },
    /// Whether the end of this connection is that of the environment: then everything is stopped, and nothing of it kept.
    Bind(bool),
    /// Stop everything, and end.
    Down,
}

/// What goes wrong.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Fault {
    /// Two hosts reach each other no more: what they send is lost.
    Cut(String, String),
    /// The ways between two hosts become worse.
    Worsen {
        /// Which, two by two.
        ways: Vec<(String, String)>,
        /// What of them.
        worse: Worse,
    },
    /// What a host can write to runs full. The host is replaced for it.
    FillDisk {
        /// Which.
        host: String,
        /// Bytes that are left.
        free: u64,
        /// Seconds that it may take until it is ready again.
        patience: u64,
    },
    /// All of it is well again that lasts.
    Heal {
        /// Seconds that hosts may take that are replaced for it.
        patience: u64,
    },
    /// Units are killed, with all that they have started.
    Kill(Vec<UnitName>),
    /// All processes of a host stand still, or go on.
    Freeze {
        /// Which.
        host: String,
        /// Whether they stand still.
        frozen: bool,
    },
}

/// What of a way becomes worse; the rest stays as it is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Worse {
    /// What goes there takes longer, in each direction.
    Delay {
        /// Milliseconds.
        delay: u64,
        /// Milliseconds that it may be more or less.
        jitter: u64,
    },
    /// So many of a million packets are lost.
    Loss(u32),
    /// No more than so many bytes a second get through.
    Rate(u64),
}

impl Worse {
    /// Makes a way worse.
    pub fn apply(self, link: &mut Link) {
        match self {
            Self::Delay { delay, jitter } => (link.delay, link.jitter) = (delay, jitter),
            Self::Loss(loss) => link.loss = loss,
            Self::Rate(rate) => link.rate = Some(rate),
        }
    }
}

/// The values of secrets, by name: in memory, and shown to nobody.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets(BTreeMap<String, Vec<u8>>);

impl Secrets {
    /// Keeps a value.
    pub fn insert(&mut self, name: String, value: Vec<u8>) {
        self.0.insert(name, value);
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Vec<u8>> {
        self.0.get(name)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// What a keeper says while it does what was asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Event {
    /// A host comes up, with this address.
    HostStarts(String),
    /// A host goes down.
    HostStops(String),
    /// Hosts are ready, and have to stay so for as many seconds.
    Watches(Vec<String>, u64),
    /// A host goes on with what it had before.
    RollsBack(String),
    /// Something has become of a unit.
    Unit(UnitName, Status),
    /// It is done.
    Done,
    /// It is not, and why.
    Failed(Failure),
    /// What runs.
    Status(Box<Report>),
    /// How a program has ended.
    Ended(Ended),
}

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// In words.
    pub reason: String,
    /// The unit that it is about, whose log says more.
    pub unit: Option<Box<UnitName>>,
    /// What it said last.
    pub said: Vec<String>,
    /// Whether what was there before is there again.
    pub rolled_back: bool,
}

/// What becomes of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// What it is started after is not ready.
    Waiting,
    /// It runs, and is not ready.
    Starting,
    /// It is ready.
    Ready,
    /// It has ended, for this reason, and will be started again.
    Restarting(String),
    /// It was told to end.
    Stopping,
    /// It was stopped.
    Stopped,
    /// A job that was run.
    Done,
    /// A job that failed, and how.
    Failed(String),
}

/// A port of this machine that leads to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Published {
    /// Where it leads.
    pub exposed: Exposed,
    /// The port on the loopback interface.
    pub port: u16,
}

/// What runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// What was applied last.
    pub deployment: Option<Deployment>,
    /// Its units.
    pub units: Vec<UnitReport>,
    /// The hosts' addresses in the environment's network.
    pub addresses: Vec<(String, std::net::Ipv4Addr)>,
    /// What is published.
    pub published: Vec<Published>,
    /// Hosts that do not reach each other, on purpose.
    pub cuts: Vec<(String, String)>,
    /// Hosts that reach each other worse than others, on purpose.
    pub worse: Vec<(String, String, Link)>,
    /// Hosts that stand still, on purpose.
    pub frozen: Vec<String>,
    /// Hosts whose disks are full, on purpose.
    pub full: Vec<String>,
    /// What could not be limited, and why; each once.
    pub unlimited: Vec<String>,
}

/// What becomes of a unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UnitReport {
    /// Which.
    pub name: UnitName,
    /// What it is doing.
    pub status: Status,
    /// How often it had to be started again.
    pub restarts: u32,
    /// Since when, in seconds since 1970.
    pub since: u64,
}
