//! What is to be said to a machine: in a queue, so that one that does not listen holds up nobody.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{guest::ToGuest, multiplex::Link};

/// How many messages may wait.
pub(super) const QUEUE: usize = 1024;

/// How many of those that cannot be left out: more of them make no sense, whatever the machine does.
const MOST: usize = 4 * QUEUE;

/// How long the queue of a machine that could listen may be full.
const LISTENING: Duration = Duration::from_secs(10);

/// What is done once a message is sent.
pub(super) type Then = Box<dyn FnOnce() + Send>;

/// The queue.
pub(super) struct Outbox {
    sender: Sender<(ToGuest, Then)>,
    waiting: Arc<AtomicUsize>,
    /// Whether the machine stands still on purpose.
    still: AtomicBool,
    /// Since when the queue is full.
    full: Mutex<Option<Instant>>,
}

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Put {
    Waits,
    /// There is no room for it.
    LeftOut,
    /// The machine does not listen any more.
    Lost,
}

impl Outbox {
    /// Begins to send, in a thread that ends with the queue.
    pub(super) fn begin(link: Arc<Link>) -> io::Result<Self> {
        let (sender, messages) = channel::<(ToGuest, Then)>();
        let waiting = Arc::new(AtomicUsize::new(0));
        let left = Arc::clone(&waiting);
        thread::Builder::new().spawn(move || {
            for (message, then) in messages {
                if link.say(&message).is_err() {
                    // Whoever hears the machine notices that it is gone.
                    return;
                }
                left.fetch_sub(1, Ordering::SeqCst);
                then();
            }
        })?;
        Ok(Self { sender, waiting, still: AtomicBool::new(false), full: Mutex::default() })
    }

    /// Puts a message at the end; one that can be left out is where too many wait.
    pub(super) fn put(&self, message: ToGuest, spare: bool, then: Then) -> Put {
        let waiting = self.waiting.load(Ordering::SeqCst);
        if waiting >= MOST || self.is_deaf(waiting) {
            return Put::Lost;
        }
        if spare && waiting >= QUEUE {
            return Put::LeftOut;
        }
        self.waiting.fetch_add(1, Ordering::SeqCst);
        if self.sender.send((message, then)).is_ok() { Put::Waits } else { Put::Lost }
    }

    /// Notes that the machine stands still, which listens to nothing then, or goes on.
    pub(super) fn stand_still(&self, still: bool) {
        self.still.store(still, Ordering::SeqCst);
        *self.full() = None;
    }

    fn is_deaf(&self, waiting: usize) -> bool {
        let mut full = self.full();
        if waiting < QUEUE || self.still.load(Ordering::SeqCst) {
            *full = None;
            return false;
        }
        full.get_or_insert_with(Instant::now).elapsed() >= LISTENING
    }

    fn full(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.full.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;

    fn size() -> ToGuest {
        ToGuest::Size(1, 2, 3)
    }

    #[test]
    fn a_queue_has_an_end() {
        let (to, _machine) = UnixStream::pair().expect("a pair");
        let outbox = Outbox::begin(Arc::new(Link::new(to.into()))).expect("begun");
        // Longer than the channel holds: it is never sent.
        let names = crate::init::ToHost::Names("x".repeat(8 << 20));
        assert_eq!(outbox.put(ToGuest::Tell(names), false, Box::new(|| {})), Put::Waits);
        for _ in 1..QUEUE {
            assert_eq!(outbox.put(size(), true, Box::new(|| {})), Put::Waits);
        }
        assert_eq!(outbox.put(size(), true, Box::new(|| {})), Put::LeftOut);
        assert_eq!(outbox.put(size(), false, Box::new(|| {})), Put::Waits);
        // It has been full for long: that is held against it only where it could listen.
        let long_ago = Instant::now().checked_sub(LISTENING).expect("a time");
        outbox.stand_still(true);
        *outbox.full() = Some(long_ago);
        assert_eq!(outbox.put(size(), false, Box::new(|| {})), Put::Waits);
        outbox.stand_still(false);
        *outbox.full() = Some(long_ago);
        assert_eq!(outbox.put(size(), false, Box::new(|| {})), Put::Lost);
        outbox.stand_still(true);
        while outbox.put(size(), false, Box::new(|| {})) == Put::Waits {}
        assert_eq!(outbox.waiting.load(Ordering::SeqCst), MOST);
    }
}
