//! The keeper of an environment: the process that owns all that runs in it.
//!
//! One thread for each connection of a `plc`, each host, and each unit; what they share is one state under one lock, with one
//! condition that is told of every change.

mod apply;
mod disks;
mod faults;
mod hosts;
mod lives;
mod logs;
mod publish;
mod serving;
mod snapshots;
mod state;
mod stopping;
mod units;
mod ways;

pub(crate) use self::hosts::HOST_ARGUMENT;

use std::{
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::{UnixListener, UnixStream},
    },
    process::ExitCode,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use plc_build::sandbox::parts;
use rustix::{
    fs::{CWD, Gid, Mode, OFlags, Uid, openat},
    process::{Resource, setsid, umask},
    thread::{UnshareFlags, set_thread_res_gid, set_thread_res_uid},
};

use self::{
    apply::{Gate, Wanted},
    state::Keeper,
};
use crate::{
    control::{Began, Begin, Event, PROTOCOL, PROTOCOL_FILE, Request, Unshared},
    limits::Limits,
    network::Network,
    place::{Held, Place, socket_path},
    wire,
};

/// How long to wait where a connection cannot be accepted.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

/// How long somebody who asked may take to listen.
const LISTENING: Duration = Duration::from_secs(5);

/// The whole life of a keeper.
pub(crate) fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        // Without its channel there is nobody to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve() -> io::Result<()> {
    parts::close_inherited()?;
    parts::reset_signals();
    // What is typed at the terminal of whoever began it is not for the keeper.
    let _ = setsid();
    // Each connection that is passed on takes four. Hosts set the limit that programs expect.
    let _ = parts::limit(Resource::Nofile, u64::MAX);
    let starter = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let unshared = parts::unshare(UnshareFlags::NEWUSER).map_err(|error| error.raw_os_error());
    wire::send(&starter, &Unshared(unshared), &[])?;
    let Some((begin, _)) = wire::receive::<Begin>(&starter)? else { return Ok(()) };
    let begun = begin_with(&begin);
    let told = begun.as_ref().map(|_| ()).map_err(Clone::clone);
    wire::send(&starter, &Began(told), &[])?;
    let Ok(Kept { keeper, listener, lock: _lock }) = begun else { return Ok(()) };
    // Whoever waits for the end of this channel must not wait for the keeper's.
    drop(starter);
    let nothing = openat(CWD, "/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    rustix::stdio::dup2_stdin(&nothing)?;
    accept(&keeper, &listener);
    Ok(())
}

struct Kept {
    keeper: Arc<Keeper>,
    listener: UnixListener,
    lock: Held,
}

fn begin_with(begin: &Begin) -> Result<Kept, String> {
    let told = |error: io::Error| error.to_string();
    // A user is root by the map already; the machine's own root may be of any group.
    set_thread_res_gid(Gid::ROOT, Gid::ROOT, Gid::ROOT).map_err(|error| told(error.into()))?;
    set_thread_res_uid(Uid::ROOT, Uid::ROOT, Uid::ROOT).map_err(|error| told(error.into()))?;
    umask(Mode::RWXG | Mode::RWXO);
    let place = Place::new(&begin.environments, &begin.name)?;
    let lock = place.lock().map_err(told)?.ok_or("it is being brought up already")?;
    place.sign(&lock).map_err(told)?;
    let network = Network::enter().map_err(|error| error.to_string())?;
    hosts::clear(&place).map_err(|error| error.to_string())?;
    let limits = Limits::of(place.path());
    limits.clear();
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = openat(CWD, place.path(), flags, Mode::empty()).map_err(|error| told(error.into()))?;
    // That of a keeper that was killed: the lock says that there is no other.
    let _ = std::fs::remove_file(place.path().join("control"));
    place.write(PROTOCOL_FILE, &PROTOCOL).map_err(told)?;
    let listener = UnixListener::bind(socket_path(&directory)).map_err(told)?;
    Ok(Kept { keeper: Arc::new(Keeper::new(place, network, limits)), listener, lock })
}

fn accept(keeper: &Arc<Keeper>, listener: &UnixListener) {
    for stream in listener.incoming() {
        if keeper.has_ended() {
            break;
        }
        let Ok(stream) = stream else {
            // There is nothing left to accept it with; there will be.
            thread::sleep(PAUSE);
            continue;
        };
        // Somebody who asks and does not listen keeps nobody else waiting.
        let _ = stream.set_write_timeout(Some(LISTENING));
        let keeper = Arc::clone(keeper);
        let _ = thread::Builder::new().spawn(move || {
            // A `plc` that is gone needs no answer.
            let _ = attend(&keeper, &stream);
        });
    }
    let _ = std::fs::remove_file(keeper.place.path().join("control"));
}

/// Does what one `plc` asks for, one thing after the other.
fn attend(keeper: &Arc<Keeper>, stream: &UnixStream) -> io::Result<()> {
    let mut bound = false;
    let attended = attend_until_end(keeper, stream, &mut bound);
    if bound && !keeper.has_ended() {
        keeper.vanish(&Teller { stream: Mutex::new(stream), gone: AtomicBool::new(true) });
    }
    attended
}

fn attend_until_end(keeper: &Arc<Keeper>, stream: &UnixStream, bound: &mut bool) -> io::Result<()> {
    while let Some((request, descriptors)) = wire::receive::<Request>(stream)? {
        let ends = matches!(request, Request::Down);
        if let Request::Bind(binds) = request {
            *bound = binds;
        }
        let teller = Teller { stream: Mutex::new(stream), gone: AtomicBool::new(false) };
        let answer = answer(keeper, request, descriptors, &teller, stream);
        teller.tell(&answer);
        if ends {
            keeper.end();
        }
    }
    Ok(())
}

fn answer(
    keeper: &Arc<Keeper>,
    request: Request,
    descriptors: Vec<OwnedFd>,
    teller: &Teller<'_>,
    stream: &UnixStream,
) -> Event {
    let done = match request {
        Request::Apply { deployment, published, secrets, patience, min_ready } => {
            let wanted = Wanted { deployment: *deployment, published, listeners: descriptors, secrets };
            let gate =
                Gate { patience: Duration::from_secs(patience), min_ready: Duration::from_secs(min_ready) };
            keeper.apply(wanted, gate, teller)
        }
        Request::Status => return Event::Status(Box::new(keeper.report())),
        Request::Stop(units) => {
            keeper.stop_units(&units, teller);
            Ok(())
        }
        Request::Start { units, patience } => keeper.start_units(&units, patience, teller),
        Request::Exec { host, argv, environment, user, terminal } => {
            return match keeper.execute(&host, argv, environment, user, terminal, &descriptors, stream) {
                Ok(ended) => Event::Ended(ended),
                Err(failure) => Event::Failed(failure),
            };
        }
        Request::Fault(fault) => keeper.fault(&fault, teller),
        Request::Snap(name) => keeper.snap(&name),
        Request::Forget(name) => keeper.forget(&name),
        Request::Reset { name, patience } => keeper.reset(&name, patience, teller),
        // Noted by whoever attends.
        Request::Bind(_) => Ok(()),
        Request::Down => {
            keeper.down(teller);
            Ok(())
        }
    };
    match done {
        Ok(()) => Event::Done,
        Err(failure) => Event::Failed(failure),
    }
}

/// Whom to tell of what happens.
pub(super) struct Teller<'a> {
    stream: Mutex<&'a UnixStream>,
    /// Whether nobody listens any more.
    gone: AtomicBool,
}

impl Teller<'_> {
    /// Somebody who no longer listens is told nothing: what was asked is done all the same.
    pub(super) fn tell(&self, event: &Event) {
        let stream = self.stream.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !self.gone.load(Ordering::SeqCst) && wire::send(*stream, event, &[]).is_err() {
            self.gone.store(true, Ordering::SeqCst);
        }
    }
}
