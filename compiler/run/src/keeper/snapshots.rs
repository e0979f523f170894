//! Snapshots of what an environment keeps.
//!
//! One is taken while everything stands still, and is what a power cut at that moment would have left, on all hosts at once:
//! services that survive the one survive the other.

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError},
    time::Duration,
};

use plc_build::sandbox::parts;

use super::{
    Teller,
    state::{Keeper, failure},
};
use crate::{control::Failure, copy::copy_tree, deployment::Host, order::sequence, place::SNAPSHOTS};

/// What belongs to a state.
const PARTS: [&str; 2] = ["state", "done"];

impl Keeper {
    /// Keeps what is there now under a name.
    pub(super) fn snap(&self, name: &str) -> Result<(), Failure> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let place = self.snapshot(name);
        if place.exists() {
            return Err(failure(format!("there is a snapshot `{name}` already")));
        }
        self.still(true);
        let copied = copy_parts(self.place.path(), &place);
        self.still(false);
        copied.map_err(|error| failure(format!("the snapshot cannot be made: {error}")))
    }

    /// Goes back to what there was.
    pub(super) fn reset(
        self: &Arc<Self>,
        name: &str,
        patience: u64,
        teller: &Teller<'_>,
    ) -> Result<(), Failure> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let place = self.snapshot(name);
        if !place.is_dir() {
            return Err(failure(format!("there is no snapshot `{name}`")));
        }
        let Some(deployment) = self.state().deployment.clone() else {
            return Err(failure("nothing runs yet"));
        };
        // Beside what is there, so that a disk that is full changes nothing.
        let fresh = self.place.path().join("scratch").join("reset");
        let told =
            |error: &dyn std::fmt::Display| failure(format!("the snapshot cannot be put in place: {error}"));
        parts::remove(&fresh).map_err(|error| told(&error))?;
        copy_parts(&place, &fresh).map_err(|error| told(&error))?;
        let hosts: Vec<&Host> = deployment.hosts.iter().collect();
        self.remove_hosts(&hosts, teller);
        let exchanged = self.exchange_state(&fresh);
        let started = self.start_hosts(&hosts, teller);
        exchanged.map_err(|error| told(&error))?;
        started.and_then(|()| self.bring_up(&sequence(hosts), Duration::from_secs(patience), teller))
    }

    fn exchange_state(&self, fresh: &Path) -> io::Result<()> {
        let old = self.place.path().join("scratch").join("old");
        fs::DirBuilder::new().mode(0o700).create(&old)?;
        for part in PARTS {
            fs::rename(self.place.path().join(part), old.join(part))?;
            fs::rename(fresh.join(part), self.place.path().join(part))?;
        }
        for rest in [&old, &fresh.to_owned()] {
            parts::remove(rest).map_err(|error| io::Error::other(error.to_string()))?;
        }
        Ok(())
    }

    /// Forgets a snapshot.
    pub(super) fn forget(&self, name: &str) -> Result<(), Failure> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let place = self.snapshot(name);
        if !place.is_dir() {
            return Err(failure(format!("there is no snapshot `{name}`")));
        }
        parts::remove(&place).map_err(|error| failure(error.to_string()))
    }

    fn snapshot(&self, name: &str) -> PathBuf {
        self.place.path().join(SNAPSHOTS).join(name)
    }

    /// Has all processes of all hosts stand still, or go on; those of a host that is frozen stay so.
    fn still(&self, still: bool) {
        let hosts: Vec<String> = {
            let state = self.state();
            state.hosts.keys().filter(|host| !state.frozen.contains(*host)).cloned().collect()
        };
        for host in &hosts {
            // A host that is gone is as still as can be.
            let _ = self.stand_still(host, still);
        }
    }
}

/// Copies a state, whole or not at all.
fn copy_parts(from: &Path, to: &Path) -> io::Result<()> {
    let mut fresh = to.to_owned().into_os_string();
    fresh.push(".new");
    let fresh = PathBuf::from(fresh);
    let failed = |error: &dyn std::fmt::Display| io::Error::other(error.to_string());
    parts::remove(&fresh).map_err(|error| failed(&error))?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&fresh)?;
    let copied = PARTS.iter().try_for_each(|part| copy_tree(&from.join(part), &fresh.join(part)));
    let placed = copied.and_then(|()| fs::rename(&fresh, to));
    if placed.is_err() {
        // The first error is the one to report.
        let _ = parts::remove(&fresh);
    }
    placed
}
