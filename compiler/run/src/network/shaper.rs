//! Slow, narrow and lossy ways between hosts, without the kernel's help: one thread copies frames from a host's cable to the
//! bridge's, and back, and has those wait, or be lost, that go between hosts for which that is wanted.

use std::{
    collections::BTreeMap,
    io,
    net::Ipv4Addr,
    os::fd::{AsFd, OwnedFd},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use rustix::{
    event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll},
    io::{Errno, read, write},
};

use super::{
    frames::{Frames, LONGEST},
    queue::Queue,
};
use crate::link::Link;

/// Frames of one side that are looked at before the other has its turn.
const TURN: usize = 64;

/// How ways are, by two addresses, the lower first.
pub(crate) type Links = BTreeMap<(Ipv4Addr, Ipv4Addr), Link>;

/// A thread that copies frames. It ends when this is dropped.
pub(super) struct Shaper {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    links: Mutex<Links>,
    ends: AtomicBool,
    /// Told of every change.
    wake: OwnedFd,
}

impl Shaper {
    /// Copies between a host's end and the bridge's from now on.
    pub(super) fn start(host: Frames, bridge: Frames, links: Links) -> io::Result<Self> {
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let shared = Arc::new(Shared { links: Mutex::new(links), ends: AtomicBool::new(false), wake });
        let its = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("shaper".into())
            .spawn(move || Copying::new(host, bridge, its).run())?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Has ways be like this, and all others plain.
    pub(super) fn set(&self, links: Links) {
        *self.shared.links.lock().unwrap_or_else(PoisonError::into_inner) = links;
        self.shared.wake();
    }
}

impl Drop for Shaper {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::SeqCst);
        self.shared.wake();
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Shared {
    fn wake(&self) {
        // Where it cannot be counted higher, it is awake.
        let _ = write(&self.wake, &1_u64.to_ne_bytes());
    }
}

/// What the thread works with: the two sides, and what is on its way.
struct Copying {
    /// The host's, then the bridge's.
    sides: [Frames; 2],
    shared: Arc<Shared>,
    links: Links,
    /// By the side that it came from, and the addresses.
    queues: BTreeMap<(usize, Ipv4Addr, Ipv4Addr), Queue>,
    seed: u64,
}

impl Copying {
    fn new(host: Frames, bridge: Frames, shared: Arc<Shared>) -> Self {
        let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let seed = seed.as_secs() ^ u64::from(seed.subsec_nanos()) << 32;
        let links = shared.links.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self { sides: [host, bridge], shared, links, queues: BTreeMap::new(), seed }
    }

    fn run(mut self) {
        let mut buffer = [0; LONGEST];
        loop {
            let now = Instant::now();
            let next = self.queues.values().filter_map(Queue::next).min();
            let wait = next.map(|next| next.saturating_duration_since(now));
            if self.wait(wait).is_err() {
                return;
            }
            if self.shared.ends.load(Ordering::SeqCst) {
                // What is on its way is not lost with the way.
                for ((side, ..), queue) in std::mem::take(&mut self.queues) {
                    queue.into_frames().for_each(|frame| self.forward(side, &frame));
                }
                return;
            }
            for side in 0..self.sides.len() {
                if self.receive(side, &mut buffer).is_err() {
                    return;
                }
            }
            self.deliver(Instant::now());
        }
    }

    /// Waits until there is something to do, and notes what has changed.
    fn wait(&mut self, longest: Option<Duration>) -> io::Result<()> {
        let [host, bridge] = &self.sides;
        let mut sources = [host.as_fd(), bridge.as_fd(), self.shared.wake.as_fd()]
            .map(|source| PollFd::from_borrowed_fd(source, PollFlags::IN));
        // A clock that cannot say so is asked again.
        let timeout = longest.and_then(|longest| Timespec::try_from(longest).ok());
        match poll(&mut sources, timeout.as_ref()) {
            Err(Errno::INTR) => return Ok(()),
            polled => polled?,
        };
        if !sources[2].revents().is_empty() {
            let _ = read(&self.shared.wake, &mut [0; 8]);
            let links = self.shared.links.lock().unwrap_or_else(PoisonError::into_inner).clone();
            self.change(links);
        }
        Ok(())
    }

    fn change(&mut self, links: Links) {
        self.links = links;
        for ((side, from, to), mut queue) in std::mem::take(&mut self.queues) {
            match self.links.get(&pair(from, to)) {
                Some(link) => {
                    queue.change(*link);
                    self.queues.insert((side, from, to), queue);
                }
                None => queue.into_frames().for_each(|frame| self.forward(side, &frame)),
            }
        }
    }

    /// Takes what has come in at a side, some of it at once.
    fn receive(&mut self, side: usize, buffer: &mut [u8]) -> io::Result<()> {
        for _ in 0..TURN {
            let Some(from) = self.sides.get(side) else { return Ok(()) };
            let Some(length) = from.receive(buffer)? else { return Ok(()) };
            let frame = buffer.get(..length).unwrap_or_default();
            let way = addresses(frame);
            let link = way.and_then(|(from, to)| self.links.get(&pair(from, to)));
            match (way, link) {
                (Some((from, to)), Some(link)) => {
                    let now = Instant::now();
                    self.seed = self.seed.wrapping_add(1);
                    let (link, seed) = (*link, self.seed);
                    let queue = self.queues.entry((side, from, to));
                    queue.or_insert_with(|| Queue::new(link, seed, now)).put(frame, now);
                }
                _ => self.forward(side, frame),
            }
        }
        Ok(())
    }

    fn deliver(&mut self, now: Instant) {
        let Self { sides, queues, .. } = self;
        for ((side, ..), queue) in queues {
            while let Some(frame) = queue.take(now) {
                if let Some(to) = sides.get(1 - side) {
                    to.send(&frame);
                }
            }
        }
    }

    /// Passes a frame of one side on to the other.
    fn forward(&self, side: usize, frame: &[u8]) {
        if let Some(to) = self.sides.get(1 - side) {
            to.send(frame);
        }
    }
}

/// The two addresses of a way.
pub(super) fn pair(one: Ipv4Addr, other: Ipv4Addr) -> (Ipv4Addr, Ipv4Addr) {
    (one.min(other), one.max(other))
}

/// From where to where a frame goes; none where it is not of IPv4.
fn addresses(frame: &[u8]) -> Option<(Ipv4Addr, Ipv4Addr)> {
    if frame.get(12..14)? != [0x08, 0x00] {
        return None;
    }
    let address = |at: usize| {
        let bytes: [u8; 4] = frame.get(at..at + 4)?.try_into().ok()?;
        Some(Ipv4Addr::from(bytes))
    };
    Some((address(26)?, address(30)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_other_kinds_and_broken_ones_have_no_addresses() {
        let mut frame = vec![0; 34];
        frame[12..14].copy_from_slice(&[8, 0]);
        frame[26..34].copy_from_slice(&[10, 77, 0, 3, 10, 77, 0, 2]);
        let (from, to) = addresses(&frame).expect("addresses");
        assert_eq!((from, to), (Ipv4Addr::new(10, 77, 0, 3), Ipv4Addr::new(10, 77, 0, 2)));
        assert_eq!(pair(from, to), (to, from));
        assert_eq!(addresses(&frame[..33]), None);
        frame[13] = 6;
        assert_eq!(addresses(&frame), None, "ARP");
        assert_eq!(addresses(&[]), None);
    }
}
