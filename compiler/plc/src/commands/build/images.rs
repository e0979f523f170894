//! Root file systems written out on demand.

use std::{fs, path::Path};

use plc_build::{sandbox::Sandbox, schedule::Built};
use plc_plan::{Lowered, LoweredHost, derivation::ImageFormat};
use plc_store::{BlobDigest, Output, Realisation, Store};

use super::{layout, outcome::tree_of_host};
use crate::{exit::CliError, machine, render::Terminal};

/// What to write a root file system as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::commands) enum Image {
    /// One pax tar file.
    Tar,
    /// A plain directory.
    Dir,
    /// An OCI image each, all in one OCI layout, where they share layers.
    Oci,
    /// One SquashFS image.
    Squashfs,
    /// One ext4 image.
    Ext4,
}

impl Image {
    /// What is built for it; a directory is laid out from what there is anyway.
    pub(in crate::commands) fn format(self) -> Option<ImageFormat> {
        match self {
            Self::Tar => Some(ImageFormat::Tar),
            Self::Oci => Some(ImageFormat::Oci),
            Self::Squashfs => Some(ImageFormat::Squashfs),
            Self::Ext4 => Some(ImageFormat::Ext4),
            Self::Dir => None,
        }
    }
}

/// Writes each host's root file system below a directory.
///
/// # Errors
/// When something is there already, or the disk fails.
pub(super) fn write(
    store: &Store,
    sandbox: &Sandbox,
    lowered: &Lowered,
    built: &Built,
    image: Image,
    out: &Path,
    terminal: &Terminal,
) -> Result<(), CliError> {
    if image == Image::Oci {
        layout::write(store, lowered, built, out)?;
        terminal.status("Wrote", out.display());
        return Ok(());
    }
    let target = |host: &LoweredHost| match image.format() {
        Some(format) => out.join(format!("{}.{}", host.name, format.extension())),
        None => out.join(&host.name),
    };
    // All of them before the first is written; a link that leads nowhere is there too.
    if let Some(there) = lowered.hosts.iter().map(target).find(|path| path.symlink_metadata().is_ok()) {
        return Err(is_there(&there));
    }
    fs::create_dir_all(out).map_err(|error| cannot_write(out, &error))?;
    for host in &lowered.hosts {
        let target = target(host);
        match &host.image {
            Some(hash) => {
                let Some(Realisation { output: Output::Blob { digest, .. }, .. }) =
                    built.realisations.get(hash)
                else {
                    continue;
                };
                write_file(store, digest, &target)?;
            }
            None => {
                let Some(root) = tree_of_host(built, &host.root, store)? else { continue };
                sandbox.lay_out(&root, &target).map_err(|error| cannot_write(&target, &error))?;
            }
        }
        terminal.status("Wrote", target.display());
    }
    Ok(())
}

/// Writes a blob beside its place, and moves it there when it is whole.
fn write_file(store: &Store, digest: &BlobDigest, target: &Path) -> Result<(), CliError> {
    let mut from = store.open_blob(digest).map_err(|error| machine::store_error(&error))?;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let fresh = target.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = fs::File::create(&fresh)
        .and_then(|mut to| std::io::copy(&mut from, &mut to))
        .and_then(|_| fs::rename(&fresh, target));
    written.map_err(|error| {
        let _ = fs::remove_file(&fresh);
        cannot_write(target, &error)
    })
}

fn cannot_write(path: &Path, error: &dyn std::error::Error) -> CliError {
    CliError::build(format!("cannot write {}", path.display())).because_of(error)
}

/// Nothing that is there is written over.
pub(super) fn is_there(target: &Path) -> CliError {
    CliError::user(format!("{} is there already", target.display()))
        .help("name another directory with `--out`")
}
