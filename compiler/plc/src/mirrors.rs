//! The network: which mirrors this machine uses, downloads for builders, and making a lock from what mirrors have.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use plc_build::{
    debian::{
        archive::{ArchiveError, SuiteFailure},
        lock::{Event, HostRequest, LockError, LockRequest, Machine as LockMachine, make_lock},
        sources::{Mirrors, Sources},
        trust::{TrustError, keyring_file},
    },
    fetch::{Fetcher, Sink},
    job::{Source, SourceError},
};
use plc_lang::topology::{Archive, Topology};
use plc_plan::{
    derivation::{Download, Fetch},
    lock::Lock,
    sources::builds_of,
};

use crate::{
    exit::CliError,
    machine::{self, Machine},
    progress::Progress,
    project::Project,
    render::{self, Terminal},
    sources,
};

/// Options of commands that may use the network.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct NetworkArgs {
    /// The Debian mirror to use [default: the one of this machine's apt sources]
    #[arg(long, env = "PLC_MIRROR", value_name = "URL")]
    mirror: Option<String>,
    /// Use no network: what is not in the store yet is an error
    #[arg(long)]
    offline: bool,
}

impl NetworkArgs {
    /// Whether the network must not be used.
    pub(crate) fn is_offline(&self) -> bool {
        self.offline
    }
}

/// The most that a download of a description may be, in bytes, when nothing is known of it but its hash.
const DOWNLOAD_MAX: u64 = 16 << 30;

/// Where this machine's apt is configured.
const APT: &str = "/etc/apt";

/// Fetches for builders.
pub(crate) struct Network {
    archives: Vec<Archive>,
    project: PathBuf,
    args: NetworkArgs,
    fetcher: Fetcher,
    /// Found when the first download asks: a build with nothing to fetch needs no mirror.
    mirrors: std::sync::OnceLock<Result<Mirrors, String>>,
}

impl Network {
    /// For the archives of a topology.
    pub(crate) fn new(topology: &Topology, project: &Path, args: &NetworkArgs) -> Self {
        Self {
            archives: topology.archives.clone(),
            project: project.to_owned(),
            args: args.clone(),
            fetcher: Fetcher::default(),
            mirrors: std::sync::OnceLock::new(),
        }
    }

    fn mirrors(&self) -> Result<&Mirrors, SourceError> {
        self.mirrors
            .get_or_init(|| find_mirrors(&self.project, &self.args).map_err(|error| error.to_string()))
            .as_ref()
            .map_err(|text| SourceError::NoMirror(text.clone()))
    }
}

fn find_mirrors(project: &Path, args: &NetworkArgs) -> io::Result<Mirrors> {
    if let Some((scheme, _)) = args.mirror.as_deref().and_then(|mirror| mirror.split_once(':'))
        && !scheme.contains('/')
        && !["http", "https", "file"].contains(&scheme)
    {
        return Err(io::Error::other(format!(
            "a mirror is an http, https or file URL or a path, and not `{scheme}:`"
        )));
    }
    let project = std::path::absolute(project)?;
    let sources = match Sources::read(Path::new(APT)) {
        Ok(sources) => sources,
        // With a mirror named, apt's configuration is of no interest.
        Err(_) if args.mirror.is_some() => Sources::default(),
        Err(error) => return Err(io::Error::other(error.to_string())),
    };
    Ok(Mirrors { explicit: args.mirror.clone().filter(|mirror| !mirror.is_empty()), project, sources })
}

impl Source for Network {
    fn fetch(&self, file: &Fetch, to: &mut dyn Sink, received: &dyn Fn(u64)) -> Result<(), SourceError> {
        if self.args.offline {
            return Err(SourceError::Offline);
        }
        let archive = self.archives.iter().find(|archive| archive.name == file.archive).ok_or_else(|| {
            SourceError::NoMirror(format!("the description has no archive `{}`", file.archive))
        })?;
        let bases = self
            .mirrors()?
            .urls(archive, &file.suite)
            .map_err(|error| SourceError::NoMirror(error.to_string()))?;
        let urls: Vec<String> = bases.iter().map(|base| format!("{base}/{}", file.path)).collect();
        let mut progress = increments(received);
        self.fetcher
            .fetch_verified(&urls, &file.sha256, file.size, to, &mut progress)
            .map_err(SourceError::Fetch)
    }

    fn download(
        &self,
        file: &Download,
        to: &mut dyn Sink,
        received: &dyn Fn(u64),
    ) -> Result<(), SourceError> {
        if self.args.offline && !file.url.starts_with("file://") {
            return Err(SourceError::Offline);
        }
        let mut progress = increments(received);
        self.fetcher
            .fetch_hashed(&file.url, &file.sha256, DOWNLOAD_MAX, to, &mut progress)
            .map_err(SourceError::Fetch)
    }
}

/// Tells what has come anew, of a number that grows.
fn increments(received: &dyn Fn(u64)) -> impl FnMut(u64) {
    let mut told = 0;
    move |so_far: u64| {
        received(so_far.saturating_sub(told));
        told = so_far;
    }
}

/// The lock of a project; makes it where there is none.
///
/// # Errors
/// When it cannot be read, or cannot be made, or may not be.
pub(crate) fn lock_of(
    project: &Project,
    topology: &Topology,
    machine: &Machine,
    args: &NetworkArgs,
    locked: bool,
    progress: &Progress<'_>,
    terminal: &Terminal,
) -> Result<Lock, CliError> {
    if let Some(lock) = project.lock()? {
        return Ok(lock);
    }
    let path = project.lock_path();
    if locked {
        return Err(CliError::user(format!("there is no lock at {}", path.display()))
            .help("make it with `plc lock`, or leave out `--locked`"));
    }
    let lock = make(project, topology, machine, args, None, false, progress)?;
    write(&path, &lock)?;
    let packages = render::count(lock.packages.len(), "package", "packages");
    terminal.status("Locked", format!("{packages} in {}", path.display()));
    Ok(lock)
}

/// Makes a lock from what the archives have now.
///
/// # Errors
/// When an archive cannot be reached or trusted, or the packages cannot be had together.
pub(crate) fn make(
    project: &Project,
    topology: &Topology,
    machine: &Machine,
    args: &NetworkArgs,
    previous: Option<&Lock>,
    accept_expired: bool,
    progress: &Progress<'_>,
) -> Result<Lock, CliError> {
    if args.offline {
        return Err(CliError::user("a lock cannot be made with `--offline`")
            .help("which versions there are is for the archive to say: leave out `--offline` once"));
    }
    let tools = builds_of(topology).into_iter().filter(|build| !build.packages.is_empty()).map(|build| {
        let wants = plc_plan::tools_wants(build);
        HostRequest { name: "a build".into(), archive: build.archive.clone(), wants, is_tools: true }
    });
    let hosts: Vec<HostRequest> = topology
        .hosts
        .iter()
        .map(|host| HostRequest {
            name: host.name.clone(),
            archive: host.archive.clone(),
            wants: plc_plan::wants(host),
            is_tools: false,
        })
        .chain(tools)
        .collect();
    let request = LockRequest { archives: &topology.archives, hosts: &hosts, previous, accept_expired };
    let mirrors = find_mirrors(&project.directory, args)
        .map_err(|error| CliError::user("no mirror can be used").because_of(&error))?;
    let cache = machine.store.indices();
    let fetcher = Fetcher::default();
    let outside = LockMachine {
        fetcher: &fetcher,
        mirrors: &mirrors,
        keyring: &|name| keyring_file(name, &project.directory),
        now: SystemTime::now(),
        cache: Some(&cache),
        architecture: machine::platform()?,
        progress: &|event| show(event, progress),
    };
    let lock = make_lock(&request, &outside);
    let lock = lock.map_err(|error| lock_error(&error)).and_then(|lock| {
        let sources = sources::resolve(project, topology, machine, args, progress)?;
        Ok(Lock { sources, ..lock })
    });
    progress.finish();
    lock
}

fn show(event: Event<'_>, progress: &Progress<'_>) {
    match event {
        Event::Suite { archive, suite } => progress.say("Asking", &format!("{archive} for {suite}")),
        Event::Index { suite, component, received, size, .. } => {
            let (received, size) = (render::bytes(received), render::bytes(size));
            progress.say("Fetching", &format!("index of {suite} {component}, {received} of {size}"));
        }
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
            told.help(attempts.last().map_or(ANOTHER_MIRROR, |(_, failure)| suite_help(failure)))
        }
        LockError::Older { .. } | LockError::Index { .. } => CliError::build("the lock was not made")
            .because_of(error)
            .help(ANOTHER_MIRROR),
        // These say themselves what to do.
        LockError::Archive(ArchiveError::NoMirror(_)) | LockError::OtherSigners { .. } => {
            CliError::build("the lock was not made").because_of(error)
        }
    }
}

const ANOTHER_MIRROR: &str = "try again later, or another mirror with `--mirror URL`";

/// What to do about a suite that cannot be used.
fn suite_help(failure: &SuiteFailure) -> &'static str {
    match failure {
        SuiteFailure::Trust(TrustError::Expired { .. }) => {
            "try another mirror with `--mirror URL`; a suite that is no longer updated is taken with `plc lock --accept-expired`"
        }
        SuiteFailure::Trust(TrustError::Future { .. }) => "set this machine's clock",
        SuiteFailure::Trust(_) => {
            "only what the archive has signed is used: try another mirror with `--mirror URL`; whose signature counts is for `signed_by` to say"
        }
        SuiteFailure::NoIndex { .. } => "does the description name the right components?",
        SuiteFailure::Fetch(_) | SuiteFailure::BrokenIndex { .. } => ANOTHER_MIRROR,
    }
}

/// Writes a lock in one step: whoever reads it sees the old one or the new one.
///
/// # Errors
/// When the directory cannot be written.
pub(crate) fn write(path: &Path, lock: &Lock) -> Result<(), CliError> {
    let failed =
        |error: io::Error| CliError::user(format!("cannot write {}", path.display())).because_of(&error);
    let fresh = path.with_extension(format!("lock.{}", std::process::id()));
    let written = || {
        let mut file = fs::File::create(&fresh)?;
        file.write_all(lock.write().as_bytes())?;
        // The name must not reach the disk before the content.
        file.sync_all()?;
        fs::rename(&fresh, path)
    };
    let written = written();
    written.map_err(|error| {
        let _ = fs::remove_file(&fresh);
        failed(error)
    })
}
