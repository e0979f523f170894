//! The network: which mirrors this machine uses, and downloads for builders.

use std::{
    io,
    path::{Path, PathBuf},
};

use plc_build::{
    debian::sources::{Mirrors, Sources},
    fetch::{Fetcher, Sink},
    job::{Source, SourceError},
};
use plc_lang::topology::Archive;
use plc_plan::derivation::{Download, Fetch};

use crate::{project::Project, vendor::Vendor};

/// Options of commands that may use the network.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct NetworkArgs {
    /// The Debian mirror to use [default: the one of this machine's apt sources]
    #[arg(long, env = "PLC_MIRROR", value_name = "URL")]
    mirror: Option<String>,
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
    args: NetworkArgs,
    fetcher: Fetcher,
    /// Found when the first download asks: a build with nothing to fetch needs no mirror.
    mirrors: std::sync::OnceLock<Result<Mirrors, String>>,
}

impl Network {
    /// For the archives of a description.
    pub(crate) fn new(archives: &[Archive], project: &Project, args: &NetworkArgs) -> Self {
        Self {
            archives: archives.to_owned(),
            project: project.directory.clone(),
            vendor: Vendor::of(&project.entry),
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

/// The mirrors that options, the environment and apt's configuration name.
///
/// # Errors
/// When that configuration cannot be read, or a mirror is none.
pub(crate) fn find_mirrors(project: &Path, args: &NetworkArgs) -> io::Result<Mirrors> {
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
        // What is kept beside the project is asked first, and is no more trusted than a mirror.
        let mut urls: Vec<String> =
            self.vendor.url_of_package(&file.archive, &file.path).into_iter().collect();
        if self.args.offline && urls.is_empty() {
            return Err(SourceError::Offline);
        }
        let fetch = |urls: &[String], to: &mut dyn Sink| {
            let mut progress = increments(received);
            let fetched = self.fetcher.fetch_verified(urls, &file.sha256, file.size, to, &mut progress);
            fetched.map_err(SourceError::Fetch)
        };
        if self.args.offline {
            return fetch(&urls, to);
        }
        let archive =
            self.archives.iter().find(|archive| *archive.name == *file.archive).ok_or_else(|| {
                SourceError::NoMirror(format!("the description has no archive `{}`", file.archive))
            })?;
        let bases = self
            .mirrors()?
            .urls(archive, &file.suite)
            .map_err(|error| SourceError::NoMirror(error.to_string()))?;
        urls.extend(bases.iter().map(|base| format!("{base}/{}", file.path)));
        fetch(&urls, to)
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
