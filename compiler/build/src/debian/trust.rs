//! Whether a Release file may be believed: who signed it, with what, when, and for which suite.
//!
//! The message is a clear-signed text (RFC 9580, section 7) against a keyring of transferable public keys; the Release
//! format is that of Debian's repository format. The clock is the caller's.

mod files;
mod keys;
mod message;
mod release;

use std::time::{Duration, SystemTime};

pub use files::keyring_file;
pub use keys::Keyring;
pub use message::Verified;
pub use release::{IndexFile, Release};

use super::date;

/// By how much another clock may be ahead of this one.
const SLACK: Duration = Duration::from_secs(24 * 60 * 60);

/// When trust is judged, and how strictly.
#[derive(Clone, Copy, Debug)]
pub struct Judgement {
    /// The time.
    pub now: SystemTime,
    /// Whether to take a Release file past its `Valid-Until`, and keys that have expired since they signed: for suites
    /// that are no longer updated, and never silently.
    pub accept_expired: bool,
    /// How long ago a Release file may have been made, for suites that do not say until when they are valid; none: ever.
    pub max_age: Option<Duration>,
}

impl Judgement {
    /// The latest time that a date may have without being in the future.
    fn latest(self) -> SystemTime {
        self.now + SLACK
    }
}

/// Why a Release file is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The keyring has no key.
    #[error("the keyring holds no OpenPGP key")]
    NoKeys,
    /// It is not a signed message.
    #[error("it is not signed: {0}")]
    NotSigned(String),
    /// Something stands before or after the signed message.
    #[error("there is text outside of the signed message")]
    Outside,
    /// No signature is by a key of the keyring that may sign.
    #[error("no signature is good: {}", .0.join(", "))]
    NoGoodSignature(Vec<String>),
    /// A signature by a key of the keyring does not fit the text.
    #[error("the signature by {0} is wrong: the text was changed after signing")]
    BadSignature(String),
    /// A field of the Release file is missing or cannot be read.
    #[error("the Release file's `{field}` {problem}")]
    Field {
        /// The field.
        field: &'static str,
        /// `is missing`, `cannot be read`.
        problem: &'static str,
    },
    /// It is another suite's.
    #[error("it is the Release file of suite `{suite}`, codename `{codename}`, not of `{asked}`")]
    OtherSuite {
        /// What was asked for.
        asked: String,
        /// What it says.
        suite: String,
        /// What it says.
        codename: String,
    },
    /// Its time is over.
    #[error(
        "it was valid until {}: the mirror is out of date, or somebody holds back newer versions (it is {} now)",
        date::write_lock(*until),
        date::write_lock(*now)
    )]
    Expired {
        /// `Valid-Until`.
        until: SystemTime,
        /// The time of judgement.
        now: SystemTime,
    },
    /// It is older than whoever asks will have it.
    #[error(
        "it is dated {}, more than {} days ago: the mirror is out of date, or somebody holds back newer versions",
        date::write_lock(*date),
        most.as_secs() / 86_400
    )]
    TooOld {
        /// `Date`.
        date: SystemTime,
        /// How old it may be.
        most: Duration,
    },
    /// It is from the future.
    #[error(
        "it is dated {}, which is in the future (it is {} now): is this machine's clock right?",
        date::write_lock(*date),
        date::write_lock(*now)
    )]
    Future {
        /// `Date`.
        date: SystemTime,
        /// The time of judgement.
        now: SystemTime,
    },
}

impl TrustError {
    /// Whether it may be that a mirror is merely behind, or a clock wrong. Anything else is not what the archive says, and no
    /// reason to go on as if nothing were.
    pub fn is_of_time(&self) -> bool {
        matches!(self, Self::Expired { .. } | Self::TooOld { .. } | Self::Future { .. })
    }
}

#[cfg(test)]
mod tests;
