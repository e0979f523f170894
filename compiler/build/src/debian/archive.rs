//! Fetches what an archive says about itself: a suite's signed Release file, and the package indices that it vouches
//! for. What comes out of here is verified: signature, dates, suite, and every index by length and SHA-256.

mod cache;
mod unpack;

use std::path::Path;

use plc_lang::topology::Archive;
use plc_plan::lock::LockedSuite;

use super::{
    date,
    sources::{Mirrors, NoMirror},
    trust::{IndexFile, Judgement, Keyring, Release, TrustError},
};
use crate::fetch::{Failure, FetchError, Fetcher, TransportError};

/// No Release file is anywhere near as long.
const LONGEST_RELEASE: u64 = 16 << 20;

/// Nor an index, compressed or not.
const LONGEST_INDEX: u64 = 1 << 30;

/// A suite as its archive describes it.
#[derive(Clone, Debug)]
pub struct Suite {
    /// As the description writes it.
    pub name: String,
    /// The base URL that it came from.
    pub base: String,
    /// Its Release file.
    pub release: Release,
    /// Fingerprints of the primary keys that vouch for it.
    pub signers: Vec<String>,
    /// The `Packages` file of each component, in the order asked for.
    pub indices: Vec<String>,
}

/// What a suite is fetched with.
pub struct Access<'a> {
    /// Downloads.
    pub fetcher: &'a Fetcher,
    /// Says where.
    pub mirrors: &'a Mirrors,
    /// The time, and how strictly it is judged.
    pub judgement: Judgement,
    /// Debian's name of the architecture: `amd64`.
    pub architecture: &'a str,
    /// A directory that keeps indices by hash; may be missing and is made then.
    pub cache: Option<&'a Path>,
}

/// Why a suite cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// No mirror is known.
    #[error(transparent)]
    NoMirror(#[from] NoMirror),
    /// No mirror has it as it should be.
    #[error("suite `{suite}` of archive `{archive}` cannot be used: {}", list(.attempts))]
    Unusable {
        /// The archive's name in the description.
        archive: String,
        /// The suite.
        suite: String,
        /// Each base URL and what is wrong there.
        attempts: Vec<(String, SuiteFailure)>,
    },
}

fn list(attempts: &[(String, SuiteFailure)]) -> String {
    let lines: Vec<String> =
        attempts.iter().map(|(base, failure)| format!("from `{base}`: {failure}")).collect();
    lines.join("; ")
}

/// What is wrong with a suite at one place.
#[derive(Debug, thiserror::Error)]
pub enum SuiteFailure {
    /// It cannot be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It is not to be believed.
    #[error("its Release file is refused: {0}")]
    Trust(#[from] TrustError),
    /// It is older than it was.
    #[error(
        "it is dated {date}, but was dated {recorded} when the lock was made: the mirror is out of date, or somebody holds back newer versions"
    )]
    Older {
        /// What it says now.
        date: String,
        /// What the lock has.
        recorded: String,
    },
    /// Nobody who vouched for it before vouches for it now.
    #[error(
        "it is signed by {}, none of which signed it when the lock was made ({}): delete `env.lock` if that is right",
        .signers.join(", "), .recorded.join(", ")
    )]
    OtherSigners {
        /// Fingerprints now.
        signers: Vec<String>,
        /// What the lock has.
        recorded: Vec<String>,
    },
    /// It does not have what is asked for.
    #[error("it has no component `{component}` for `{architecture}`")]
    NoIndex {
        /// The component.
        component: String,
        /// The architecture.
        architecture: String,
    },
    /// An index cannot be decompressed to what the Release file promises.
    #[error("the index `{path}` is broken: {problem}")]
    BrokenIndex {
        /// Below the suite's directory.
        path: String,
        /// What is wrong.
        problem: String,
    },
}

impl SuiteFailure {
    /// Whether the place is merely down, behind, or in the middle of a change, so that another one may be asked. What somebody
    /// else than the archive has signed, or changed, is told, whatever other places have.
    fn may_be_passed_over(&self) -> bool {
        match self {
            Self::Fetch(_) | Self::Older { .. } | Self::NoIndex { .. } | Self::BrokenIndex { .. } => true,
            Self::Trust(error) => error.is_of_time(),
            Self::OtherSigners { .. } => false,
        }
    }

    /// Whether there is no such suite at all: a place that was merely guessed.
    fn is_absence(&self) -> bool {
        let Self::Fetch(FetchError::Everywhere(attempts)) = self else { return false };
        attempts.iter().all(|attempt| {
            matches!(attempt.failure, Failure::Transport(TransportError::Missing))
                && attempt.url.ends_with("/InRelease")
        })
    }
}

/// What fetching a suite tells.
#[derive(Clone, Copy, Debug)]
pub enum SuiteEvent<'a> {
    /// An index: component, bytes so far, bytes in all.
    Index(&'a str, u64, u64),
    /// A mirror that does not have the suite as it should be, and why.
    PassedOver(&'a str, &'a SuiteFailure),
}

/// Told what is going on.
pub type SuiteProgress<'a> = &'a mut dyn FnMut(SuiteEvent<'_>);

/// Fetches a suite from the first mirror that has it as it should be, and no older than recorded. A mirror that is down or behind is
/// passed over; one whose Release file is not the archive's ends it.
pub fn fetch_suite(
    access: &Access<'_>,
    archive: &Archive,
    suite: &str,
    keyring: &Keyring,
    recorded: Option<&LockedSuite>,
    progress: SuiteProgress<'_>,
) -> Result<Suite, ArchiveError> {
    let mut attempts: Vec<(String, SuiteFailure)> = Vec::new();
    for base in access.mirrors.urls(archive, suite)? {
        match suite_at(access, archive, suite, &base, keyring, recorded, progress) {
            Ok(suite) => {
                for (base, failure) in attempts.iter().filter(|(_, failure)| !failure.is_absence()) {
                    progress(SuiteEvent::PassedOver(base, failure));
                }
                return Ok(suite);
            }
            Err(failure) => {
                let goes_on = failure.may_be_passed_over();
                attempts.push((base, failure));
                if !goes_on {
                    break;
                }
            }
        }
    }
    Err(ArchiveError::Unusable { archive: archive.name.clone(), suite: suite.to_owned(), attempts })
}

/// A suite as it was when a lock was made, where this machine has kept what it said then or a snapshot archive has it, and
/// its indices are kept too or still to be had.
pub fn kept_suite(
    access: &Access<'_>,
    archive: &Archive,
    recorded: &LockedSuite,
    keyring: &Keyring,
    progress: SuiteProgress<'_>,
) -> Option<Suite> {
    let dated = date::parse_lock(&recorded.date)?;
    let snapshots = access.mirrors.snapshots(&recorded.suite, dated);
    let kept = access.cache.and_then(|cache| cache::read_release(cache, &archive.signed_by, recorded));
    if let Some(message) = kept {
        let bases = access.mirrors.urls(archive, &recorded.suite).unwrap_or_default();
        let bases = [bases, snapshots.clone()].concat();
        let suite = as_it_was(access, archive, recorded, keyring, &message, &bases, progress);
        if suite.is_some() {
            return suite;
        }
    }
    snapshots.into_iter().find_map(|base| {
        let url = format!("{base}/dists/{}/InRelease", recorded.suite);
        let message = access.fetcher.fetch_untrusted(&url, LONGEST_RELEASE).ok()?;
        let suite = as_it_was(access, archive, recorded, keyring, &message, &[base], progress)?;
        if let Some(cache) = access.cache {
            cache::write_release(cache, &archive.signed_by, recorded, &message);
        }
        Some(suite)
    })
}

/// A suite by a signed message, which must be the recorded one, with indices from one of some places.
fn as_it_was(
    access: &Access<'_>,
    archive: &Archive,
    recorded: &LockedSuite,
    keyring: &Keyring,
    message: &[u8],
    bases: &[String],
    progress: SuiteProgress<'_>,
) -> Option<Suite> {
    // How old it may be was judged when the lock was made.
    let judgement = Judgement { accept_expired: true, max_age: None, ..access.judgement };
    let verified = keyring.verify(message, judgement).ok()?;
    let release = Release::parse(&verified.text).ok()?;
    release.judge(&recorded.suite, judgement).ok()?;
    if date::write_lock(release.date) != recorded.date {
        return None;
    }
    let (signers, name) = (verified.signers, recorded.suite.as_str());
    bases.iter().find_map(|base| {
        let signed = Signed { release: release.clone(), signers: signers.clone() };
        with_indices(access, archive, name, base, signed, progress).ok()
    })
}

/// A Release file that is believed, and who vouches for it.
struct Signed {
    release: Release,
    signers: Vec<String>,
}

impl Signed {
    /// A suite may not be older than it was, nor be vouched for by other keys altogether.
    fn refuse_rollback(&self, recorded: Option<&LockedSuite>) -> Result<(), SuiteFailure> {
        let Some(recorded) = recorded else { return Ok(()) };
        if !self.signers.iter().any(|signer| recorded.signers.contains(signer)) {
            let (signers, recorded) = (self.signers.clone(), recorded.signers.clone());
            return Err(SuiteFailure::OtherSigners { signers, recorded });
        }
        let date = date::write_lock(self.release.date);
        // Dates in this form are ordered as texts.
        if date < recorded.date {
            return Err(SuiteFailure::Older { date, recorded: recorded.date.clone() });
        }
        Ok(())
    }
}

fn suite_at(
    access: &Access<'_>,
    archive: &Archive,
    suite: &str,
    base: &str,
    keyring: &Keyring,
    recorded: Option<&LockedSuite>,
    progress: SuiteProgress<'_>,
) -> Result<Suite, SuiteFailure> {
    let url = format!("{base}/dists/{suite}/InRelease");
    let message = access.fetcher.fetch_untrusted(&url, LONGEST_RELEASE)?;
    let verified = keyring.verify(&message, access.judgement)?;
    let release = Release::parse(&verified.text)?;
    release.judge(suite, access.judgement)?;
    let signed = Signed { release, signers: verified.signers };
    signed.refuse_rollback(recorded)?;
    let suite = with_indices(access, archive, suite, base, signed, progress)?;
    if let Some(cache) = access.cache {
        cache::write_release(cache, &archive.signed_by, &suite.locked(), &message);
    }
    Ok(suite)
}

fn with_indices(
    access: &Access<'_>,
    archive: &Archive,
    suite: &str,
    base: &str,
    signed: Signed,
    progress: SuiteProgress<'_>,
) -> Result<Suite, SuiteFailure> {
    let Signed { release, signers } = signed;
    let directory = format!("{base}/dists/{suite}");
    let mut indices = Vec::new();
    for component in &archive.components {
        indices.push(index(access, &directory, &release, component, progress)?);
    }
    Ok(Suite { name: suite.to_owned(), base: base.to_owned(), release, signers, indices })
}

impl Suite {
    /// What a lock says of it.
    pub fn locked(&self) -> LockedSuite {
        LockedSuite {
            suite: self.name.clone(),
            codename: self.release.codename.clone(),
            date: date::write_lock(self.release.date),
            signers: self.signers.clone(),
        }
    }
}

/// The text of a component's `Packages`.
fn index(
    access: &Access<'_>,
    directory: &str,
    release: &Release,
    component: &str,
    progress: SuiteProgress<'_>,
) -> Result<String, SuiteFailure> {
    let path = format!("{component}/binary-{}/Packages", access.architecture);
    let plain = release.files.get(&path);
    if let (Some(cache), Some(plain)) = (access.cache, plain)
        && let Some(text) = cache::read(cache, plain)
    {
        return Ok(text);
    }
    let fetched = [".xz", ".gz", ""].iter().find_map(|extension| {
        let name = format!("{path}{extension}");
        let file = release.files.get(&name)?;
        Some((name, file))
    });
    let Some((name, file)) = fetched else {
        let (component, architecture) = (component.to_owned(), access.architecture.to_owned());
        return Err(SuiteFailure::NoIndex { component, architecture });
    };
    let bytes = fetch_index(access, directory, release, &name, file, &mut |received| {
        progress(SuiteEvent::Index(component, received, file.size));
    })?;
    let bound = plain.map_or(LONGEST_INDEX, |plain| plain.size.min(LONGEST_INDEX));
    let broken = |problem: String| SuiteFailure::BrokenIndex { path: name.clone(), problem };
    let text = unpack::unpack(&name, &bytes, bound).map_err(|error| broken(error.to_string()))?;
    if let Some(plain) = plain {
        cache::verify(&text, plain).map_err(broken)?;
        if let Some(cache) = access.cache {
            cache::write(cache, plain, &text);
        }
    }
    String::from_utf8(text).map_err(|error| broken(error.to_string()))
}

/// By its hash where the archive offers that, so that an index that is being replaced does not matter; else by name.
fn fetch_index(
    access: &Access<'_>,
    directory: &str,
    release: &Release,
    name: &str,
    file: &IndexFile,
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<u8>, SuiteFailure> {
    let mut urls = vec![format!("{directory}/{name}")];
    if let Some((parent, _)) = name.rsplit_once('/')
        && release.by_hash
    {
        urls.insert(0, format!("{directory}/{parent}/by-hash/SHA256/{}", file.sha256));
    }
    if file.size > LONGEST_INDEX {
        let problem = format!("{} bytes is longer than any index", file.size);
        return Err(SuiteFailure::BrokenIndex { path: name.to_owned(), problem });
    }
    let mut bytes = Vec::new();
    access.fetcher.fetch_verified(&urls, &file.sha256, file.size, &mut bytes, progress)?;
    Ok(bytes)
}

/// Debian's name of an architecture that Rust names as in [`std::env::consts::ARCH`].
pub fn debian_architecture(rust: &str) -> Option<&'static str> {
    Some(match rust {
        "x86_64" => "amd64",
        "x86" => "i386",
        "aarch64" => "arm64",
        "arm" => "armhf",
        "powerpc64" => "ppc64el",
        "riscv64" => "riscv64",
        "s390x" => "s390x",
        "loongarch64" => "loong64",
        _ => return None,
    })
}
