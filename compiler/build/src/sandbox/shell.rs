//! A shell where a step has failed, for somebody at a terminal.
//!
//! The terminal is one half of a pair: whoever asks for the shell holds the other half and passes on what is typed, so that
//! nothing in the sandbox ever holds the user's own.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use std::os::unix::process::CommandExt;

use rustix::{
    fs::{Mode, OFlags, open},
    process::{Pid, ioctl_tiocsctty},
};
use serde::{Deserialize, Serialize};

use super::{
    Step,
    error::{Doing, Inside},
    init::wait_for,
};

/// Where to open a shell when a step fails.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shell {
    /// The terminal's path: of a pseudo-terminal whose other half the caller holds.
    pub terminal: PathBuf,
    /// What kind of terminal it is, as `TERM` says it.
    pub kind: String,
}

/// The shells to try, the more comfortable one first.
const SHELLS: [&str; 2] = ["/bin/bash", "/bin/sh"];

/// A terminal that is held open while the steps run.
pub(super) struct Seat {
    terminal: File,
    kind: String,
}

impl Seat {
    pub(super) fn take(shell: &Shell) -> Inside<Self> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let terminal = open(&shell.terminal, flags, Mode::empty()).doing(|| "open the terminal")?;
        Ok(Self { terminal: terminal.into(), kind: shell.kind.clone() })
    }

    /// Tells what has failed and opens a shell with what the step had, until it ends. Only now the terminal becomes that of
    /// this session: steps find none, as without a shell. Whatever goes wrong here is told there; the failure is the step's.
    pub(super) fn run(
        mut self,
        step: &Step,
        reason: &str,
        ids: impl Fn(&str) -> Result<(u32, u32), String>,
    ) -> Inside<()> {
        ioctl_tiocsctty(&self.terminal).doing(|| "take the terminal")?;
        self.tell(&format!("{} failed: {reason}", step.name))?;
        let (uid, gid) = match ids(&step.user) {
            Ok(ids) => ids,
            Err(reason) => return self.tell(&format!("a shell {reason}")),
        };
        for shell in SHELLS {
            let mut command = Command::new(shell);
            command.env_clear().envs(step.environment.iter().map(|(name, value)| (name, value)));
            // Debian's prompt shows the second one.
            command.env("TERM", &self.kind).env("debian_chroot", "sandbox").uid(uid).gid(gid);
            command.current_dir(if Path::new(&step.directory).is_dir() { &step.directory } else { "/" });
            let terminal = || self.terminal.try_clone().doing(|| "open the terminal");
            command.stdin(terminal()?).stdout(terminal()?).stderr(terminal()?);
            match command.spawn() {
                Ok(child) => return wait_for(Pid::from_child(&child)).map(|_| ()),
                // What has failed may have broken it.
                Err(error) => self.tell(&format!("{shell} cannot be started: {error}"))?,
            }
        }
        Ok(())
    }

    fn tell(&mut self, text: &str) -> Inside<()> {
        writeln!(self.terminal, "{text}").doing(|| "write to the terminal")
    }
}
