//! Makes the lock: verifies the archives, picks the packages, and writes down exactly what was picked.

mod assemble;
mod held;
mod keep;
mod view;

use std::{
    collections::BTreeMap,
    io,
    path::Path,
    time::{Duration, SystemTime},
};

use plc_lang::topology::Archive;
use plc_plan::{
    lock::{ClosureOf, Lock, LockedPackage, LockedSuite},
    request::Asked,
};

pub use self::keep::Update;
use self::{
    keep::Keep,
    view::{Fetched, Home},
};
use super::{
    archive::{Access, ArchiveError, Suite, SuiteEvent, SuiteFailure, fetch_suite, kept_suite},
    deb::Control,
    index::{IndexError, RecordId},
    resolve::ResolveError,
    sources::Mirrors,
    trust::{Judgement, Keyring, TrustError},
};
use crate::fetch::Fetcher;

/// What is to be locked.
#[derive(Clone, Copy, Debug)]
pub struct LockRequest<'a> {
    /// The archives of the description.
    pub archives: &'a [Archive],
    /// What hosts and builds ask for, each distinct request once, in the order of the description.
    pub asked: &'a [Asked],
    /// The lock that this one replaces: an archive may not be older than it was, nor change hands, without notice.
    pub previous: Option<&'a Lock>,
    /// Whether to take the archives as they were for that lock, where that is still to be had: what is locked now then
    /// differs from what was locked before by what is asked for, and by nothing else.
    pub as_before: bool,
    /// Which packages of that lock may move.
    pub update: Update<'a>,
    /// Whether to take suites past their `Valid-Until`, for those that are no longer updated.
    pub accept_expired: bool,
    /// How long ago suites may have been made; none: ever.
    pub max_age: Option<Duration>,
}

/// The outside, as making a lock needs it.
pub struct Machine<'a> {
    /// Downloads.
    pub fetcher: &'a Fetcher,
    /// Says where archives are.
    pub mirrors: &'a Mirrors,
    /// The bytes of a keyring by its name in the description; [`keyring_file`](super::trust::keyring_file) is the usual one.
    pub keyring: &'a dyn Fn(&str) -> io::Result<Vec<u8>>,
    /// The time.
    pub now: SystemTime,
    /// A directory that keeps indices, so that the next lock is quick.
    pub cache: Option<&'a Path>,
    /// Debian's name of the architecture; see [`debian_architecture`](super::archive::debian_architecture).
    pub architecture: &'a str,
    /// The control files of locked packages that the archives' indices have no more, by SHA-256, of as many as are still to
    /// be had: what is not here moves.
    pub controls: &'a dyn Fn(&[&LockedPackage]) -> BTreeMap<String, Control>,
    /// Told what is being done.
    pub progress: &'a dyn Fn(Event<'_>),
}

/// What making a lock is doing.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Asks for a suite's Release file.
    Suite {
        /// The archive's name.
        archive: &'a str,
        /// The suite.
        suite: &'a str,
    },
    /// Fetches an index.
    Index {
        /// The archive's name.
        archive: &'a str,
        /// The suite.
        suite: &'a str,
        /// The component.
        component: &'a str,
        /// Bytes so far.
        received: u64,
        /// Bytes in all.
        size: u64,
    },
    /// Has taken a suite from another mirror than the first, since that does not have it as it should be.
    PassedOver {
        /// The archive's name.
        archive: &'a str,
        /// The suite.
        suite: &'a str,
        /// The mirror.
        base: &'a str,
        /// What is wrong there.
        failure: &'a SuiteFailure,
    },
    /// Has left out what a package recommends, since it does not go together with the rest or no suite has it.
    LeftOut {
        /// Whose packages they are.
        by: &'a ClosureOf,
        /// The package.
        package: &'a str,
        /// What it recommends, as it is written.
        recommended: &'a str,
    },
    /// Picks the packages of an archive's hosts.
    Resolve {
        /// The archive's name.
        archive: &'a str,
    },
}

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// An archive that packages are asked for from is not among those given.
    #[error("{who} takes packages from archive `{archive}`, which is not described")]
    NoArchive {
        /// ``host `web` ``.
        who: String,
        /// What it names.
        archive: String,
    },
    /// A keyring cannot be read.
    #[error("cannot read keyring `{keyring}` of archive `{archive}`: {source}")]
    Keyring {
        /// The archive.
        archive: String,
        /// As the description names it.
        keyring: String,
        /// Why.
        source: io::Error,
    },
    /// A keyring holds nothing that helps.
    #[error("keyring `{keyring}` of archive `{archive}` cannot be used: {source}")]
    BadKeyring {
        /// The archive.
        archive: String,
        /// As the description names it.
        keyring: String,
        /// Why.
        source: TrustError,
    },
    /// An archive cannot be used.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// An index cannot be understood.
    #[error("archive `{archive}`: {source}")]
    Index {
        /// The archive.
        archive: String,
        /// Why.
        source: IndexError,
    },
    /// Packages cannot be picked.
    #[error("archive `{archive}`: {source}")]
    Resolve {
        /// The archive.
        archive: String,
        /// Why.
        source: ResolveError,
    },
    /// A version that was published and locked is another file now.
    #[error(
        "`{name}` {version} of archive `{archive}` is another file than the one that is locked: a version that was published does not change"
    )]
    Replaced {
        /// The archive.
        archive: String,
        /// The package.
        name: String,
        /// Its version.
        version: String,
    },
    /// Two archives have different packages of the same name, version and architecture.
    #[error(
        "`{name}` {version} ({architecture}) is one package in archive `{first}` and another in `{second}`"
    )]
    Ambiguous {
        /// The package.
        name: String,
        /// Its version.
        version: String,
        /// Its architecture.
        architecture: String,
        /// An archive.
        first: String,
        /// Another.
        second: String,
    },
}

/// The lock that is replaced, without what is not asked for any more, where it has an answer to everything and nothing is to
/// move: what can be told without asking any archive.
pub fn settled(request: &LockRequest<'_>) -> Option<Lock> {
    keep::all_of(&Keep::of(request)?, request)
}

/// Makes a lock for what is asked for, from the archives as they are now and, where there was one before, with what stays of
/// that.
pub fn make_lock(request: &LockRequest<'_>, machine: &Machine<'_>) -> Result<Lock, LockError> {
    refuse_unknown_archives(request)?;
    if let Some(lock) = settled(request) {
        return Ok(lock);
    }
    let mut keep = Keep::of(request);
    let mut fetched: BTreeMap<&str, Fetched<'_>> = BTreeMap::new();
    loop {
        for archive in request.archives {
            let must_ask = keep.as_ref().is_none_or(|keep| keep.must_ask(archive, request.asked));
            if must_ask && !fetched.contains_key(archive.name.as_str()) {
                let suites = suites(request, machine, archive)?;
                let held = held::texts(keep.as_ref(), archive, &suites, machine)?;
                fetched.insert(&archive.name, Fetched { archive, suites, held });
            }
        }
        if let Some(lock) = attempt(request, machine, &fetched, &mut keep)? {
            return Ok(lock);
        }
    }
}

/// A lock of archives that were asked; none where more has to move than was thought.
fn attempt(
    request: &LockRequest<'_>,
    machine: &Machine<'_>,
    fetched: &BTreeMap<&str, Fetched<'_>>,
    keep: &mut Option<Keep<'_>>,
) -> Result<Option<Lock>, LockError> {
    let mut builder = assemble::Builder::default();
    let mut left_out = Vec::new();
    let Some(homes) = bases(request, machine, fetched, keep, &mut builder)? else { return Ok(None) };
    for asked in request.asked {
        if let Some(keep) = keep
            && let Some(closure) = keep.closure(&asked.packages)
        {
            builder.kept(keep, closure, &asked.by)?;
            continue;
        }
        let archive = asked.packages.archive();
        let home = homes.get(archive).ok_or_else(|| no_archive(asked, archive))?;
        match home.pick(asked, keep.as_ref()) {
            Ok((view, picked)) => {
                builder.picked(view, asked, &picked)?;
                let of = |(id, text): (RecordId, String)| (&asked.by, view.index().record(id).name, text);
                left_out.extend(picked.left_out.into_iter().map(of));
            }
            Err(error) => {
                let names = home.in_the_way(asked, keep.as_ref())?;
                let is_new = keep.as_mut().is_some_and(|keep| keep.release(names));
                return if is_new { Ok(None) } else { Err(error) };
            }
        }
    }
    for (by, package, recommended) in &left_out {
        (machine.progress)(Event::LeftOut { by, package, recommended });
    }
    Ok(Some(builder.finish()))
}

/// Adds the archives and their bases; what hosts choose from, by archive. None where a base has to move that was to stay.
fn bases<'a>(
    request: &LockRequest<'_>,
    machine: &Machine<'_>,
    fetched: &'a BTreeMap<&str, Fetched<'a>>,
    keep: &mut Option<Keep<'_>>,
    builder: &mut assemble::Builder,
) -> Result<Option<BTreeMap<&'a str, Home<'a>>>, LockError> {
    // In the order of the description: messages tell which archives have a package.
    let all: Vec<&Fetched<'_>> =
        request.archives.iter().filter_map(|archive| fetched.get(archive.name.as_str())).collect();
    let mut homes = BTreeMap::new();
    for archive in request.archives {
        let name = &archive.name;
        let Some(found) = fetched.get(name.as_str()) else {
            builder.kept_of(keep.as_ref(), name, request.asked)?;
            continue;
        };
        builder.archive(found);
        (machine.progress)(Event::Resolve { archive: name });
        if let Some(home) = Home::of(found, &all, request, machine.architecture, keep.as_ref())? {
            if let Some(keep) = keep
                && home.own.has_other_base
                && keep.has_other_base(name)
            {
                return Ok(None);
            }
            builder.base(&home.own)?;
            homes.insert(found.archive.name.as_str(), home);
        }
    }
    Ok(Some(homes))
}

fn refuse_unknown_archives(request: &LockRequest<'_>) -> Result<(), LockError> {
    let is_known = |name: &str| request.archives.iter().any(|archive| archive.name == name);
    for asked in request.asked {
        if let Some(unknown) = asked.packages.archives().into_iter().find(|name| !is_known(name)) {
            return Err(no_archive(asked, unknown));
        }
    }
    Ok(())
}

fn no_archive(asked: &Asked, archive: &str) -> LockError {
    LockError::NoArchive { who: asked.by.to_string(), archive: archive.to_owned() }
}

/// The suites of an archive, verified, and no worse than those of the previous lock.
fn suites(
    request: &LockRequest<'_>,
    machine: &Machine<'_>,
    archive: &Archive,
) -> Result<Vec<Suite>, LockError> {
    let keyring = keyring(machine, archive)?;
    let access = Access {
        fetcher: machine.fetcher,
        mirrors: machine.mirrors,
        judgement: Judgement {
            now: machine.now,
            accept_expired: request.accept_expired,
            max_age: request.max_age,
        },
        architecture: machine.architecture,
        cache: machine.cache,
    };
    let mut suites = Vec::new();
    for suite in &archive.suites {
        (machine.progress)(Event::Suite { archive: &archive.name, suite });
        let mut progress = |event: SuiteEvent<'_>| {
            let archive = archive.name.as_str();
            (machine.progress)(match event {
                SuiteEvent::Index(component, received, size) => {
                    Event::Index { archive, suite, component, received, size }
                }
                SuiteEvent::PassedOver(base, failure) => Event::PassedOver { archive, suite, base, failure },
            });
        };
        let recorded = recorded(request, archive, suite);
        let before = recorded.filter(|_| request.as_before);
        let kept = before.and_then(|suite| kept_suite(&access, archive, suite, &keyring, &mut progress));
        suites.push(match kept {
            Some(kept) => kept,
            None => fetch_suite(&access, archive, suite, &keyring, recorded, &mut progress)?,
        });
    }
    Ok(suites)
}

fn keyring(machine: &Machine<'_>, archive: &Archive) -> Result<Keyring, LockError> {
    let (name, file) = (archive.name.clone(), archive.signed_by.clone());
    match (machine.keyring)(&archive.signed_by) {
        Err(source) => Err(LockError::Keyring { archive: name, keyring: file, source }),
        Ok(bytes) => Keyring::read(&bytes).map_err(|source| LockError::BadKeyring {
            archive: name,
            keyring: file,
            source,
        }),
    }
}

/// What the previous lock says of a suite.
fn recorded<'a>(request: &LockRequest<'a>, archive: &Archive, suite: &str) -> Option<&'a LockedSuite> {
    let previous = request.previous.and_then(|lock| lock.archive(&archive.name));
    // Another keyring is a decision of the description's, and then its signers are others.
    previous.filter(|locked| locked.signed_by == archive.signed_by)?.suite(suite)
}

#[cfg(test)]
mod tests;
