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
use crate::fetch::{FetchError, Fetcher};

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

/// Told about each index: component, bytes so far, bytes in all.
pub type IndexProgress<'a> = &'a mut dyn FnMut(&str, u64, u64);

/// Fetches a suite from the first mirror that has it as it should be.
pub fn fetch_suite(
    access: &Access<'_>,
    archive: &Archive,
    suite: &str,
    keyring: &Keyring,
    progress: IndexProgress<'_>,
) -> Result<Suite, ArchiveError> {
    let mut attempts = Vec::new();
    for base in access.mirrors.urls(archive, suite)? {
        match suite_at(access, archive, suite, &base, keyring, progress) {
            Ok(suite) => return Ok(suite),
            Err(failure) => attempts.push((base, failure)),
        }
    }
    Err(ArchiveError::Unusable { archive: archive.name.clone(), suite: suite.to_owned(), attempts })
}

/// A suite as it was when a lock was made, where this machine has kept what it said then, and its indices are kept too
/// or still to be had.
pub fn kept_suite(
    access: &Access<'_>,
    archive: &Archive,
    recorded: &LockedSuite,
    keyring: &Keyring,
    progress: IndexProgress<'_>,
) -> Option<Suite> {
    let message = cache::read_release(access.cache?, &archive.signed_by, recorded)?;
    // How old it may be was judged when the lock was made.
    let judgement = Judgement { accept_expired: true, ..access.judgement };
    let verified = keyring.verify(&message, judgement).ok()?;
    let release = Release::parse(&verified.text).ok()?;
    release.judge(&recorded.suite, judgement).ok()?;
    if date::write_lock(release.date) != recorded.date {
        return None;
    }
    let bases = access.mirrors.urls(archive, &recorded.suite).ok()?;
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

fn suite_at(
    access: &Access<'_>,
    archive: &Archive,
    suite: &str,
    base: &str,
    keyring: &Keyring,
    progress: IndexProgress<'_>,
) -> Result<Suite, SuiteFailure> {
    let url = format!("{base}/dists/{suite}/InRelease");
    let message = access.fetcher.fetch_untrusted(&url, LONGEST_RELEASE)?;
    let verified = keyring.verify(&message, access.judgement)?;
    let release = Release::parse(&verified.text)?;
    release.judge(suite, access.judgement)?;
    let signed = Signed { release, signers: verified.signers };
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
    progress: IndexProgress<'_>,
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
    progress: IndexProgress<'_>,
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
        progress(component, received, file.size);
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
