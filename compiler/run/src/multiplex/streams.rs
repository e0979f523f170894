//! The streams of a channel, each with a thread of its own.
//!
//! An *inlet* reads a descriptor of this side, as far as the other side has room; an *outlet* writes to one, and makes room for
//! what it has written.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, PipeReader, PipeWriter, Read, Write},
    os::fd::{AsFd, OwnedFd},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, ioctl_fionbio},
};
use serde::Serialize;

use super::{CONTENT, Frame};

/// How much of a stream may be on its way, in bytes.
const WINDOW: u64 = 256 << 10;

/// A thread that passes bytes on needs little, in bytes.
const STACK: usize = 256 << 10;

/// The number of a stream: a process's own number, and which of its three descriptors it is.
pub(crate) const fn stream(process: u64, descriptor: u64) -> u64 {
    process.wrapping_mul(4).wrapping_add(descriptor)
}

/// The sending half of a channel.
pub(crate) struct Link(Mutex<File>);

impl Link {
    pub(crate) fn new(to: OwnedFd) -> Self {
        Self(Mutex::new(to.into()))
    }

    pub(crate) fn send(&self, frame: &Frame) -> io::Result<()> {
        frame.write(&mut *lock(&self.0))
    }

    pub(crate) fn say<T: Serialize>(&self, message: &T) -> io::Result<()> {
        self.send(&Frame::Message(serde_json::to_vec(message)?))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All streams of one side.
pub(crate) struct Streams {
    link: Arc<Link>,
    inlets: Mutex<BTreeMap<u64, Arc<Inlet>>>,
    outlets: Mutex<BTreeMap<u64, Outlet>>,
}

struct Inlet {
    /// How much the other side has room for.
    room: Mutex<u64>,
    changed: Condvar,
    /// Has it look up.
    wake: PipeWriter,
    /// Whether it is to end, whatever there is to read.
    stop: AtomicBool,
    /// Who waits until all is sent that there is now.
    waiting: Mutex<Vec<Sender<()>>>,
}

struct Outlet {
    pieces: Sender<Piece>,
    /// Bytes that wait to be written.
    held: Arc<AtomicU64>,
}

enum Piece {
    Bytes(Vec<u8>),
    /// Say when all before it is written.
    Reached(Sender<()>),
}

impl Streams {
    pub(crate) fn of(link: Arc<Link>) -> Arc<Self> {
        Arc::new(Self { link, inlets: Mutex::default(), outlets: Mutex::default() })
    }

    /// Sends what is read from a descriptor as a stream, to its end.
    pub(crate) fn send(self: &Arc<Self>, stream: u64, from: OwnedFd) -> io::Result<()> {
        let (woken, wake) = io::pipe()?;
        // Whoever wakes it is not to wait for it: it may be busy with a channel that nobody reads.
        ioctl_fionbio(&wake, true)?;
        let inlet = Arc::new(Inlet {
            room: Mutex::new(WINDOW),
            changed: Condvar::new(),
            wake,
            stop: AtomicBool::new(false),
            waiting: Mutex::default(),
        });
        lock(&self.inlets).insert(stream, Arc::clone(&inlet));
        let streams = Arc::clone(self);
        thread::Builder::new().stack_size(STACK).spawn(move || {
            // The channel's end is the machine's, and noticed by whoever reads it.
            let _ = inlet.pass(stream, from, woken, &streams.link);
            lock(&streams.inlets).remove(&stream);
            let _ = streams.link.send(&Frame::Close(stream));
            inlet.tell_waiting();
        })?;
        Ok(())
    }

    /// Writes what comes of a stream to a descriptor.
    pub(crate) fn receive(self: &Arc<Self>, stream: u64, to: OwnedFd) -> io::Result<()> {
        let (sender, pieces) = channel();
        let held = Arc::new(AtomicU64::new(0));
        lock(&self.outlets).insert(stream, Outlet { pieces: sender, held: Arc::clone(&held) });
        let link = Arc::clone(&self.link);
        thread::Builder::new()
            .stack_size(STACK)
            .spawn(move || write_out(stream, to, &pieces, &held, &link))?;
        Ok(())
    }

    /// Takes what came in; a message is given back. What no stream has room for is an error: the other side keeps to nothing.
    pub(crate) fn take(&self, frame: Frame) -> io::Result<Option<Vec<u8>>> {
        match frame {
            Frame::Message(message) => return Ok(Some(message)),
            Frame::Data(stream, bytes) => {
                // One that nobody reads any more is not there.
                if let Some(outlet) = lock(&self.outlets).get(&stream) {
                    let length = bytes.len() as u64;
                    if outlet.held.fetch_add(length, Ordering::SeqCst) + length > WINDOW {
                        return Err(io::Error::new(
                            io::ErrorKind::InvalidData,
                            "more than there is room for",
                        ));
                    }
                    let _ = outlet.pieces.send(Piece::Bytes(bytes));
                }
            }
            Frame::Room(stream, bytes) => {
                if let Some(inlet) = lock(&self.inlets).get(&stream) {
                    let mut room = lock(&inlet.room);
                    *room = room.saturating_add(u64::from(bytes)).min(WINDOW);
                    inlet.changed.notify_all();
                }
            }
            Frame::Close(stream) => {
                drop(lock(&self.outlets).remove(&stream));
                self.stop(stream);
            }
        }
        Ok(None)
    }

    /// Reads a stream's descriptor no more.
    pub(crate) fn stop(&self, stream: u64) {
        if let Some(inlet) = lock(&self.inlets).get(&stream) {
            inlet.stop.store(true, Ordering::SeqCst);
            inlet.look_up();
        }
    }

    /// Does something once all is sent that a process has written, and what it was sent is written.
    pub(crate) fn after(self: &Arc<Self>, process: u64, done: impl FnOnce() + Send + 'static) {
        let (sender, reached) = channel();
        for descriptor in 1..=2 {
            let stream = stream(process, descriptor);
            if let Some(inlet) = lock(&self.inlets).get(&stream) {
                lock(&inlet.waiting).push(sender.clone());
                inlet.look_up();
            }
            if let Some(outlet) = lock(&self.outlets).get(&stream) {
                let _ = outlet.pieces.send(Piece::Reached(sender.clone()));
            }
        }
        drop(sender);
        let waited = thread::Builder::new().stack_size(STACK).spawn(move || {
            // All who were asked have answered, or are gone.
            while reached.recv().is_ok() {}
            done();
        });
        // Without a thread there is nobody who could wait: the end is told once the host ends.
        drop(waited);
    }
}

impl Inlet {
    fn look_up(&self) {
        // A pipe that is full wakes as well.
        let _ = (&self.wake).write(&[0]);
        self.changed.notify_all();
    }

    fn tell_waiting(&self) {
        lock(&self.waiting).clear();
    }

    /// Waits for room; none where it is to end.
    fn has_room(&self) -> Option<u64> {
        let mut room = lock(&self.room);
        loop {
            if self.stop.load(Ordering::SeqCst) {
                return None;
            }
            if *room > 0 {
                return Some(*room);
            }
            room = self.changed.wait(room).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn pass(&self, stream: u64, from: OwnedFd, mut woken: PipeReader, link: &Link) -> io::Result<()> {
        let mut from = File::from(from);
        let mut buffer = vec![0; CONTENT];
        while let Some(room) = self.has_room() {
            let asked = !lock(&self.waiting).is_empty();
            let (ready, awake) = {
                let mut waiting = [
                    PollFd::new(&from, PollFlags::IN),
                    PollFd::from_borrowed_fd(woken.as_fd(), PollFlags::IN),
                ];
                let now = Timespec { tv_sec: 0, tv_nsec: 0 };
                match poll(&mut waiting, asked.then_some(&now)) {
                    Ok(_) => {}
                    Err(Errno::INTR) => continue,
                    Err(error) => return Err(error.into()),
                }
                (!waiting[0].revents().is_empty(), !waiting[1].revents().is_empty())
            };
            if awake {
                let _ = woken.read(&mut buffer[..64])?;
            }
            if self.stop.load(Ordering::SeqCst) {
                return Ok(());
            }
            if !ready {
                if asked {
                    self.tell_waiting();
                }
                continue;
            }
            let most = usize::try_from(room).unwrap_or(CONTENT).min(CONTENT);
            let length = match from.read(&mut buffer[..most]) {
                Ok(0) => return Ok(()),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // So says a terminal of which the other half is closed.
                Err(error) => return Err(error),
            };
            *lock(&self.room) -= length as u64;
            link.send(&Frame::Data(stream, buffer[..length].to_vec()))?;
        }
        Ok(())
    }
}

fn write_out(stream: u64, to: OwnedFd, pieces: &Receiver<Piece>, held: &AtomicU64, link: &Link) {
    let mut to = Some(File::from(to));
    for piece in pieces {
        match piece {
            Piece::Bytes(bytes) => {
                if let Some(file) = &mut to
                    && file.write_all(&bytes).is_err()
                {
                    // Whoever writes is to know it, as by a pipe that is closed.
                    to = None;
                    let _ = link.send(&Frame::Close(stream));
                }
                held.fetch_sub(bytes.len() as u64, Ordering::SeqCst);
                let _ = link.send(&Frame::Room(stream, bytes.len() as u32));
            }
            Piece::Reached(sender) => drop(sender),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;

    /// A side whose channel is read by the test.
    fn side() -> (Arc<Streams>, UnixStream) {
        let (one, other) = UnixStream::pair().expect("a pair");
        (Streams::of(Arc::new(Link::new(one.into()))), other)
    }

    fn next(channel: &mut UnixStream) -> Frame {
        Frame::read(channel, 1000).expect("read").expect("a piece")
    }

    #[test]
    fn no_more_is_sent_than_there_is_room_for() {
        let (streams, mut channel) = side();
        let (from, mut to) = io::pipe().expect("a pipe");
        streams.send(5, from.into()).expect("begun");
        let writing = thread::spawn(move || to.write_all(&vec![7; WINDOW as usize + 10]));
        let mut came = 0;
        while came < WINDOW {
            let Frame::Data(5, bytes) = next(&mut channel) else { panic!("no data") };
            came += bytes.len() as u64;
        }
        assert_eq!(came, WINDOW);
        channel.set_nonblocking(true).expect("set");
        thread::sleep(std::time::Duration::from_millis(50));
        assert!(Frame::read(&mut channel, 1000).is_err(), "nothing more comes");
        channel.set_nonblocking(false).expect("set");
        streams.take(Frame::Room(5, 100)).expect("taken");
        let Frame::Data(5, rest) = next(&mut channel) else { panic!("no data") };
        assert_eq!(rest.len(), 10);
        assert_eq!(next(&mut channel), Frame::Close(5));
        writing.join().expect("joined").expect("written");
    }

    #[test]
    fn who_sends_more_than_there_is_room_for_is_cut_off() {
        let (streams, _channel) = side();
        let (_from, to) = io::pipe().expect("a pipe");
        streams.receive(9, to.into()).expect("begun");
        let mut refused = false;
        // The pipe takes some of it, and what waits is bounded.
        for _ in 0..100 {
            refused |= streams.take(Frame::Data(9, vec![0; CONTENT])).is_err();
        }
        assert!(refused);
        // What nobody has asked for is nobody's.
        assert!(streams.take(Frame::Data(1, vec![0; CONTENT])).is_ok());
        assert!(streams.take(Frame::Room(1, u32::MAX)).is_ok());
        assert!(streams.take(Frame::Close(1)).is_ok());
    }

    #[test]
    fn an_end_comes_after_what_was_said_before_it() {
        let (streams, mut channel) = side();
        let (from, mut to) = io::pipe().expect("a pipe");
        streams.send(stream(3, 1), from.into()).expect("begun");
        to.write_all(b"last words").expect("written");
        let link = Arc::clone(&streams.link);
        // Somebody else has the pipe open still.
        streams.after(3, move || link.say(&"ended").expect("said"));
        assert_eq!(next(&mut channel), Frame::Data(stream(3, 1), b"last words".to_vec()));
        assert_eq!(next(&mut channel), Frame::Message(b"\"ended\"".to_vec()));
        to.write_all(b"more").expect("written");
        assert_eq!(next(&mut channel), Frame::Data(stream(3, 1), b"more".to_vec()));
    }

    #[test]
    fn what_nobody_reads_is_closed() {
        let (streams, mut channel) = side();
        let (from, to) = io::pipe().expect("a pipe");
        streams.receive(2, to.into()).expect("begun");
        drop(from);
        streams.take(Frame::Data(2, b"x".to_vec())).expect("taken");
        assert_eq!(next(&mut channel), Frame::Close(2));
        assert_eq!(next(&mut channel), Frame::Room(2, 1));
        let (done, ended) = channel_pair();
        streams.after(0, move || drop(done));
        assert!(ended.recv().is_err());
    }

    fn channel_pair() -> (Sender<()>, Receiver<()>) {
        channel()
    }
}
