//! Who runs the steps: a seam, so that everything but the scripts themselves can be tested without namespaces.

use std::{
    error::Error,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use crate::sandbox::{self, Outcome, Request};

/// How much of a log's end is looked at for whom dpkg blames, in bytes.
const TAIL: u64 = 64 << 10;

/// Runs a request: the sandbox, or what a test puts in its place.
pub trait Runner {
    /// Lays out the layers, runs the steps, reads back what they changed.
    fn run(&self, request: &Request) -> Result<Outcome, Box<dyn Error + Send + Sync>>;

    /// The end of what the steps have said, to find out whom dpkg blames.
    fn said(&self) -> String;
}

/// The sandbox, with a log.
pub struct SandboxRunner<'a> {
    sandbox: &'a dyn sandbox::Runner,
    log: PathBuf,
}

impl<'a> SandboxRunner<'a> {
    /// A runner whose steps write to a log file, which is made when it is not there and added to when it is.
    pub fn new(sandbox: &'a dyn sandbox::Runner, log: &Path) -> Self {
        Self { sandbox, log: log.to_owned() }
    }
}

impl Runner for SandboxRunner<'_> {
    fn run(&self, request: &Request) -> Result<Outcome, Box<dyn Error + Send + Sync>> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        Ok(self.sandbox.run(request, &log)?)
    }

    fn said(&self) -> String {
        let tail = || -> std::io::Result<Vec<u8>> {
            let mut log = File::open(&self.log)?;
            let length = log.metadata()?.len();
            log.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
            let mut tail = Vec::new();
            log.read_to_end(&mut tail)?;
            Ok(tail)
        };
        // Only names for a message are looked for in it.
        String::from_utf8_lossy(&tail().unwrap_or_default()).into_owned()
    }
}
