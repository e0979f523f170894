//! Passes on between the keeper and a machine: messages as they are, descriptors as streams.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    os::{fd::OwnedFd, unix::net::UnixStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use rustix::{
    process::{Pid, Signal, kill_process},
    termios::{OptionalActions, tcgetattr, tcgetwinsize, tcsetattr},
};

use super::{
    Keeper,
    outbox::{Outbox, Put, Then},
};
use crate::{
    guest::ToGuest,
    init::{Ended, FromHost, Stdio, ToHost},
    multiplex::{Frame, Link, Streams, stream},
    wire,
};

/// No message of a machine is longer, in bytes.
const LONGEST: usize = 64 << 10;

/// No reason that a machine gives is longer, in letters.
const WORDS: usize = 1000;

/// How often the size of terminals is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// A terminal, and how many lines and columns it had last.
struct Terminal {
    descriptor: OwnedFd,
    size: (u16, u16),
}

/// What a machine says in words, without what a terminal would obey, and not for ever.
fn harmless(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(WORDS).collect()
}

/// Both sides of a machine.
pub(super) struct Talk {
    outbox: Outbox,
    streams: Arc<Streams>,
    keeper: Arc<Keeper>,
    /// QEMU's process.
    machine: Pid,
    /// Terminals that processes have, and how large they were last.
    terminals: Mutex<BTreeMap<u64, Terminal>>,
    looking: AtomicBool,
    late: AtomicBool,
    /// How long the machine has to end by itself.
    patience: Duration,
    /// Processes that were started and have not ended: of no others does a machine say anything.
    started: Arc<Mutex<BTreeSet<u64>>>,
}

impl Talk {
    pub(super) fn new(
        link: Arc<Link>,
        keeper: Arc<Keeper>,
        machine: Pid,
        patience: Duration,
    ) -> io::Result<Arc<Self>> {
        let streams = Streams::of(Arc::clone(&link));
        let outbox = Outbox::begin(link)?;
        let terminals = Mutex::default();
        let (looking, late, started) = (AtomicBool::new(false), AtomicBool::new(false), Arc::default());
        Ok(Arc::new(Self { outbox, streams, keeper, machine, terminals, looking, late, patience, started }))
    }

    /// Says something once the machine listens. What can be left out is an error where it does not for long.
    pub(super) fn say(&self, message: ToGuest) -> io::Result<()> {
        self.say_then(message, Box::new(|| {}))
    }

    fn say_then(&self, message: ToGuest, then: Then) -> io::Result<()> {
        // Who asked for these hears that nothing came of it.
        let spare = matches!(message, ToGuest::Tell(ToHost::Start { .. } | ToHost::Probe { .. }));
        let put = self.outbox.put(message, spare, then);
        if put == Put::Lost {
            self.kill();
        }
        if put == Put::Waits { Ok(()) } else { Err(io::Error::other("the machine does not listen")) }
    }

    /// Hears the machine, in a thread, to its end. One that does not keep to what is agreed is ended.
    pub(super) fn listen(self: &Arc<Self>, channel: UnixStream) -> io::Result<thread::JoinHandle<()>> {
        let talk = Arc::clone(self);
        thread::Builder::new().spawn(move || {
            // What it is about is told by what the machine's processes come to.
            let _ = talk.hear(channel);
            talk.kill();
        })
    }

    fn hear(self: &Arc<Self>, mut channel: UnixStream) -> io::Result<()> {
        while let Some(frame) = Frame::read(&mut channel, LONGEST)? {
            let Some(message) = self.streams.take(frame)? else { continue };
            match serde_json::from_slice(&message)? {
                FromHost::Ended { id, how } => {
                    if !self.started.lock().unwrap_or_else(PoisonError::into_inner).remove(&id) {
                        continue;
                    }
                    let how = match how {
                        Ended::NotStarted(reason) => Ended::NotStarted(harmless(&reason)),
                        how => how,
                    };
                    self.streams.stop(stream(id, 0));
                    self.terminals().remove(&id);
                    let keeper = Arc::clone(&self.keeper);
                    self.streams.after(id, move || keeper.say(&FromHost::Ended { id, how }));
                }
                FromHost::Up(Err(reason)) => {
                    self.keeper.say(&FromHost::Up(Err(harmless(&reason))));
                    // Whoever hears of it counts on its end, and the machine is not to be counted on.
                    self.end();
                }
                message => self.keeper.say(&message),
            }
        }
        Ok(())
    }

    /// Does what the keeper says, to its end.
    pub(super) fn obey(self: &Arc<Self>, keeper: &UnixStream) -> io::Result<()> {
        while let Some((message, descriptors)) = wire::receive::<ToHost>(keeper)? {
            match message {
                // The whole machine stands still, its kernel too.
                ToHost::Still { id, still } => {
                    let signal = if still { Signal::STOP } else { Signal::CONT };
                    self.outbox.stand_still(still);
                    let open = kill_process(self.machine, signal).is_ok();
                    self.keeper.say(&FromHost::Probed { id, open });
                }
                ToHost::Start { id, .. } => {
                    if let Err(error) = self.start(message, descriptors) {
                        let how = Ended::NotStarted(error.to_string());
                        self.keeper.say(&FromHost::Ended { id, how });
                    }
                }
                ToHost::Probe { id, .. } => {
                    if self.say(ToGuest::Tell(message)).is_err() {
                        self.keeper.say(&FromHost::Probed { id, open: false });
                    }
                }
                ToHost::Signal { id, signal, all: true } if signal == Signal::KILL.as_raw() => {
                    // Nobody waits for it any more: what it is sent is somebody's terminal. It may not have begun yet.
                    self.streams.stop(stream(id, 0));
                    let streams = Arc::clone(&self.streams);
                    let stop = move || streams.stop(stream(id, 0));
                    self.say_then(ToGuest::Tell(message), Box::new(stop))?;
                }
                message => self.say(ToGuest::Tell(message))?,
            }
        }
        Ok(())
    }

    fn start(self: &Arc<Self>, message: ToHost, descriptors: Vec<OwnedFd>) -> io::Result<()> {
        let ToHost::Start { id, stdio, .. } = &message else { return Ok(()) };
        let (id, stdio) = (*id, *stdio);
        self.started.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        let mut descriptors = descriptors.into_iter();
        let mut next = || descriptors.next().ok_or_else(|| io::Error::other("a descriptor is missing"));
        match stdio {
            Stdio::Nothing => self.say(ToGuest::Tell(message)),
            Stdio::Log => {
                // Both are the same pipe.
                self.streams.receive(stream(id, 1), next()?)?;
                self.say(ToGuest::Tell(message))
            }
            Stdio::Given => {
                let (input, output, error) = (next()?, next()?, next()?);
                self.streams.receive(stream(id, 1), output)?;
                self.streams.receive(stream(id, 2), error)?;
                self.say_then(ToGuest::Tell(message), self.begin_input(id, input))
            }
            Stdio::Terminal => {
                let (input, output) = (next()?, next()?);
                // The terminal in the machine does what a terminal does; this one passes on what is typed.
                let mut settings = tcgetattr(&input)?;
                settings.make_raw();
                tcsetattr(&input, OptionalActions::Now, &settings)?;
                self.streams.receive(stream(id, 1), output)?;
                let terminal = Terminal { descriptor: input.try_clone()?, size: (0, 0) };
                self.say_then(ToGuest::Tell(message), self.begin_input(id, input))?;
                self.terminals().insert(id, terminal);
                if !self.started.lock().unwrap_or_else(PoisonError::into_inner).contains(&id) {
                    // It has ended already.
                    self.terminals().remove(&id);
                }
                self.look_at_terminals();
                self.watch_terminals()
            }
        }
    }

    /// Has what a process is sent follow it: what comes before the other end is made would be lost.
    fn begin_input(&self, id: u64, input: OwnedFd) -> Then {
        let (streams, started) = (Arc::clone(&self.streams), Arc::clone(&self.started));
        Box::new(move || {
            // Without it, nothing comes, and the process waits for it until it is ended.
            let _ = streams.send(stream(id, 0), input);
            if !started.lock().unwrap_or_else(PoisonError::into_inner).contains(&id) {
                // It has ended before.
                streams.stop(stream(id, 0));
            }
        })
    }

    fn terminals(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Terminal>> {
        self.terminals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the machine how large terminals are, where that has changed.
    fn look_at_terminals(&self) {
        let mut changed = Vec::new();
        for (id, terminal) in self.terminals().iter_mut() {
            if let Ok(size) = tcgetwinsize(&terminal.descriptor)
                && (size.ws_row, size.ws_col) != terminal.size
            {
                terminal.size = (size.ws_row, size.ws_col);
                changed.push(ToGuest::Size(*id, size.ws_row, size.ws_col));
            }
        }
        for size in changed {
            // Where the machine is gone, so is the terminal's process.
            let _ = self.say(size);
        }
    }

    fn watch_terminals(self: &Arc<Self>) -> io::Result<()> {
        if self.looking.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        let talk = Arc::clone(self);
        thread::Builder::new().spawn(move || {
            loop {
                {
                    let terminals = talk.terminals();
                    if terminals.is_empty() {
                        // Under the lock: who adds one afterwards finds that nobody looks.
                        talk.looking.store(false, Ordering::SeqCst);
                        return;
                    }
                }
                thread::sleep(LOOK);
                talk.look_at_terminals();
            }
        })?;
        Ok(())
    }

    /// Has the machine end by itself, or else all at once.
    pub(super) fn end(self: &Arc<Self>) {
        let talk = Arc::clone(self);
        // First of all: one that does not listen would never be ended.
        let waiting = thread::Builder::new().spawn(move || {
            thread::sleep(talk.patience);
            talk.kill();
        });
        if waiting.is_err() {
            return self.kill();
        }
        let _ = kill_process(self.machine, Signal::CONT);
        let _ = self.say(ToGuest::End);
    }

    /// Ends a machine that is not up by now; that is told once it is gone.
    pub(super) fn give_up(&self) {
        if !self.keeper.up.load(Ordering::SeqCst) {
            self.late.store(true, Ordering::SeqCst);
            self.kill();
        }
    }

    /// Whether the machine was ended since it was not up in time.
    pub(super) fn is_late(&self) -> bool {
        self.late.load(Ordering::SeqCst)
    }

    fn kill(&self) {
        // It may be gone already.
        let _ = kill_process(self.machine, Signal::KILL);
    }
}

#[cfg(test)]
mod tests;
