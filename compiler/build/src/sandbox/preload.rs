//! Libraries that steps load first, to see whether what they change shows in a result.

use std::{fs, io, path::PathBuf};

use plc_store::TreePath;

use super::{Outcome, Request, Runner, Sandbox, SandboxError, ScaffoldFile};
use std::fs::File;

/// Where steps find the library that comes first, second, …
fn place(number: usize) -> String {
    format!(".plc-preload-{number}.so")
}

/// Variables of libfaketime, which are handed on to steps.
const VARIABLES: [&str; 2] = ["FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC"];

/// A sandbox whose steps load libraries of this machine first, such as libfaketime. For comparing builds only.
pub struct Preloading<'a> {
    sandbox: &'a Sandbox,
    libraries: Vec<Vec<u8>>,
    environment: Vec<(String, String)>,
}

impl<'a> Preloading<'a> {
    /// Reads the libraries, and libfaketime's variables from this program's environment.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn new(sandbox: &'a Sandbox, libraries: &[PathBuf]) -> io::Result<Self> {
        let places: Vec<String> = (0..libraries.len()).map(|number| format!("/{}", place(number))).collect();
        let mut environment = vec![("LD_PRELOAD".to_owned(), places.join(":"))];
        for name in VARIABLES {
            environment.extend(std::env::var(name).ok().map(|value| (name.to_owned(), value)));
        }
        let libraries = libraries.iter().map(fs::read).collect::<io::Result<_>>()?;
        Ok(Self { sandbox, libraries, environment })
    }
}

impl Runner for Preloading<'_> {
    fn run(&self, request: &Request, log: &File) -> Result<Outcome, SandboxError> {
        let mut request = request.clone();
        for (number, library) in self.libraries.iter().enumerate() {
            // Such a name is a tree's path.
            if let Ok(path) = TreePath::new(place(number).as_bytes()) {
                request.scaffold.push(ScaffoldFile { path, mode: 0o755, content: library.clone() });
            }
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
