//! A library that steps load first, to see whether what it changes shows in a result.

use std::{fs, io, path::Path};

use plc_store::TreePath;

use super::{Outcome, Request, Runner, Sandbox, SandboxError, ScaffoldFile};
use std::fs::File;

/// Where steps find the library.
const PLACE: &str = ".plc-preload.so";

/// Variables of libfaketime, which are handed on to steps.
const VARIABLES: [&str; 2] = ["FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC"];

/// A sandbox whose steps load a library of this machine first, such as libfaketime. For comparing builds only.
pub struct Preloading<'a> {
    sandbox: &'a Sandbox,
    library: Vec<u8>,
    environment: Vec<(String, String)>,
}

impl<'a> Preloading<'a> {
    /// Reads the library, and its variables from this program's environment.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn new(sandbox: &'a Sandbox, library: &Path) -> io::Result<Self> {
        let mut environment = vec![("LD_PRELOAD".to_owned(), format!("/{PLACE}"))];
        for name in VARIABLES {
            environment.extend(std::env::var(name).ok().map(|value| (name.to_owned(), value)));
        }
        Ok(Self { sandbox, library: fs::read(library)?, environment })
    }
}

impl Runner for Preloading<'_> {
    fn run(&self, request: &Request, log: &File) -> Result<Outcome, SandboxError> {
        let mut request = request.clone();
        // The path is a constant that is a tree's path.
        if let Ok(path) = TreePath::new(PLACE.as_bytes()) {
            request.scaffold.push(ScaffoldFile { path, mode: 0o755, content: self.library.clone() });
        }
        for step in &mut request.steps {
            step.environment.extend(self.environment.iter().cloned());
        }
        self.sandbox.run(&request, log)
    }

    fn ready(&self) -> Result<(), SandboxError> {
        self.sandbox.probe()
    }
}
