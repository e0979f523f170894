//! `result-PROFILE`, the link to the outcome in the working directory.

use std::{
    fs,
    path::{Path, PathBuf},
};

use plc_store::{Store, TreeDigest};

use crate::{exit::CliError, machine};

const ELSEWHERE: &str = "the link is made in the working directory: run in one that you may write to";

/// The link for a profile, when it can be made: better to know before everything is built.
///
/// # Errors
/// When something is in its way, or the working directory cannot be written.
pub(super) fn place(profile: &str) -> Result<PathBuf, CliError> {
    let link = PathBuf::from(format!("result-{profile}"));
    if fs::symlink_metadata(&link).is_ok_and(|there| !there.is_symlink()) {
        return Err(CliError::user(format!("`{}` is in the way of the result's link", link.display()))
            .help("move it elsewhere, or run in another directory"));
    }
    // Trying is the only way to know.
    let trial = PathBuf::from(format!(".result-{profile}.{}", std::process::id()));
    let tried = std::os::unix::fs::symlink("trial", &trial).and_then(|()| fs::remove_file(&trial));
    tried.map_err(|error| {
        CliError::user(format!("cannot make the link `{}` here", link.display()))
            .because_of(&error)
            .help(ELSEWHERE)
    })?;
    Ok(link)
}

/// Leaves `result-PROFILE` pointing at the outcome.
pub(super) fn publish(store: &Store, link: &Path, environment: &TreeDigest) -> Result<(), CliError> {
    let place = store.present(environment).map_err(|error| machine::store_error(&error))?;
    if fs::read_link(link).is_ok_and(|target| target == place) {
        return Ok(());
    }
    let failed = |error: std::io::Error| {
        CliError::user(format!("cannot make the link `{}` here", link.display()))
            .because_of(&error)
            .help(ELSEWHERE)
    };
    let fresh = link.with_file_name(format!(".{}.{}", link.display(), std::process::id()));
    std::os::unix::fs::symlink(&place, &fresh).map_err(failed)?;
    fs::rename(&fresh, link).map_err(|error| {
        let _ = fs::remove_file(&fresh);
        failed(error)
    })?;
    Ok(())
}
