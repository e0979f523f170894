//! What the machine hears from outside, and says: passed on to process 1 as the keeper does it for containers, with descriptors.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::OpenOptions,
    io,
    net::Ipv4Addr,
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use rustix::{
    pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

use super::{ToGuest, switch_off, to_console, write_names};
use crate::{
    init::{Ended, FromHost, HostJob, Stdio, ToHost},
    multiplex::{Frame, Link, Streams, stream},
    network, wire,
};

/// No message from outside is longer, in bytes: the longest has the values of secrets.
const LONGEST: usize = 64 << 20;

/// How long the device of the channel may take to be there.
const APPEARING: Duration = Duration::from_secs(10);

/// The channel.
pub(super) struct Channel {
    from: Mutex<std::fs::File>,
    link: Arc<Link>,
    streams: Arc<Streams>,
    /// Our halves of the terminals that processes have.
    terminals: Mutex<BTreeMap<u64, OwnedFd>>,
    /// Services and jobs that run.
    units: Mutex<BTreeSet<u64>>,
}

impl Channel {
    /// Waits for the channel, and for what comes first over it.
    pub(super) fn open(port: &Path) -> Result<(Self, Box<HostJob>, String), String> {
        let begun = Instant::now();
        let file = loop {
            match OpenOptions::new().read(true).write(true).open(port) {
                Err(error) if error.kind() == io::ErrorKind::NotFound && begun.elapsed() < APPEARING => {
                    thread::sleep(Duration::from_millis(2));
                }
                opened => break opened.map_err(|error| format!("{}: {error}", port.display()))?,
            }
        };
        let to = file.try_clone().map_err(|error| error.to_string())?;
        let link = Arc::new(Link::new(to.into()));
        let streams = Streams::of(Arc::clone(&link));
        let (terminals, units) = (Mutex::default(), Mutex::default());
        let channel = Self { from: Mutex::new(file), link, streams, terminals, units };
        match channel.hear().map_err(|error| error.to_string())? {
            Some(ToGuest::Begin(job, names)) => Ok((channel, job, names)),
            _ => Err("the machine was not told what it is".into()),
        }
    }

    fn hear(&self) -> io::Result<Option<ToGuest>> {
        let mut from = self.from.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(frame) = Frame::read(&mut *from, LONGEST)? {
            if let Some(message) = self.streams.take(frame)? {
                return Ok(Some(serde_json::from_slice(&message)?));
            }
        }
        Ok(None)
    }

    /// Says something to the keeper.
    pub(super) fn answer(&self, message: FromHost) -> io::Result<()> {
        self.link.say(&message)
    }

    /// Passes on between the outside and process 1, each way in a thread; when there is nobody outside any more, or it says so, the
    /// machine is switched off.
    pub(super) fn attend(self: &Arc<Self>, inside: UnixStream) -> io::Result<()> {
        let (channel, from) = (Arc::clone(self), inside.try_clone()?);
        thread::Builder::new().spawn(move || {
            let _ = channel.pass_answers(&from);
            switch_off();
        })?;
        let channel = Arc::clone(self);
        thread::Builder::new().spawn(move || {
            if let Err(error) = channel.listen(&inside) {
                to_console(&error.to_string());
            }
            switch_off();
        })?;
        Ok(())
    }

    /// Does what comes from outside, to its end.
    pub(super) fn listen(&self, inside: &UnixStream) -> io::Result<()> {
        while let Some(message) = self.hear()? {
            match message {
                ToGuest::Begin(..) => {}
                ToGuest::End => return Ok(()),
                // What cannot be done of these is no reason to stop all that runs.
                ToGuest::Tell(ToHost::Names(names)) => {
                    if let Err(error) = write_names(&names) {
                        to_console(&format!("cannot write /etc/hosts: {error}"));
                    }
                }
                ToGuest::Tell(ToHost::Mislead { other, mislead }) => {
                    if let Err(error) = set_misled(other, mislead) {
                        to_console(&format!("cannot change the way to {other}: {error}"));
                    }
                }
                ToGuest::Tell(message) => self.tell(message, inside)?,
                ToGuest::Size(process, lines, columns) => {
                    let terminals = self.terminals.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Some(terminal) = terminals.get(&process) {
                        let size = Winsize { ws_row: lines, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
                        // The program finds out, or goes on as it was.
                        let _ = tcsetwinsize(terminal, size);
                    }
                }
            }
        }
        Ok(())
    }

    fn tell(&self, message: ToHost, inside: &UnixStream) -> io::Result<()> {
        let mut descriptors = Vec::new();
        if let ToHost::Start { id, stdio, .. } = &message {
            if *stdio == Stdio::Log {
                self.units.lock().unwrap_or_else(PoisonError::into_inner).insert(*id);
            }
            match self.descriptors(*id, *stdio) {
                Ok(made) => descriptors = made,
                Err(error) => {
                    return self
                        .answer(FromHost::Ended { id: *id, how: Ended::NotStarted(error.to_string()) });
                }
            }
        }
        wire::send(inside, &message, &wire::borrow(&descriptors))
    }

    /// What a process is given in place of the descriptors outside.
    fn descriptors(&self, process: u64, stdio: Stdio) -> io::Result<Vec<OwnedFd>> {
        Ok(match stdio {
            Stdio::Nothing => Vec::new(),
            Stdio::Log => {
                let (from, to) = io::pipe()?;
                self.streams.send(stream(process, 1), from.into())?;
                vec![to.try_clone()?.into(), to.into()]
            }
            Stdio::Given => {
                let (input, to_input) = io::pipe()?;
                let (from_output, output) = io::pipe()?;
                let (from_error, error) = io::pipe()?;
                self.streams.receive(stream(process, 0), to_input.into())?;
                self.streams.send(stream(process, 1), from_output.into())?;
                self.streams.send(stream(process, 2), from_error.into())?;
                vec![input.into(), output.into(), error.into()]
            }
            Stdio::Terminal => {
                let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
                grantpt(&ours)?;
                unlockpt(&ours)?;
                let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
                let theirs = ioctl_tiocgptpeer(&ours, flags)?;
                self.streams.receive(stream(process, 0), ours.try_clone()?)?;
                self.streams.send(stream(process, 1), ours.try_clone()?)?;
                self.terminals.lock().unwrap_or_else(PoisonError::into_inner).insert(process, ours);
                vec![theirs.try_clone()?, theirs.as_fd().try_clone_to_owned()?, theirs]
            }
        })
    }

    fn pass_answers(&self, from: &UnixStream) -> io::Result<()> {
        while let Some((message, _)) = wire::receive::<FromHost>(from)? {
            let FromHost::Ended { id, .. } = message else {
                self.answer(message)?;
                continue;
            };
            self.terminals.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            let is_unit = self.units.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            let link = Arc::clone(&self.link);
            self.streams.after(id, move || {
                if is_unit {
                    // Outside it is noted for good that a job is done: so has to be what it did.
                    rustix::fs::sync();
                }
                // Where nobody is outside any more, the machine is about to end.
                let _ = link.say(&message);
            });
        }
        Ok(())
    }
}

fn set_misled(other: Ipv4Addr, misled: bool) -> io::Result<()> {
    let here = std::fs::File::open("/proc/self/ns/net")?;
    network::mislead(&here.into(), other, misled).map_err(io::Error::other)
}
