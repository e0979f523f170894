//! The frames that are on their way from one host to another, where that takes time: a cable of a certain length and width, whose
//! near end has little room, as that of a router.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use crate::link::{Link, WHOLE};

/// What may wait at the near end of a narrow cable: as long as this, and at least so many bytes.
const PATIENCE: Duration = Duration::from_millis(100);
const ROOM: u64 = 64 << 10;

/// What may be on its way altogether, on a long one.
const LENGTH: usize = 64 << 20;

/// One direction.
pub(super) struct Queue {
    link: Link,
    /// When the near end has sent what was given to it so far.
    free: Instant,
    /// When what is on its way arrives, in order.
    waiting: VecDeque<(Instant, Vec<u8>)>,
    bytes: usize,
    random: Random,
}

impl Queue {
    pub(super) fn new(link: Link, seed: u64, now: Instant) -> Self {
        Self { link, free: now, waiting: VecDeque::new(), bytes: 0, random: Random(seed) }
    }

    /// Makes it like this from now on. What is on its way arrives as it would have.
    pub(super) fn change(&mut self, link: Link) {
        self.link = link;
    }

    /// Takes a frame along, or loses it; says which.
    pub(super) fn put(&mut self, frame: &[u8], now: Instant) -> bool {
        if self.link.loss > 0 && self.random.below(u64::from(WHOLE)) < u64::from(self.link.loss) {
            return false;
        }
        if self.bytes + cost(frame) > LENGTH {
            return false;
        }
        let mut sent = now;
        if let Some(rate) = self.link.rate {
            let backlog = self.free.saturating_duration_since(now);
            let room = PATIENCE.max(time(ROOM, rate));
            if backlog > room {
                return false;
            }
            self.free = later(self.free.max(now), time(frame.len() as u64, rate));
            sent = self.free;
        }
        // From as much earlier as it can be, to as much later.
        let early = self.link.jitter.min(self.link.delay);
        let spread = early.saturating_add(self.link.jitter).saturating_mul(1_000).saturating_add(1);
        let early = Duration::from_millis(early);
        let chance = if self.link.jitter > 0 { self.random.below(spread) } else { 0 };
        let due = later(sent, Duration::from_millis(self.link.delay).saturating_sub(early));
        let due = later(due, Duration::from_micros(chance));
        // No cable has frames overtake each other.
        let due = self.waiting.back().map_or(due, |(last, _)| due.max(*last));
        self.bytes += cost(frame);
        self.waiting.push_back((due, frame.to_vec()));
        true
    }

    /// What has arrived.
    pub(super) fn take(&mut self, now: Instant) -> Option<Vec<u8>> {
        let arrived = self.waiting.front().is_some_and(|(due, _)| *due <= now);
        let (_, frame) = if arrived { self.waiting.pop_front()? } else { return None };
        self.bytes -= cost(&frame);
        Some(frame)
    }

    /// When something arrives next.
    pub(super) fn next(&self) -> Option<Instant> {
        self.waiting.front().map(|(due, _)| *due)
    }

    /// All that is on its way.
    pub(super) fn into_frames(self) -> impl Iterator<Item = Vec<u8>> {
        self.waiting.into_iter().map(|(_, frame)| frame)
    }
}

/// What a frame that waits takes of memory, about: the shortest ones are mostly what is kept beside them.
fn cost(frame: &[u8]) -> usize {
    frame.len() + 128
}

/// How long so many bytes take; a day where they never get through.
fn time(bytes: u64, rate: u64) -> Duration {
    let nanoseconds = u128::from(bytes) * 1_000_000_000 / u128::from(rate.max(1));
    let day = Duration::from_secs(86_400);
    u64::try_from(nanoseconds).map_or(day, |nanoseconds| Duration::from_nanos(nanoseconds).min(day))
}

fn later(from: Instant, time: Duration) -> Instant {
    // The clock itself ends before a wait of so long does.
    from.checked_add(time).unwrap_or(from)
}

/// Numbers by chance, the same from the same beginning (SplitMix64).
struct Random(u64);

impl Random {
    /// One that is less than this. Some come more often than others, by less than a millionth.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Link = Link { delay: 0, jitter: 0, loss: 0, rate: None };

    fn milliseconds(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[test]
    fn a_frame_takes_as_long_as_the_link() {
        let now = Instant::now();
        let mut queue = Queue::new(Link { delay: 20, ..PLAIN }, 1, now);
        assert!(queue.put(b"one", now));
        assert!(queue.put(b"two", now + milliseconds(5)));
        assert_eq!(queue.next(), Some(now + milliseconds(20)));
        assert_eq!(queue.take(now + milliseconds(19)), None);
        assert_eq!(queue.take(now + milliseconds(20)).as_deref(), Some(&b"one"[..]));
        assert_eq!(queue.take(now + milliseconds(24)), None);
        // A shorter way later: nothing overtakes.
        queue.change(PLAIN);
        assert!(queue.put(b"three", now + milliseconds(6)));
        assert_eq!(queue.take(now + milliseconds(24)), None);
        assert_eq!(queue.take(now + milliseconds(25)).as_deref(), Some(&b"two"[..]));
        assert_eq!(queue.take(now + milliseconds(25)).as_deref(), Some(&b"three"[..]));
        assert_eq!((queue.next(), queue.bytes), (None, 0));
    }

    #[test]
    fn jitter_stays_within_its_bounds_and_keeps_the_order() {
        let now = Instant::now();
        let mut queue = Queue::new(Link { delay: 20, jitter: 5, ..PLAIN }, 7, now);
        let mut last = now;
        let mut dues = Vec::new();
        for number in 0..200_u64 {
            let at = now + milliseconds(number * 50);
            assert!(queue.put(&number.to_be_bytes(), at));
            let due = queue.next().expect("one");
            assert!(due >= at + milliseconds(15) && due <= at + milliseconds(25) && due >= last);
            dues.push(due - at);
            last = due;
            assert!(queue.take(due).is_some());
        }
        dues.sort();
        assert!(dues[0] < milliseconds(17) && dues[199] > milliseconds(23), "{:?} {:?}", dues[0], dues[199]);
    }

    #[test]
    fn jitter_that_is_longer_than_the_delay_makes_nothing_later_than_both() {
        let now = Instant::now();
        let mut longest = Duration::ZERO;
        for seed in 0..500 {
            let mut queue = Queue::new(Link { delay: 5, jitter: 50, ..PLAIN }, seed, now);
            queue.put(b"frame", now);
            longest = longest.max(queue.next().expect("one") - now);
        }
        assert!(longest > milliseconds(45) && longest <= milliseconds(55), "{longest:?}");
    }

    #[test]
    fn as_many_are_lost_as_was_said() {
        let now = Instant::now();
        let lost = |loss: u32| {
            let mut queue = Queue::new(Link { loss, ..PLAIN }, 42, now);
            (0..10_000).filter(|_| !queue.put(b"frame", now)).count()
        };
        assert_eq!((lost(0), lost(WHOLE)), (0, 10_000));
        assert!((900..1_100).contains(&lost(100_000)), "{}", lost(100_000));
        assert_eq!(lost(100_000), lost(100_000), "the same from the same beginning");
    }

    #[test]
    fn no_more_gets_through_than_the_rate_and_what_has_no_room_is_lost() {
        let now = Instant::now();
        let mut queue = Queue::new(Link { rate: Some(1_000_000), ..PLAIN }, 1, now);
        // 1000 bytes take a millisecond; 100 ms of them may wait.
        let taken = (0..1_000).filter(|_| queue.put(&[0; 1_000], now)).count();
        assert_eq!(taken, 101);
        let arrived = (0..1_000).filter(|_| queue.take(now + milliseconds(50)).is_some()).count();
        assert_eq!(arrived, 50);
        // There is room again, as much as has left.
        let taken = (0..1_000).filter(|_| queue.put(&[0; 1_000], now + milliseconds(50))).count();
        assert_eq!(taken, 50);
        // A narrow one has room for some frames at least.
        let mut queue = Queue::new(Link { rate: Some(1_000), ..PLAIN }, 1, now);
        let taken = (0..1_000).filter(|_| queue.put(&[0; 1_000], now)).count();
        assert_eq!(taken, 66);
        let mut queue = Queue::new(Link { rate: Some(0), delay: u64::MAX, ..PLAIN }, 1, now);
        queue.put(&[0; 1_000], now);
        assert_eq!(queue.take(now + milliseconds(50)), None);
    }

    #[test]
    fn a_long_link_has_an_end() {
        let now = Instant::now();
        let mut queue = Queue::new(Link { delay: 1_000_000, ..PLAIN }, 1, now);
        let taken = (0..100).filter(|_| queue.put(&vec![0; 1 << 20], now)).count();
        assert_eq!((taken, queue.into_frames().count()), (63, 63));
        let mut queue = Queue::new(Link { delay: 1_000_000, ..PLAIN }, 1, now);
        let taken = (0..1_000_000).filter(|_| queue.put(&[0; 34], now)).count();
        assert!(taken < 500_000, "short ones take more than they hold: {taken}");
    }
}
