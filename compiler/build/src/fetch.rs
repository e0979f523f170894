//! Downloads: by hash, resumed where they broke off, from the first of several places that has the right bytes.
//!
//! Nothing here is trusted: a body is read up to its declared length and not a byte further, hashed on the way, and
//! accepted only when length and SHA-256 are the declared ones. [`Transport`] is the seam where tests let the network fail.

mod sink;
mod transport;

use std::{
    io::{self, Read},
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};

pub use sink::{Reopening, Sink};
pub use transport::{Limits, Network, Opened, Transport, TransportError};

/// How patient a fetcher is.
#[derive(Clone, Debug)]
pub struct Patience {
    /// How often one URL is tried when it fails in a way that may pass.
    pub attempts: u32,
    /// The pause before the second attempt; it doubles with each further one.
    pub pause: Duration,
    /// What an attempt may take whatever its size.
    pub grace: Duration,
    /// Bytes a second below which an attempt that has used up its grace is given up.
    pub slowest: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 3,
            pause: Duration::from_millis(250),
            grace: Duration::from_secs(60),
            slowest: 16 * 1024,
        }
    }
}

/// What was wrong with one place.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It did not answer, or not with the file.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The connection broke off or stalled.
    #[error("the download broke off: {0}")]
    Broken(#[source] io::Error),
    /// It is too slow.
    #[error("too slow: {received} bytes in {seconds} s")]
    Slow {
        /// Bytes of this attempt.
        received: u64,
        /// Seconds of this attempt.
        seconds: u64,
    },
    /// It ended early.
    #[error("{received} bytes instead of {declared}")]
    Short {
        /// Bytes that came.
        received: u64,
        /// Bytes that should have.
        declared: u64,
    },
    /// It goes on after its end.
    #[error("more than the {bound} bytes that it may have")]
    Long {
        /// Bytes that it may have.
        bound: u64,
    },
    /// It is another file.
    #[error("its SHA-256 is {actual} instead of {declared}")]
    Hash {
        /// What it should be.
        declared: String,
        /// What it is.
        actual: String,
    },
}

impl Failure {
    /// Whether the same place may do better a moment later.
    fn may_pass(&self) -> bool {
        match self {
            Self::Transport(error) => error.may_pass(),
            Self::Broken(_) | Self::Short { .. } => true,
            Self::Slow { .. } | Self::Long { .. } | Self::Hash { .. } => false,
        }
    }
}

/// A download that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No place had the right bytes.
    #[error("cannot fetch {}", list(.0))]
    Everywhere(Vec<Attempt>),
    /// There is no place to ask.
    #[error("there is no place to fetch from")]
    Nowhere,
    /// The bytes cannot be written here.
    #[error("cannot write what was fetched: {0}")]
    Write(#[source] io::Error),
}

/// A place, and what was wrong with it in the end.
#[derive(Debug)]
pub struct Attempt {
    /// Where.
    pub url: String,
    /// What.
    pub failure: Failure,
}

fn list(attempts: &[Attempt]) -> String {
    let lines: Vec<String> =
        attempts.iter().map(|attempt| format!("{}: {}", attempt.url, attempt.failure)).collect();
    lines.join("; ")
}

/// Fetches files. Shared between threads; keeps its connections open for the next file.
pub struct Fetcher {
    transport: Box<dyn Transport>,
    patience: Patience,
}

impl Default for Fetcher {
    /// Over `http`, `https` (by the proxy of the environment where it names one) and from `file` URLs.
    fn default() -> Self {
        Self::new(Box::new(Network::new()), Patience::default())
    }
}

/// What a body must be.
#[derive(Clone, Copy)]
enum Expected<'a> {
    /// This hash and length.
    Exactly { sha256: &'a str, size: u64 },
    /// This hash, and at most so long.
    Hashed { sha256: &'a str, bound: u64 },
    /// At most so long; what it is, its reader judges.
    AtMost(u64),
}

impl Expected<'_> {
    fn bound(self) -> u64 {
        match self {
            Self::Exactly { size, .. } => size,
            Self::AtMost(bound) | Self::Hashed { bound, .. } => bound,
        }
    }
}

/// How far a download has come.
struct Progress<'a> {
    hasher: Sha256,
    received: u64,
    report: &'a mut dyn FnMut(u64),
}

impl Progress<'_> {
    fn restart(&mut self, to: &mut dyn Sink) -> Result<(), FetchError> {
        if self.received > 0 {
            to.restart().map_err(FetchError::Write)?;
            self.hasher = Sha256::new();
            self.received = 0;
            (self.report)(0);
        }
        Ok(())
    }
}

/// Either the place is to blame, or we are.
enum Trouble {
    Theirs(Failure),
    Ours(FetchError),
}

impl<E: Into<Failure>> From<E> for Trouble {
    fn from(failure: E) -> Self {
        Self::Theirs(failure.into())
    }
}

impl Fetcher {
    /// A fetcher over a transport.
    pub fn new(transport: Box<dyn Transport>, patience: Patience) -> Self {
        Self { transport, patience }
    }

    /// Writes a file of known SHA-256 (lower-case hexadecimal) and length to `to`, from the first of the URLs that has
    /// it. `progress` is told the bytes that are there so far; the number falls back to 0 when a place turns out wrong.
    ///
    /// When this succeeds `to` holds the right bytes and nothing else; when it fails, what `to` holds is to be discarded.
    pub fn fetch_verified(
        &self,
        urls: &[String],
        sha256: &str,
        size: u64,
        to: &mut dyn Sink,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), FetchError> {
        self.any_of(urls, Expected::Exactly { sha256, size }, to, progress)
    }

    /// As [`Fetcher::fetch_verified`], for a file whose length is not known: at most `bound` bytes.
    pub fn fetch_hashed(
        &self,
        urls: &[String],
        sha256: &str,
        bound: u64,
        to: &mut dyn Sink,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), FetchError> {
        self.any_of(urls, Expected::Hashed { sha256, bound }, to, progress)
    }

    /// Reads a file that nothing is known of yet, of at most `bound` bytes. What comes is not to be trusted.
    pub fn fetch_untrusted(&self, url: &str, bound: u64) -> Result<Vec<u8>, FetchError> {
        let mut bytes = Vec::new();
        self.any_of(&[url.to_owned()], Expected::AtMost(bound), &mut bytes, &mut |_| ())?;
        Ok(bytes)
    }

    fn any_of(
        &self,
        urls: &[String],
        expected: Expected<'_>,
        to: &mut dyn Sink,
        report: &mut dyn FnMut(u64),
    ) -> Result<(), FetchError> {
        let mut progress = Progress { hasher: Sha256::new(), received: 0, report };
        let mut attempts = Vec::new();
        for url in urls {
            match self.one(url, expected, to, &mut progress) {
                Ok(()) => return Ok(()),
                Err(Trouble::Ours(error)) => return Err(error),
                Err(Trouble::Theirs(failure)) => attempts.push(Attempt { url: url.clone(), failure }),
            }
            progress.restart(to)?;
        }
        Err(if attempts.is_empty() { FetchError::Nowhere } else { FetchError::Everywhere(attempts) })
    }

    fn one(
        &self,
        url: &str,
        expected: Expected<'_>,
        to: &mut dyn Sink,
        progress: &mut Progress<'_>,
    ) -> Result<(), Trouble> {
        let mut pause = self.patience.pause;
        for attempt in 1.. {
            let resumed = progress.received > 0;
            match self.attempt(url, expected, to, progress) {
                // A file that changed between two halves is fetched once more as a whole.
                Err(Trouble::Theirs(Failure::Hash { .. } | Failure::Long { .. }))
                    if resumed && attempt < self.patience.attempts =>
                {
                    progress.restart(to).map_err(Trouble::Ours)?;
                }
                Err(Trouble::Theirs(failure)) if failure.may_pass() && attempt < self.patience.attempts => {
                    std::thread::sleep(pause);
                    pause *= 2;
                }
                outcome => return outcome,
            }
        }
        Ok(())
    }

    /// One request, from where the download stands.
    fn attempt(
        &self,
        url: &str,
        expected: Expected<'_>,
        to: &mut dyn Sink,
        progress: &mut Progress<'_>,
    ) -> Result<(), Trouble> {
        let mut opened = self.transport.open(url, progress.received).map_err(Failure::from)?;
        if opened.from != progress.received {
            progress.restart(to).map_err(Trouble::Ours)?;
        }
        self.copy(&mut *opened.body, expected.bound(), to, progress)?;
        judge(expected, progress).map_err(Trouble::Theirs)
    }

    fn copy(
        &self,
        body: &mut dyn Read,
        bound: u64,
        to: &mut dyn Sink,
        progress: &mut Progress<'_>,
    ) -> Result<(), Trouble> {
        let started = Instant::now();
        let before = progress.received;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            // One byte more than there may be is asked for, to see that there is none.
            let wanted = (bound - progress.received).saturating_add(1).min(buffer.len() as u64);
            let count = match body.read(&mut buffer[..usize::try_from(wanted).unwrap_or(1)]) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Trouble::Theirs(Failure::Broken(error))),
            };
            if progress.received + count as u64 > bound {
                return Err(Trouble::Theirs(Failure::Long { bound }));
            }
            to.write_all(&buffer[..count]).map_err(|error| Trouble::Ours(FetchError::Write(error)))?;
            progress.hasher.update(&buffer[..count]);
            progress.received += count as u64;
            (progress.report)(progress.received);
            self.refuse_slow(started.elapsed(), progress.received - before)?;
        }
    }

    fn refuse_slow(&self, elapsed: Duration, received: u64) -> Result<(), Failure> {
        let seconds = elapsed.saturating_sub(self.patience.grace).as_secs();
        if seconds > 0 && received / seconds < self.patience.slowest {
            return Err(Failure::Slow { received, seconds: elapsed.as_secs() });
        }
        Ok(())
    }
}

fn judge(expected: Expected<'_>, progress: &Progress<'_>) -> Result<(), Failure> {
    let sha256 = match expected {
        Expected::AtMost(_) => return Ok(()),
        Expected::Hashed { sha256, .. } => sha256,
        Expected::Exactly { size, .. } if progress.received < size => {
            return Err(Failure::Short { received: progress.received, declared: size });
        }
        Expected::Exactly { sha256, .. } => sha256,
    };
    let actual = hex(&progress.hasher.clone().finalize());
    if actual != sha256 {
        return Err(Failure::Hash { declared: sha256.to_owned(), actual });
    }
    Ok(())
}

/// The SHA-256 of some bytes in lower-case hexadecimal, as Debian's indices have it.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The same of all that can be read, with its length in bytes.
///
/// # Errors
/// When it cannot be read.
pub fn sha256_of(mut from: impl Read) -> io::Result<(String, u64)> {
    let (mut hasher, mut size) = (Sha256::new(), 0);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok((hex(&hasher.finalize()), size)),
            Ok(count) => {
                hasher.update(&buffer[..count]);
                size += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;

/// A small web server of the tests' own.
#[cfg(test)]
#[path = "../../plc/tests/support/server.rs"]
pub(crate) mod server;
