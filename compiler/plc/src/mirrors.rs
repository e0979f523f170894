//! The network: which mirrors this machine uses, and downloads for builders.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use plc_build::{
    debian::{
        date,
        sources::{Mirrors, Sources},
    },
    fetch::{Fetcher, Sink},
    job::{Source, SourceError},
};
use plc_lang::topology::Archive;
use plc_plan::{
    derivation::{Download, Fetch},
    lock::Lock,
};

use crate::{project::Project, vendor::Vendor};

/// Options of commands that may use the network.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct NetworkArgs {
    /// The Debian mirror to use [default: the one of this machine's apt sources]
    #[arg(long, env = "PLC_MIRROR", value_name = "URL")]
    mirror: Option<String>,
    /// An archive of archives, asked last: where they are to be had as they were at a time, which goes behind the URL as
    /// `/20260711T101637Z`
    #[arg(long, env = "PLC_SNAPSHOT", value_name = "URL")]
    snapshot: Option<String>,
    /// Use no network: what is not in the store yet is an error
    #[arg(long)]
    pub offline: bool,
}

impl NetworkArgs {
    /// Whether the network must not be used.
    pub(crate) fn is_offline(&self) -> bool {
        self.offline
    }
}

/// The most that a download of a description may be, in bytes, when nothing is known of it but its hash.
const DOWNLOAD_MAX: u64 = 16 << 30;

/// Downloads at a time. More hardly helps, and mirrors frown on it.
pub(crate) const DOWNLOADS: usize = 6;

/// Where this machine's apt is configured.
const APT: &str = "/etc/apt";

/// Fetches for builders.
pub(crate) struct Network {
    archives: Vec<Archive>,
    project: PathBuf,
    vendor: Vendor,
    /// Of the Release files of suites, by archive and suite.
    dates: BTreeMap<(String, String), SystemTime>,
    args: NetworkArgs,
    fetcher: Fetcher,
    /// Found when the first download asks: a build with nothing to fetch needs no mirror.
    mirrors: std::sync::OnceLock<Result<Mirrors, String>>,
}

impl Network {
    /// For the archives of a description, which were of the dates that a lock says.
    pub(crate) fn new(archives: &[Archive], lock: &Lock, project: &Project, args: &NetworkArgs) -> Self {
        let dates = lock.archives.iter().flat_map(|archive| {
            archive.suites.iter().filter_map(|suite| {
                let dated = date::parse_lock(&suite.date)?;
                Some(((archive.name.clone(), suite.suite.clone()), dated))
            })
        });
        Self {
            dates: dates.collect(),
            archives: archives.to_owned(),
            project: project.directory.clone(),
            vendor: Vendor::of(&project.entry),
            args: args.clone(),
            fetcher: Fetcher::default(),
            mirrors: std::sync::OnceLock::new(),
        }
    }

    /// Where a file of an archive may be: at its mirrors, and last in a snapshot of the time of the lock.
    fn elsewhere(&self, file: &Fetch) -> Result<Vec<String>, SourceError> {
        let archive =
            self.archives.iter().find(|archive| *archive.name == *file.archive).ok_or_else(|| {
                SourceError::NoMirror(format!("the description has no archive `{}`", file.archive))
            })?;
        let mirrors = self.mirrors()?;
        let dated = self.dates.get(&(file.archive.to_string(), file.suite.to_string()));
        let snapshots = dated.map(|dated| mirrors.snapshots(&file.suite, *dated)).unwrap_or_default();
        let bases = match mirrors.urls(archive, &file.suite) {
            Ok(bases) => bases,
            Err(error) if snapshots.is_empty() => return Err(SourceError::NoMirror(error.to_string())),
            Err(_) => Vec::new(),
        };
        Ok(bases.iter().chain(&snapshots).map(|base| format!("{base}/{}", file.path)).collect())
    }

    fn mirrors(&self) -> Result<&Mirrors, SourceError> {
        self.mirrors
            .get_or_init(|| find_mirrors(&self.project, &self.args).map_err(|error| error.to_string()))
            .as_ref()
            .map_err(|text| SourceError::NoMirror(text.clone()))
    }
}

/// The mirrors that options, the environment and apt's configuration name.
///
/// # Errors
/// When that configuration cannot be read, or a mirror is none.
pub(crate) fn find_mirrors(project: &Path, args: &NetworkArgs) -> io::Result<Mirrors> {
    for given in [&args.mirror, &args.snapshot].into_iter().flatten() {
        if let Some((scheme, _)) = given.split_once(':')
            && !scheme.contains('/')
            && !["http", "https", "file"].contains(&scheme)
        {
            return Err(io::Error::other(format!(
                "a mirror is an http, https or file URL or a path, and not `{scheme}:`"
            )));
        }
    }
    let project = std::path::absolute(project)?;
    let sources = match Sources::read(Path::new(APT)) {
        Ok(sources) => sources,
        // With a mirror named, apt's configuration is of no interest.
        Err(_) if args.mirror.is_some() => Sources::default(),
        Err(error) => return Err(io::Error::other(error.to_string())),
    };
    let given = |url: &Option<String>| url.clone().filter(|url| !url.is_empty());
    Ok(Mirrors { explicit: given(&args.mirror), snapshot: given(&args.snapshot), project, sources })
}

impl Source for Network {
    fn fetch(&self, file: &Fetch, to: &mut dyn Sink, received: &dyn Fn(u64)) -> Result<(), SourceError> {
        // What is kept beside the project is asked first, and is no more trusted than a mirror.
        let mut urls: Vec<String> =
            self.vendor.url_of_package(&file.archive, &file.path).into_iter().collect();
        let elsewhere = if self.args.offline { Err(SourceError::Offline) } else { self.elsewhere(file) };
        match elsewhere {
            Ok(more) => urls.extend(more),
            Err(error) if urls.is_empty() => return Err(error),
            Err(_) => {}
        }
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
        let mut urls: Vec<String> = self.vendor.url_of_download(&file.sha256).into_iter().collect();
        if !self.args.offline || file.url.starts_with("file://") {
            urls.push(file.url.clone());
        }
        if urls.is_empty() {
            return Err(SourceError::Offline);
        }
        let mut progress = increments(received);
        self.fetcher
            .fetch_hashed(&urls, &file.sha256, DOWNLOAD_MAX, to, &mut progress)
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
