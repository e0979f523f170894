//! Runs one builder: from a request to a realisation. Knows nothing of the graph.

mod environment;
mod files;
mod kernel;
mod package;
mod rootfs;
mod run;
mod shared;
#[cfg(test)]
mod tests;
mod tree;

use std::io;

use plc_plan::derivation::{Builder, Download, Fetch, ImageArguments, ImageFormat, Role};
use plc_store::{BlobWriter, DerivationHash, Output, Realisation, Store, StoreError, Tree};

use crate::{
    debian::deb::DebError,
    fetch::{FetchError, Sink},
    image::{self, ImageError},
    progress::Observer,
    request::Request,
    rootfs::RootfsError,
    sandbox::{Runner, SandboxError},
    source::ArchiveError,
};

pub use environment::manifest;
pub use shared::Shared;

/// What a builder may use of the outside.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Where inputs are and outputs go.
    pub store: &'a Store,
    /// Where programs run.
    pub runner: &'a dyn Runner,
    /// Where files come from that are not here.
    pub source: &'a dyn Source,
}

/// Fetches files, by hash.
pub trait Source: Sync {
    /// Writes a file to `to`, and tells `received` how many more bytes have come.
    ///
    /// # Errors
    /// When no mirror has the right bytes; what `to` holds is to be discarded then.
    fn fetch(&self, file: &Fetch, to: &mut dyn Sink, received: &dyn Fn(u64)) -> Result<(), SourceError>;

    /// Writes a file that is in no archive of packages to `to`, and tells `received` how many more bytes have come.
    ///
    /// # Errors
    /// When the right bytes are not where they should be; what `to` holds is to be discarded then.
    fn download(&self, file: &Download, to: &mut dyn Sink, received: &dyn Fn(u64))
    -> Result<(), SourceError>;
}

/// Why a file could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It is not in the store, and the network is not to be used.
    #[error("it is not in the store, and `--offline` forbids to fetch it")]
    Offline,
    /// Nobody says where to fetch from.
    #[error("{0}")]
    NoMirror(String),
    /// No mirror had it.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

/// Why a builder failed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The download failed.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The download of a file that is in no archive of packages failed.
    #[error(transparent)]
    Download(SourceError),
    /// The file cannot be unpacked.
    #[error("the file {0}")]
    Archive(#[from] ArchiveError),
    /// The package is no Debian package.
    #[error(transparent)]
    Deb(#[from] DebError),
    /// The image could not be written.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// A package's or a root file system's description of packages cannot be read.
    #[error("the description of a package {0}")]
    Control(String),
    /// The package is not the one that the lock names.
    #[error("the file is package `{found}`, and the lock names `{locked}`")]
    OtherPackage {
        /// What the control file says.
        found: String,
        /// What the lock says.
        locked: String,
    },
    /// The root file system could not be made.
    #[error(transparent)]
    Rootfs(#[from] RootfsError),
    /// The sandbox could not be set up.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// A check did not succeed.
    #[error("the check `{command}` failed: {reason}")]
    Check {
        /// The command line.
        command: String,
        /// `exit status 1`.
        reason: String,
    },
    /// A command did not succeed.
    #[error("command {number} of {of}, `{}`, failed: {reason}", first_line(command))]
    Command {
        /// Its place among the commands, from 1.
        number: usize,
        /// How many commands there are.
        of: usize,
        /// The command.
        command: String,
        /// `exit status 1`.
        reason: String,
    },
    /// The commands have left nothing.
    #[error("all commands succeeded, and {}", no_output(path, *is_there))]
    NoOutput {
        /// The directory that should be the result; empty for all of it.
        path: String,
        /// Whether the directory is there.
        is_there: bool,
    },
    /// The commands have left something that no result can hold.
    #[error("all commands succeeded, and `{path}` of their result is a named pipe or a device")]
    OutputKind {
        /// Where, in the result.
        path: String,
    },
    /// A kernel cannot be booted as virtual machines are.
    #[error("no virtual machine can boot this kernel: {0}")]
    Kernel(String),
    /// A path that no tree can hold.
    #[error("`{path}` cannot be in a tree: {why}")]
    Path {
        /// The path.
        path: String,
        /// What is wrong with it.
        why: plc_store::tree::BadPath,
    },
    /// Entries that are not a tree.
    #[error(transparent)]
    Tree(#[from] plc_store::tree::BadTree),
    /// A file of the build's own could not be written.
    #[error("cannot {action}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Something could not be written as JSON.
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// An input is missing or of the wrong kind: the derivation was not made by this program.
    #[error("the derivation lacks a usable `{0}` input")]
    Input(Role),
    /// The program itself is at fault.
    #[error("the builder has a fault of its own: {0}")]
    Panicked(String),
    /// What it goes on from was tried by another builder of this build, and has failed there.
    #[error("the packages that it goes on from cannot be installed: `plc log {0}` says why")]
    Elsewhere(DerivationHash),
    /// Built again, it came to something else.
    #[error("built again, it came to {} instead of {}: it is not reproducible", output(now), output(before))]
    Differs {
        /// What the store has.
        before: Output,
        /// What came now.
        now: Output,
    },
}

/// What of a command is told: scripts can be long.
fn first_line(command: &str) -> String {
    let mut lines = command.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default().trim();
    if lines.next().is_some() { format!("{first} …") } else { first.to_owned() }
}

fn no_output(path: &str, is_there: bool) -> String {
    match (path, is_there) {
        ("", _) => "nothing is left".to_owned(),
        (path, true) => format!("the directory `{path}` is empty"),
        (path, false) => format!("there is no directory `{path}`"),
    }
}

fn output(output: &Output) -> String {
    match output {
        Output::Blob { digest, .. } => format!("blob {}", digest.short()),
        Output::Tree(digest) => format!("tree {}", digest.short()),
    }
}

impl JobError {
    /// Whether a program ran and its log may say more.
    pub fn has_log(&self) -> bool {
        matches!(
            self,
            Self::Check { .. }
                | Self::Rootfs(RootfsError::Step { .. })
                | Self::Command { .. }
                | Self::NoOutput { .. }
                | Self::OutputKind { .. }
        )
    }

    /// Whether the disk, or the user's share of it, is full: whoever wrote to it, and however deep that lies.
    pub fn is_full(&self) -> bool {
        if let Self::Sandbox(error) = self {
            return error.is_full();
        }
        let mut next: Option<&dyn std::error::Error> = Some(self);
        while let Some(error) = next {
            let kind = error.downcast_ref().map(io::Error::kind);
            if matches!(kind, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
                || error.downcast_ref().is_some_and(SandboxError::is_full)
            {
                return true;
            }
            next = error.source();
        }
        false
    }

    /// What to do about it, where that can be said.
    pub fn help(&self) -> Option<String> {
        match self {
            _ if self.is_full() => Some(DISK_FULL.into()),
            // Not the mirror is to blame.
            Self::Source(SourceError::Fetch(FetchError::Write(_)))
            | Self::Download(SourceError::Fetch(FetchError::Write(_))) => None,
            Self::Download(SourceError::Fetch(_)) => {
                Some("is that still where the file is, and does `sha256` say what it should be?".into())
            }
            Self::Source(SourceError::Fetch(_)) => {
                Some("try another mirror with `--mirror URL`; a version that the archive no longer has is in a snapshot archive (`--snapshot URL`), or needs `plc lock --update`".into())
            }
            Self::Kernel(_) => Some(
                "`kernel` names a package of Debian for virtual machines, such as `linux-image-cloud-amd64`".into(),
            ),
            Self::Source(SourceError::Offline) | Self::Download(SourceError::Offline) => Some("leave out `--offline` once".into()),
            _ => None,
        }
    }
}

/// What to do about a full disk.
pub const DISK_FULL: &str =
    "the disk is full: free some space and run the same command again, nothing is lost";

/// Runs the builder of a request.
///
/// # Errors
/// When it fails; nothing of it counts then.
pub fn run(
    request: &Request,
    context: &Context<'_>,
    shared: &Shared<'_>,
    observer: &dyn Observer,
) -> Result<Realisation, JobError> {
    let mut layers = Vec::new();
    let output = match &request.derivation.builder {
        Builder::Fetch(file) => package::fetch(file, context, observer)?,
        Builder::Unpack(locked) => package::unpack(locked, request, context)?,
        Builder::Tree(arguments) => tree::run(arguments, context.store)?,
        Builder::Rootfs(arguments) => {
            let made = rootfs::run(arguments, request, context, shared)?;
            layers = made.layers;
            made.output
        }
        Builder::Check(arguments) => rootfs::check(arguments, request, context)?,
        Builder::Layer => write_layer(request, context.store)?,
        Builder::Kernel => kernel::run(request, context.store)?,
        Builder::Image(arguments) => write_image(arguments, request, context)?,
        Builder::Environment(arguments) => {
            let roots: Vec<&Realisation> = request.inputs_as(Role::Root).collect();
            environment::run(arguments, &roots, context.store)?
        }
        Builder::Source(arguments) => files::source(arguments, context.store)?,
        Builder::Download(file) => files::download(file, context, observer)?,
        Builder::Extract(what) => files::extract(what, request, context.store)?,
        Builder::Run(arguments) => run::run(arguments, request, context)?,
    };
    Ok(Realisation { resolved: request.resolved(), derivation: request.hash, output, layers })
}

fn write_image(
    arguments: &ImageArguments,
    request: &Request,
    context: &Context<'_>,
) -> Result<Output, JobError> {
    let store = context.store;
    let write: fn(&Tree, &Store, &mut BlobWriter<'_>) -> Result<(), ImageError> = match arguments.format {
        ImageFormat::Oci => {
            let layers = request.trees(Role::Layer).map(|layer| store.read_tree(&layer));
            let layers = layers.collect::<Result<Vec<_>, _>>()?;
            let image = image::oci::image(&layers, &request.derivation.platform, store)?;
            return Ok(Output::Tree(store.put_tree(&image)?));
        }
        ImageFormat::Tar => |tree, store, to| image::tar::write(tree, store, to),
        ImageFormat::Squashfs => |tree, store, to| image::squashfs::write(tree, store, to),
        ImageFormat::Ext4 => |tree, store, to| image::ext4::write(tree, store, to),
    };
    let root = request.trees(Role::Root).next().ok_or(JobError::Input(Role::Root))?;
    let mut writer = store.blob_writer()?;
    write(&store.read_tree(&root)?, store, &mut writer)?;
    let (digest, size) = writer.finish()?;
    Ok(Output::Blob { digest, size })
}

fn write_layer(request: &Request, store: &Store) -> Result<Output, JobError> {
    let root = request.trees(Role::Root).next().ok_or(JobError::Input(Role::Root))?;
    let below = request.trees(Role::Base).next().map(|below| store.read_tree(&below)).transpose()?;
    let layer = image::oci::layer(&store.read_tree(&root)?, below.as_ref(), store)?;
    Ok(Output::Tree(store.put_tree(&layer)?))
}
