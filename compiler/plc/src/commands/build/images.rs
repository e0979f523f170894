//! Root file systems written out on demand.

use std::{fs, path::Path};

use plc_build::{sandbox::Sandbox, schedule::Built};
use plc_plan::{Lowered, derivation::ImageFormat};
use plc_store::{Output, Realisation, Store};

use super::{layout, outcome::tree_of_host};
use crate::{exit::CliError, machine, render::Terminal};

/// What to write a root file system as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Image {
    /// One pax tar file.
    Tar,
    /// A plain directory.
    Dir,
    /// An OCI image each, all in one OCI layout, where they share layers.
    Oci,
}

impl Image {
    /// What is built for it; a directory is laid out from what there is anyway.
    pub(super) fn format(self) -> Option<ImageFormat> {
        match self {
            Self::Tar => Some(ImageFormat::Tar),
            Self::Oci => Some(ImageFormat::Oci),
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
    let cannot = |path: &Path| {
        let message = format!("cannot write {}", path.display());
        move |error: &dyn std::error::Error| CliError::build(&message).because_of(error)
    };
    match image {
        Image::Oci => {
            layout::write(store, lowered, built, out)?;
            terminal.status("Wrote", out.display());
            return Ok(());
        }
        Image::Tar | Image::Dir => fs::create_dir_all(out).map_err(|error| cannot(out)(&error))?,
    }
    for host in &lowered.hosts {
        let target = if image == Image::Tar {
            let Some(Realisation { output: Output::Blob { digest, .. }, .. }) =
                host.image.as_ref().and_then(|hash| built.realisations.get(hash))
            else {
                continue;
            };
            let target = out.join(format!("{}.tar", host.name));
            let mut from = store.open_blob(digest).map_err(|error| machine::store_error(&error))?;
            let fresh = out.join(format!(".{}.tar.{}", host.name, std::process::id()));
            let written = fs::File::create(&fresh)
                .and_then(|mut to| std::io::copy(&mut from, &mut to))
                .and_then(|_| fs::rename(&fresh, &target));
            written.map_err(|error| {
                let _ = fs::remove_file(&fresh);
                cannot(&target)(&error)
            })?;
            target
        } else {
            let target = out.join(&host.name);
            if target.exists() {
                return Err(is_there(&target));
            }
            let Some(root) = tree_of_host(built, &host.root, store)? else { continue };
            sandbox.lay_out(&root, &target).map_err(|error| cannot(&target)(&error))?;
            target
        };
        terminal.status("Wrote", target.display());
    }
    Ok(())
}

/// Nothing that is there is written over.
pub(super) fn is_there(target: &Path) -> CliError {
    CliError::user(format!("{} is there already", target.display()))
        .help("name another directory with `--out`")
}
