//! A shell where a step of a build has failed.

use std::{
    fs::{self, File},
    io::{self, IsTerminal, Write},
    os::fd::{AsRawFd, OwnedFd},
    sync::{Mutex, PoisonError},
    thread,
};

use plc_build::sandbox::{Outcome, Request, Runner, Sandbox, SandboxError, Shell};
use rustix::pipe::{PipeFlags, pipe_with};

use super::told::{LINES, last_lines};
use crate::{exit::CliError, progress::Progress, pty::Pty, render::Terminal};

/// A sandbox that opens a shell for whoever sits at the terminal when a step fails.
pub(super) struct OpensShell<'a> {
    sandbox: &'a Sandbox,
    progress: &'a Progress<'a>,
    terminal: &'a Terminal,
    /// There is one terminal: of two steps that fail, the second waits.
    turn: Mutex<()>,
}

impl<'a> OpensShell<'a> {
    /// Of a sandbox whose progress is shown on the same terminal.
    ///
    /// # Errors
    /// When nobody sits there.
    pub(super) fn new(
        sandbox: &'a Sandbox,
        progress: &'a Progress<'a>,
        terminal: &'a Terminal,
    ) -> Result<Self, CliError> {
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            let error = CliError::user("`--shell-on-failure` needs a terminal to open a shell at");
            return Err(error.help("run it at a terminal, or leave it out: the log says what was printed"));
        }
        Ok(Self { sandbox, progress, terminal, turn: Mutex::new(()) })
    }

    /// What happens at the terminal while a request runs: nothing, until its shell speaks.
    fn attend(&self, mut pty: Pty, log: &File, over: &OwnedFd) -> io::Result<()> {
        if !pty.speaks(over)? {
            return Ok(());
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.progress.aside(|| {
            // What is written to it here has come by way of a descriptor that is only for writing.
            let log = fs::read(format!("/proc/self/fd/{}", log.as_raw_fd())).unwrap_or_default();
            writeln!(io::stderr(), "{}", last_lines(&String::from_utf8_lossy(&log), LINES))?;
            self.terminal
                .note("a shell where it failed; what is changed there is thrown away, `exit` ends it");
            pty.relay(over)?;
            self.terminal.note("the shell has ended");
            Ok(())
        })
    }
}

impl Runner for OpensShell<'_> {
    fn run(&self, request: &Request, log: &File) -> Result<Outcome, SandboxError> {
        let pty = Pty::open().map_err(SandboxError::Pipe)?;
        let shell = Shell {
            terminal: pty.path().to_owned(),
            kind: std::env::var("TERM").unwrap_or_else(|_| "dumb".into()),
        };
        let (over, running) = pipe_with(PipeFlags::CLOEXEC).map_err(|e| SandboxError::Pipe(e.into()))?;
        thread::scope(|scope| {
            let attending = scope.spawn(|| self.attend(pty, log, &over));
            let outcome = self.sandbox.run_with_shell(request, log, &shell);
            drop(running);
            match attending.join() {
                Ok(Ok(())) => outcome,
                Ok(Err(error)) => Err(SandboxError::Pipe(error)),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }

    fn ready(&self) -> Result<(), SandboxError> {
        self.sandbox.probe()
    }
}
