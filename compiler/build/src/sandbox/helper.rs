//! The helper process: one for each job, in a user namespace of its own, with the store open.
//!
//! It lays out, starts process 1 of the sandbox and waits for its end, reads back, and removes what it made on the way.

use std::{
    fs::{self, File},
    io,
    os::{
        fd::AsFd,
        unix::{fs::MetadataExt, process::CommandExt},
    },
    path::Path,
    process::{Command, ExitCode, Stdio},
    thread,
};

use plc_store::Store;
use rustix::{
    fs::{AtFlags, CWD, Gid, Mode, Timespec, Timestamps, Uid, chmod, chown, mkdirat, utimensat},
    process::{Pid, PidfdFlags, pidfd_open, umask},
    thread::{UnshareFlags, set_thread_res_gid, set_thread_res_uid},
};

use super::{
    HELPER_ARGUMENT, Outcome, ReadBack, Request, Shell, delta,
    error::{Doing, Inside, InsideError},
    init, layers, layout,
    protocol::{Answer, InitJob, InitReport, Job, Place, Task, Unshared, receive, send},
    remove::remove,
    scratch::Scratch,
    stop::Stop,
    sys,
};

/// The argument that makes the helper process 1 of a sandbox.
const INIT_ARGUMENT: &str = "init";

/// More threads would only wait for the same disk.
const THREADS: usize = 4;

/// What the program does when its first argument is [`HELPER_ARGUMENT`]: everything, up to the exit code.
pub fn helper_main() -> ExitCode {
    if std::env::args_os().nth(2).is_some_and(|argument| argument == INIT_ARGUMENT) {
        return init::main();
    }
    // Without its pipes there is nobody to tell.
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Standard input and output, without a buffer.
pub(super) fn pipes() -> io::Result<(File, File)> {
    let from = io::stdin().as_fd().try_clone_to_owned()?;
    let to = io::stdout().as_fd().try_clone_to_owned()?;
    Ok((from.into(), to.into()))
}

fn serve() -> io::Result<()> {
    sys::close_inherited()?;
    let (mut from, mut to) = pipes()?;
    let unshared = sys::unshare(UnshareFlags::NEWUSER).map_err(|error| error.raw_os_error());
    send(&mut to, &Unshared(unshared))?;
    // When the ids could not be mapped, the parent closes the pipe instead.
    let job: Job = receive(&mut from, "a job for the sandbox's helper")?;
    umask(Mode::empty());
    become_root().map_err(io::Error::from)?;
    let stop = Stop::at_end_of(from);
    let answer = perform(&job, &stop);
    send(&mut to, &Answer(answer))
}

/// Becomes the namespace's root. A user is so by the map; the machine's own root may be of any group, which is mapped to itself.
/// No other thread is there yet that would have to follow.
fn become_root() -> rustix::io::Result<()> {
    set_thread_res_gid(Gid::ROOT, Gid::ROOT, Gid::ROOT)?;
    set_thread_res_uid(Uid::ROOT, Uid::ROOT, Uid::ROOT)
}

fn perform(job: &Job, stop: &Stop) -> Inside<Option<Outcome>> {
    let Place { store, session, shelf } = &job.place;
    let join = || Store::join(store, session).map_err(|error| InsideError::Store(error.to_string()));
    match &job.task {
        Task::Run(request, shell) => {
            let paths = Paths { session, shelf };
            run(&join, &paths, request, shell.as_ref(), stop).map(Some)
        }
        Task::LayOutLayers(trees) => {
            make_shelf(shelf)?;
            layout::lay_out_layers(&join()?, session, shelf, &layers::stack(trees), stop).map(|()| None)
        }
        Task::LayOutTree(tree, target) => layout::lay_out_tree(&join()?, tree, target, stop).map(|()| None),
        Task::Remove(directory) => remove(directory).map(|()| None),
    }
}

/// Starts the threads for work on many files. For little work they cost more than they bring.
pub(super) fn start_threads() {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS);
    // Fails only when they are started already.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
}

fn make_shelf(shelf: &Path) -> Inside<()> {
    match mkdirat(CWD, shelf, Mode::RWXU) {
        Ok(()) | Err(rustix::io::Errno::EXIST) => {}
        failed => failed.doing(|| format!("make the directory `{}`", shelf.display()))?,
    }
    for stale in layers::stale_shelves(shelf) {
        // It costs space and nothing else; somebody else may be at it, too.
        let _ = remove(&stale);
    }
    Ok(())
}

/// Where a run finds layers, and where it keeps what is its own.
struct Paths<'a> {
    session: &'a Path,
    shelf: &'a Path,
}

fn run(
    join: &dyn Fn() -> Inside<Store>,
    paths: &Paths<'_>,
    request: &Request,
    shell: Option<&Shell>,
    stop: &Stop,
) -> Inside<Outcome> {
    let layers: Vec<_> =
        layers::stack(&request.layers).iter().map(|layer| paths.shelf.join(layer.name())).collect();
    let Some(top) = layers.last() else {
        return Err(InsideError::Protocol("a request without layers".into()));
    };
    let scratch = Scratch::create(paths.session)?;
    for name in ["upper", "work", "root"] {
        mkdirat(CWD, scratch.path().join(name), Mode::RWXU)
            .doing(|| format!("make the directory `{name}`"))?;
    }
    let upper = scratch.path().join("upper");
    if !request.placed.is_empty() {
        layout::place(&join()?, &request.placed, &upper, stop)?;
    }
    // An overlay's root is the upper directory's.
    copy_meta(top, &upper).doing(|| "prepare the upper layer")?;

    let job = InitJob {
        layers,
        scratch: scratch.path().to_owned(),
        scaffold: request.scaffold.clone(),
        steps: request.steps.clone(),
        shell: shell.cloned(),
    };
    let report = run_init(job, stop)?;
    let delta = if report.failure.is_none() && request.read_back != ReadBack::Nothing {
        Some(delta::read(&join()?, &upper, request, &report.parents, stop)?)
    } else {
        None
    };
    scratch.remove()?;
    Ok(Outcome { failure: report.failure, delta })
}

fn copy_meta(from: &Path, to: &Path) -> io::Result<()> {
    let meta = fs::symlink_metadata(from)?;
    chown(to, Some(Uid::from_raw(meta.uid())), Some(Gid::from_raw(meta.gid())))?;
    chmod(to, Mode::from_raw_mode(meta.mode() & 0o7777))?;
    let time = Timespec { tv_sec: meta.mtime(), tv_nsec: meta.mtime_nsec() as _ };
    utimensat(CWD, to, &Timestamps { last_access: time, last_modification: time }, AtFlags::empty())?;
    Ok(())
}

/// Starts process 1 from a thread that leaves the PID namespace for it: a thread that has done so can start no others,
/// and this process still wants some.
fn run_init(job: InitJob, stop: &Stop) -> Inside<InitReport> {
    let ours = stop.clone();
    let done = thread::spawn(move || {
        sys::unshare(UnshareFlags::NEWPID).doing(|| "make a PID namespace")?;
        start_init(&job, &ours)
    });
    let report =
        done.join().unwrap_or_else(|_| Err(InsideError::Protocol("starting process 1 failed".into())));
    // What a killed process 1 could not say is not worth telling.
    stop.check()?;
    report
}

fn start_init(job: &InitJob, stop: &Stop) -> Inside<InitReport> {
    let doing = || "start process 1 of the sandbox";
    let mut child = Command::new("/proc/self/exe")
        .arg0("plc")
        .args([HELPER_ARGUMENT, INIT_ARGUMENT])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .doing(doing)?;
    stop.set_victim(Some(pidfd_open(Pid::from_child(&child), PidfdFlags::empty()).doing(doing)?));
    let mut report = Err(io::ErrorKind::BrokenPipe.into());
    if let (Some(mut to), Some(mut from)) = (child.stdin.take(), child.stdout.take()) {
        report = send(&mut to, job)
            .and_then(|()| receive::<Inside<InitReport>>(&mut from, "a report of process 1"));
    }
    // Everything else in the namespace is dead by the time that this returns.
    let status = child.wait().doing(|| "wait for process 1 of the sandbox")?;
    stop.set_victim(None);
    report.map_err(|_| {
        InsideError::Protocol(format!("process 1 of the sandbox ended without a report ({status})"))
    })?
}
