//! Making a lock from what mirrors have, with its errors as a person is told them.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use plc_build::{
    debian::{
        archive::{ArchiveError, SuiteFailure},
        deb::Control,
        lock::{Event, LockError, LockRequest, Machine as LockMachine, Update, make_lock, settled},
        trust::{TrustError, keyring_file},
    },
    fetch::Fetcher,
};
use plc_lang::topology::Archive;
use plc_plan::{
    lock::{Lock, LockedPackage},
    request::Asked,
};

use super::Locking;
use crate::{
    exit::CliError,
    files::Files,
    machine,
    mirrors::{Network, find_mirrors},
    progress::Progress,
    render::{self, Terminal},
};

/// What is to be locked.
pub(super) struct Wanted<'a> {
    pub(super) archives: &'a [Archive],
    pub(super) asked: &'a [Asked],
    pub(super) previous: Option<&'a Lock>,
    pub(super) as_before: bool,
    pub(super) update: Update<'a>,
    pub(super) accept_expired: bool,
    pub(super) max_age: Option<Duration>,
}

/// The archives that requests name.
pub(super) fn drawn_from(asked: &[Asked], archives: &[Archive]) -> Vec<Archive> {
    let named: Vec<&str> = asked.iter().flat_map(|asked| asked.packages.archives()).collect();
    archives.iter().filter(|archive| named.contains(&archive.name.as_str())).cloned().collect()
}

impl Locking<'_> {
    /// Makes a lock from what the archives have now, where what is there already is not enough.
    pub(super) fn make(&self, wanted: &Wanted<'_>) -> Result<Lock, CliError> {
        let Wanted { archives, asked, previous, as_before, update, accept_expired, max_age } = *wanted;
        let request = LockRequest { archives, asked, previous, as_before, update, accept_expired, max_age };
        if let Some(lock) = settled(&request) {
            return Ok(lock);
        }
        if self.network.offline {
            return Err(CliError::user("a lock cannot be made with `--offline`")
                .help("which versions there are is for the archive to say: leave out `--offline` once"));
        }
        let directory = &self.project.directory;
        let mirrors = find_mirrors(directory, self.network)
            .map_err(|error| CliError::user("no mirror can be used").because_of(&error))?;
        let cache = self.machine.store.indices();
        let fetcher = Fetcher::default();
        let outside = LockMachine {
            fetcher: &fetcher,
            mirrors: &mirrors,
            keyring: &|name| keyring_file(name, directory),
            now: SystemTime::now(),
            cache: Some(&cache),
            architecture: machine::platform()?,
            controls: &|packages| self.controls(packages, archives, previous),
            progress: &|event| show(event, self.progress, self.terminal),
        };
        let lock = make_lock(&request, &outside);
        self.progress.finish();
        lock.map_err(|error| lock_error(&error))
    }

    /// What the control files of locked packages say, as many as are to be had: those of the store, and what mirrors still
    /// have although their indices do not name it any more.
    fn controls(
        &self,
        packages: &[&LockedPackage],
        archives: &[Archive],
        previous: Option<&Lock>,
    ) -> BTreeMap<String, Control> {
        let none = Lock::default();
        let network = Network::new(archives, previous.unwrap_or(&none), self.project, self.network);
        let files = Files::debs(packages, self.machine, &network, self.progress);
        files.map_or_else(|_| BTreeMap::new(), |files| files.controls(packages))
    }
}

fn show(event: Event<'_>, progress: &Progress<'_>, terminal: &Terminal) {
    match event {
        Event::Suite { archive, suite } => progress.say("Asking", &format!("{archive} for {suite}")),
        Event::Index { suite, component, received, size, .. } => {
            let (received, size) = (render::bytes(received), render::bytes(size));
            progress.say("Fetching", &format!("index of {suite} {component}, {received} of {size}"));
        }
        Event::PassedOver { archive, suite, base, failure } => {
            terminal.note(format!(
                "suite `{suite}` of archive `{archive}` is not taken from `{base}`: {failure}"
            ));
        }
        Event::LeftOut { by, package, recommended } => terminal.note(format!(
            "{by} does without `{recommended}`, which `{package}` recommends: it does not go with the rest, or is nowhere to be had"
        )),
        Event::Resolve { archive } => progress.say("Resolving", &format!("packages of {archive}")),
    }
}

/// What the user can change is the user's error; what the network or the archive does is the build's.
fn lock_error(error: &LockError) -> CliError {
    match error {
        LockError::NoArchive { .. } | LockError::Resolve { .. } | LockError::Ambiguous { .. } => {
            CliError::user("the packages cannot be had").because_of(error)
        }
        LockError::Keyring { .. } | LockError::BadKeyring { .. } => {
            CliError::user("the archive cannot be trusted").because_of(error).help(
                "install the package with that keyring (Debian's is `debian-archive-keyring`), or name a file of the project in `signed_by`",
            )
        }
        LockError::Archive(ArchiveError::Unusable { attempts, .. }) => {
            let told = CliError::build("the lock was not made").because_of(error);
            told.help_if(attempts.last().map_or(Some(ANOTHER_MIRROR), |(_, failure)| suite_help(failure)))
        }
        LockError::Replaced { name, .. } => {
            let take = format!("try another mirror with `--mirror URL`; where it is right, `plc lock --update {name}` takes it");
            CliError::build("the lock was not made").because_of(error).help(take)
        }
        LockError::Index { .. } => CliError::build("the lock was not made")
            .because_of(error)
            .help(ANOTHER_MIRROR),
        // These say themselves what to do.
        LockError::Archive(ArchiveError::NoMirror(_)) => {
            CliError::build("the lock was not made").because_of(error)
        }
    }
}

const ANOTHER_MIRROR: &str = "try again later, or another mirror with `--mirror URL`";

/// What to do about a suite that cannot be used.
fn suite_help(failure: &SuiteFailure) -> Option<&'static str> {
    Some(match failure {
        SuiteFailure::Trust(TrustError::Expired { .. }) => {
            "try another mirror with `--mirror URL`; a suite that is no longer updated is taken with `plc lock --accept-expired`"
        }
        SuiteFailure::Trust(TrustError::TooOld { .. }) => {
            "try another mirror with `--mirror URL`; a suite that changes seldom takes a greater `--max-age`"
        }
        SuiteFailure::Trust(TrustError::Future { .. }) => "set this machine's clock",
        SuiteFailure::Trust(_) => {
            "only what the archive has signed is used: try another mirror with `--mirror URL`; whose signature counts is for `signed_by` to say"
        }
        SuiteFailure::NoIndex { .. } => "does the description name the right components?",
        SuiteFailure::Fetch(_) | SuiteFailure::BrokenIndex { .. } | SuiteFailure::Older { .. } => {
            ANOTHER_MIRROR
        }
        // It says itself what to do.
        SuiteFailure::OtherSigners { .. } => return None,
    })
}
