//! Packages that are locked and that no index has any more: what they need is in their own control files, which the lock's
//! hashes vouch for.

use std::collections::BTreeMap;

use plc_lang::topology::Archive;
use plc_plan::{derivation::Fetch, lock::LockedPackage};

use super::{
    LockError, Machine,
    keep::{self, Keep},
    view::index_texts,
};
use crate::debian::{archive::Suite, deb::Control, index::Index};

/// Stanzas for what an archive's indices lack of the lock, by the positions of their suites.
pub(super) fn texts(
    keep: Option<&Keep<'_>>,
    archive: &Archive,
    suites: &[Suite],
    machine: &Machine<'_>,
) -> Result<Vec<(usize, String)>, LockError> {
    let Some(keep) = keep else { return Ok(Vec::new()) };
    let mut missing: BTreeMap<&str, &LockedPackage> = BTreeMap::new();
    missing.extend(keep.of_archive(&archive.name).map(|package| (package.file.sha256.as_str(), package)));
    let there: Vec<&str> =
        suites.iter().flat_map(|suite| &suite.indices).flat_map(|text| hashes(text)).collect();
    for hash in there {
        missing.remove(hash);
    }
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let missing: Vec<&LockedPackage> = missing.into_values().collect();
    refuse_replaced(archive, suites, &missing, machine)?;
    let controls = (machine.controls)(&missing);
    let mut texts = BTreeMap::new();
    for package in missing {
        let suite = suites.iter().position(|suite| *suite.name == *package.file.suite);
        if let (Some(suite), Some(control)) = (suite, controls.get(&package.file.sha256))
            && is_of(control, package)
        {
            texts.entry(suite).or_insert_with(String::new).push_str(&stanza(control, package));
        }
    }
    Ok(texts.into_iter().collect())
}

/// An index that has the version of a locked package has that package.
fn refuse_replaced(
    archive: &Archive,
    suites: &[Suite],
    missing: &[&LockedPackage],
    machine: &Machine<'_>,
) -> Result<(), LockError> {
    let index = Index::parse(&index_texts(0, suites), machine.architecture)
        .map_err(|source| LockError::Index { archive: archive.name.clone(), source })?;
    missing.iter().try_for_each(|package| keep::find(&index, &[&archive.name], package).map(drop))
}

/// The hashes of an index's packages.
fn hashes(index: &str) -> impl Iterator<Item = &str> {
    index.lines().filter_map(|line| line.strip_prefix("SHA256:").map(str::trim))
}

fn is_of(control: &Control, package: &LockedPackage) -> bool {
    let key = &package.key;
    let said = ["Package", "Version", "Architecture"].map(|field| control.get(field).unwrap_or_default());
    said == [key.name.as_str(), key.version.as_str(), key.architecture.as_str()]
}

/// As an index has it.
fn stanza(control: &Control, package: &LockedPackage) -> String {
    const OURS: [&str; 3] = ["filename", "size", "sha256"];
    let theirs =
        control.fields().iter().filter(|(name, _)| !OURS.contains(&name.to_ascii_lowercase().as_str()));
    let theirs: String = theirs.map(|(name, value)| format!("{name}: {value}\n")).collect();
    let Fetch { path, size, sha256, .. } = &*package.file;
    format!("{theirs}Filename: {path}\nSize: {size}\nSHA256: {sha256}\n\n")
}
