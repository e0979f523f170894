//! Programs that tests run, here and on hosts, for so long and no longer.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    os::fd::AsFd,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use plc_run::{
    Ended,
    client::Client,
    control::{Event, Request},
};
use rustix::process::{Pid, Signal, kill_process};

use super::steps::Miss;

/// How much of what a program says is looked at, in bytes, from its end.
const LONGEST: u64 = 8 << 20;

/// How much of it a failure shows, in letters, from its end.
const SHOWN: usize = 2000;

/// How often is looked whether a program has ended.
const LOOK: Duration = Duration::from_millis(10);

/// What became of a program.
pub(super) struct Ran {
    end: End,
    output: String,
}

enum End {
    Ended(Ended),
    Late(Duration),
    Not(String),
}

impl Ran {
    /// It could not be run.
    pub(super) fn not(why: &str) -> Self {
        Self { end: End::Not(why.to_owned()), output: String::new() }
    }

    /// Whether it ended with a status, and has said something.
    pub(super) fn succeeds(self, status: i32, contains: Option<&str>) -> Result<(), Miss> {
        let expected = match contains {
            Some(text) => format!("exit status {status}, and `{text}` in what it says"),
            None => format!("exit status {status}"),
        };
        let seen = match &self.end {
            End::Ended(Ended::Exit(code)) if *code == status => match contains {
                Some(text) if !self.output.contains(text) => {
                    format!("exit status {code}, and it is not in what it says")
                }
                _ => return Ok(()),
            },
            End::Ended(Ended::Exit(code)) => format!("exit status {code}"),
            End::Ended(Ended::Signal(signal)) => format!("killed by signal {signal}"),
            End::Ended(Ended::NotStarted(why)) => format!("it could not be started: {why}"),
            End::Late(after) => {
                format!("it was killed after {:.1} s, when the test's time was over", after.as_secs_f64())
            }
            End::Not(why) => format!("it could not be run: {why}"),
        };
        let letters = self.output.chars().count();
        let output = self.output.chars().skip(letters.saturating_sub(SHOWN)).collect();
        Err(Miss { expected, seen, output })
    }
}

/// Runs a file on this machine.
pub(super) fn script(
    program: &Path,
    directory: &Path,
    variables: &[(String, String)],
    left: Duration,
) -> Ran {
    let run = || -> io::Result<Ran> {
        let output = tempfile::tempfile()?;
        let mut child = Command::new(program)
            .current_dir(directory)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output.try_clone()?)
            .spawn()?;
        let begun = Instant::now();
        let end = loop {
            if let Some(status) = child.try_wait()? {
                use std::os::unix::process::ExitStatusExt;
                let signal = || Ended::Signal(status.signal().unwrap_or_default());
                break End::Ended(status.code().map_or_else(signal, Ended::Exit));
            }
            if begun.elapsed() >= left {
                kill_tree(&mut child);
                break End::Late(begun.elapsed());
            }
            thread::sleep(LOOK);
        };
        Ok(Ran { end, output: said(output)? })
    };
    run().unwrap_or_else(|error| Ran::not(&error.to_string()))
}

/// Runs a command on a host, with a connection that is used for nothing else.
pub(super) fn on_host(client: &Client, host: &str, command: &[String], user: &str, left: Duration) -> Ran {
    let run = || -> io::Result<Ran> {
        let output = tempfile::tempfile()?;
        let (given, shown) = (File::open("/dev/null")?, output.try_clone()?);
        let request = Request::Exec {
            host: host.to_owned(),
            argv: command.to_vec(),
            environment: Vec::new(),
            user: user.to_owned(),
            terminal: false,
        };
        let (sender, receiver) = mpsc::channel();
        let end = thread::scope(|scope| {
            scope.spawn(|| {
                let descriptors = [given.as_fd(), shown.as_fd(), shown.as_fd()];
                let _ = sender.send(client.ask(&request, &descriptors, |_| {}));
            });
            match receiver.recv_timeout(left) {
                Ok(Ok(Event::Ended(ended))) => End::Ended(ended),
                Ok(Ok(Event::Failed(failure))) => End::Not(failure.reason),
                Ok(Ok(_)) => End::Not("the keeper answers something else".into()),
                Ok(Err(error)) => End::Not(error.to_string()),
                Err(_) => {
                    // The keeper kills what it runs for somebody who is gone.
                    client.hang_up();
                    End::Late(left)
                }
            }
        });
        Ok(Ran { end, output: said(output)? })
    };
    run().unwrap_or_else(|error| Ran::not(&error.to_string()))
}

/// What was written to a file, or the end of it.
fn said(mut file: File) -> io::Result<String> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(LONGEST)))?;
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Kills a child with all that it has started. They are of this process's own group, so that Ctrl-C ends them, too.
fn kill_tree(child: &mut Child) {
    let mut all = vec![child.id()];
    let mut at = 0;
    while let Some(process) = all.get(at).copied() {
        let path = format!("/proc/{process}/task/{process}/children");
        let children = std::fs::read_to_string(path).unwrap_or_default();
        all.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
        at += 1;
    }
    for process in all {
        if let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
    let _ = child.wait();
}
