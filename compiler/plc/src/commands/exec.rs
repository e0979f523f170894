//! `plc exec` and `plc shell`

use std::{
    fs::File,
    io::{self, IsTerminal, PipeReader, PipeWriter},
    os::fd::{AsFd, OwnedFd},
    thread,
};

use plc_run::{
    Ended,
    control::{Event, Request},
};
use rustix::{
    fs::{FileType, Mode, OFlags, fstat, open},
    pipe::{PipeFlags, pipe_with},
};

use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    pty::Pty,
    render::Terminal,
    running::{self, Running, Which},
};

/// Run a program on a host, and end as it does.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
    /// The user of the host to run it as
    #[arg(short, long, default_value = "root")]
    user: String,
    /// The host
    host: String,
    /// The program and its arguments
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

/// Open a shell on a host.
#[derive(Debug, clap::Args)]
pub(crate) struct ShellArgs {
    #[command(flatten)]
    which: Which,
    /// The user of the host to open it as
    #[arg(short, long, default_value = "root")]
    user: String,
    /// The host
    host: String,
}

/// The more comfortable shell where there is one.
const SHELL: [&str; 3] = ["/bin/sh", "-c", "if [ -x /bin/bash ]; then exec /bin/bash; else exec /bin/sh; fi"];

/// What a program that a signal ended gives, as shells do.
const SIGNALLED: i32 = 128;

pub(super) fn run(args: &Args, global: &Global, _terminal: &Terminal) -> Outcome {
    let running = args.which.running(global)?;
    execute(&running, &args.host, args.command.clone(), &args.user)
}

pub(super) fn shell(args: &ShellArgs, global: &Global, _terminal: &Terminal) -> Outcome {
    let running = args.which.running(global)?;
    execute(&running, &args.host, SHELL.map(str::to_owned).to_vec(), &args.user)
}

fn execute(running: &Running, host: &str, argv: Vec<String>, user: &str) -> Outcome {
    let host = running::host(running, host)?;
    let terminal = io::stdin().is_terminal() && io::stdout().is_terminal() && io::stderr().is_terminal();
    let kind = std::env::var("TERM").ok().filter(|_| terminal);
    let environment = kind.into_iter().map(|kind| ("TERM".to_owned(), kind)).collect();
    let request = Request::Exec { host, argv, environment, user: user.to_owned(), terminal };
    let failed = |error: io::Error| CliError::build("cannot use the terminal").because_of(&error);
    let ended = if terminal { at_terminal(running, &request) } else { with_pipes(running, &request) };
    match ended.map_err(failed)?? {
        Event::Ended(Ended::Exit(code)) => Ok(exit(code)),
        Event::Ended(Ended::Signal(signal)) => Ok(exit(SIGNALLED + signal)),
        Event::Ended(how @ Ended::NotStarted(_)) => Err(CliError::user(how)),
        Event::Failed(failure) => Err(CliError::build(failure.reason)),
        _ => Err(CliError::build("the environment's keeper answers something else")),
    }
}

fn exit(code: i32) -> Exit {
    match code {
        0 => Exit::Done,
        code => Exit::Program(u8::try_from(code).unwrap_or(u8::MAX)),
    }
}

/// With a terminal of its own, to which what is typed is passed on.
fn at_terminal(running: &Running, request: &Request) -> io::Result<Result<Event, CliError>> {
    let mut pty = Pty::open()?;
    let theirs = open(pty.path(), OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    let (over, going) = pipe_with(PipeFlags::CLOEXEC)?;
    thread::scope(|scope| {
        let relaying = scope.spawn(|| pty.relay(&over));
        let descriptors = [theirs.as_fd(), theirs.as_fd(), theirs.as_fd()];
        let answer = running.client.ask(request, &descriptors, |_| {});
        drop(theirs);
        drop(going);
        let relayed = relaying.join().unwrap_or_else(|_| Err(io::ErrorKind::Other.into()));
        relayed.map(|()| answer.map_err(|error| running::client_error(&error)))
    })
}

/// With this program's own input and output where they are pipes or sockets, and by way of pipes where they are files or
/// terminals: whoever has a file's descriptor may open it again for writing, and from a directory's the whole machine is reached.
fn with_pipes(running: &Running, request: &Request) -> io::Result<Result<Event, CliError>> {
    let (input, feeding) = input()?;
    let (output, showing) = shown(io::stdout())?;
    let (error, telling) = shown(io::stderr())?;
    // It ends with this program, whether or not anybody types.
    if let Some(to) = feeding {
        thread::spawn(move || copy_input(to));
    }
    let out = showing.map(|from| thread::spawn(move || io::copy(&mut &from, &mut io::stdout())));
    let told = telling.map(|from| thread::spawn(move || io::copy(&mut &from, &mut io::stderr())));
    let answer = running.client.ask(request, &[input.as_fd(), output.as_fd(), error.as_fd()], |_| {});
    drop((input, output, error));
    for thread in [out, told].into_iter().flatten() {
        let _ = thread.join();
    }
    Ok(answer.map_err(|error| running::client_error(&error)))
}

fn copy_input(mut to: PipeWriter) {
    let _ = io::copy(&mut io::stdin().lock(), &mut to);
}

/// Whether a program of a host may have it as it is.
fn may_be_given(stream: impl AsFd) -> io::Result<bool> {
    let kind = FileType::from_raw_mode(fstat(stream)?.st_mode);
    if kind == FileType::Directory {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "a directory is no input"));
    }
    Ok(matches!(kind, FileType::Fifo | FileType::Socket))
}

fn input() -> io::Result<(OwnedFd, Option<PipeWriter>)> {
    if may_be_given(io::stdin())? {
        return Ok((own(io::stdin())?, None));
    }
    let (theirs, ours) = io::pipe()?;
    Ok((theirs.into(), Some(ours)))
}

fn shown(stream: impl AsFd) -> io::Result<(OwnedFd, Option<PipeReader>)> {
    if may_be_given(&stream)? {
        return Ok((own(stream)?, None));
    }
    let (ours, theirs) = io::pipe()?;
    Ok((theirs.into(), Some(ours)))
}

fn own(stream: impl AsFd) -> io::Result<OwnedFd> {
    Ok(File::from(stream.as_fd().try_clone_to_owned()?).into())
}
