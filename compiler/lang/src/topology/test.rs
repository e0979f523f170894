//! What is tried of an environment that runs. No part of its topology: a test changes nothing of what is built.

use serde::{Deserialize, Serialize};

use super::EndpointRef;
use crate::source::Span;

/// A test of an environment under a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// What it shows.
    pub name: String,
    /// The `///` text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
    /// What it does, one after the other; nothing where it is skipped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Why it cannot be run: it is about something that is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// One step of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it does.
    #[serde(flatten)]
    pub kind: StepKind,
    /// Where it stands.
    #[serde(skip)]
    pub span: Span,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Asks an endpoint over HTTP.
    Http(HttpStep),
    /// Runs a file of the project on the machine that the tests run on.
    Script(ScriptStep),
    /// Runs a command on a host.
    Exec(ExecStep),
    /// Does what happens to productions.
    Fault(FaultStep),
    /// Ends all faults.
    Heal,
}

/// A request, and what is expected of its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpStep {
    /// Whom it asks.
    pub endpoint: TestEndpoint,
    /// The path with the query: begins with `/`.
    pub path: String,
    /// `GET` and the like.
    pub method: String,
    /// Headers that go along, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// What is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// What the answer's body contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// How long it is tried again, in milliseconds.
    pub within: u64,
}

/// A file of the project that is run, and must succeed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptStep {
    /// The file, relative to the project.
    pub path: String,
    /// Its environment variables, sorted by name.
    pub variables: Vec<(String, Variable)>,
}

/// The value of a variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variable {
    /// A text.
    Text(String),
    /// Where an endpoint is reached.
    Endpoint(TestEndpoint),
}

/// A command on a host, and what is expected of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecStep {
    /// The name of the host in the environment's network: of several replicas, the first's.
    pub host: String,
    /// Program and arguments.
    pub command: Vec<String>,
    /// The user that it runs as.
    pub user: String,
    /// Its exit status.
    pub status: u8,
    /// What its output contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// How long it is tried again, in milliseconds: none where it is run once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<u64>,
}

/// Something that goes wrong on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultStep {
    /// The hosts that it is about, as they are declared: of several replicas, all on a way between two, else the first.
    pub hosts: Vec<String>,
    /// What goes wrong.
    #[serde(flatten)]
    pub kind: FaultKind,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum FaultKind {
    /// Two hosts reach each other no more.
    Cut,
    /// What two hosts send to each other takes longer.
    Delay {
        /// Milliseconds.
        delay: u64,
        /// Milliseconds that it may be more or less.
        jitter: u64,
    },
    /// Some of what two hosts send to each other is lost.
    Loss {
        /// So many of a million packets.
        loss: u32,
    },
    /// No more than so much gets through between two hosts.
    Rate {
        /// Bytes a second.
        rate: u64,
    },
    /// All services of a host are killed.
    Kill,
    /// A host stands still.
    Freeze,
    /// A host's disk runs full.
    FullDisk {
        /// Bytes that are left.
        free: u64,
    },
}

/// An endpoint of one host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TestEndpoint {
    /// As it is declared.
    pub endpoint: EndpointRef,
    /// The name of the host in the environment's network.
    pub host: String,
    /// What its URLs begin with, as `http`.
    pub scheme: String,
}
