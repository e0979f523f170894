//! Running `plc` in directories of its own.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

/// The program under test.
pub(crate) const PLC: &str = env!("CARGO_BIN_EXE_plc");

/// The top of the project.
pub(crate) fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A directory with a store, to run `plc` in. Whatever the store holds goes away with it, also what belongs to other ids.
pub(crate) struct Place {
    pub(crate) directory: PathBuf,
    temporary: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let temporary = tempfile::Builder::new().prefix("plc-test-").tempdir().unwrap();
        Self { directory: temporary.path().canonicalize().unwrap(), temporary }
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.directory.join("store")
    }

    /// A command that runs `plc` here, with the store of this place and nothing of the caller's environment but PATH.
    pub(crate) fn plc<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, args: I) -> Command {
        let mut command = Command::new(PLC);
        command.args(args).current_dir(&self.directory).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", &self.directory).env("PLC_STORE", self.store());
        command
    }

    /// Runs `plc` and expects an exit code.
    pub(crate) fn run<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, args: I, code: i32) -> Ran {
        Ran::of(&mut self.plc(args), code)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Checkouts belong to subordinate ids when the tests are run by an ordinary user: only inside a user namespace
        // can they be removed.
        if fs::remove_dir_all(self.temporary.path()).is_err() {
            let _ = Command::new("unshare")
                .args(["--user", "--map-root-user", "--map-auto", "rm", "-rf"])
                .arg(self.temporary.path())
                .status();
        }
    }
}

/// What a run printed.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(command: &mut Command, code: i32) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let ran = Self {
            out: String::from_utf8_lossy(&stdout).into_owned(),
            err: String::from_utf8_lossy(&stderr).into_owned(),
        };
        assert_eq!(
            status.code(),
            Some(code),
            "{command:?}\n-- standard output\n{}\n-- standard error\n{}",
            ran.out,
            ran.err
        );
        ran
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// The tree digests of a build's hosts, in their order.
pub(crate) fn host_trees(result: &Value) -> Vec<String> {
    result["hosts"].as_array().unwrap().iter().map(|host| host["tree"].as_str().unwrap().to_owned()).collect()
}
