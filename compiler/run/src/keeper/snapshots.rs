//! Snapshots of what an environment keeps.
//!
//! One is taken while everything stands still, and is what a power cut at that moment would have left, on all hosts at once:
//! services that survive the one survive the other.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError},
    time::Duration,
};

use plc_build::sandbox::parts;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::{
    Teller,
    state::{Keeper, failure},
};
use crate::{
    control::Failure,
    copy::copy_tree,
    deployment::Host,
    order::sequence,
    place::{KEPT, SNAPSHOTS},
};

impl Keeper {
    /// Keeps what is there now under a name.
    pub(super) fn snap(&self, name: &str) -> Result<(), Failure> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let place = self.snapshot(name);
        if place.exists() {
            return Err(failure(format!("there is a snapshot `{name}` already")));
        }
        let hosts: Vec<String> = self.state().hosts.keys().cloned().collect();
        self.none_full(hosts.iter())?;
        let _stillness = self.stillness.lock().unwrap_or_else(PoisonError::into_inner);
        let copied = self.still(true).and_then(|()| {
            copy_whole(&self.place.path().join(KEPT), &place).map_err(|error| error.to_string())
        });
        let on = self.still(false);
        copied.and(on).map_err(|error| failure(format!("the snapshot cannot be made: {error}")))
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
        self.none_full(deployment.hosts.iter().map(|host| &host.name))?;
        // Beside what is there, so that a disk that is full changes nothing.
        let fresh = self.place.path().join("scratch").join("reset");
        let told =
            |error: &dyn std::fmt::Display| failure(format!("the snapshot cannot be put in place: {error}"));
        parts::remove(&fresh).map_err(|error| told(&error))?;
        copy_whole(&place, &fresh).map_err(|error| told(&error))?;
        let hosts: Vec<&Host> = deployment.hosts.iter().collect();
        self.remove_hosts(&hosts, teller);
        let exchanged = self.exchange_state(&fresh);
        let started = self.start_hosts(&hosts, teller);
        exchanged.map_err(|error| told(&error))?;
        started.and_then(|()| self.bring_up(&sequence(hosts), Duration::from_secs(patience), teller))
    }

    fn exchange_state(&self, fresh: &Path) -> io::Result<()> {
        let kept = self.place.path().join(KEPT);
        // At once: there is no moment at which half of it is another's.
        renameat_with(CWD, fresh, CWD, &kept, RenameFlags::EXCHANGE)?;
        parts::remove(fresh).map_err(|error| io::Error::other(error.to_string()))
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

    /// Has all processes of all hosts stand still, or go on, and nothing be started meanwhile; those of a host that is frozen stay so.
    fn still(&self, still: bool) -> Result<(), String> {
        let hosts: Vec<String> = {
            let mut state = self.state();
            state.still = still;
            state.hosts.keys().filter(|host| !state.frozen.contains(*host)).cloned().collect()
        };
        self.changed.notify_all();
        let all: Vec<Result<(), String>> = hosts.iter().map(|host| self.stand_still(host, still)).collect();
        all.into_iter().collect()
    }
}

/// Copies what is kept, whole or not at all.
fn copy_whole(from: &Path, to: &Path) -> io::Result<()> {
    let mut fresh = to.to_owned().into_os_string();
    fresh.push(".new");
    let fresh = PathBuf::from(fresh);
    parts::remove(&fresh).map_err(|error| io::Error::other(error.to_string()))?;
    let placed = copy_tree(from, &fresh).and_then(|()| fs::rename(&fresh, to));
    if placed.is_err() {
        // The first error is the one to report.
        let _ = parts::remove(&fresh);
    }
    placed
}
