//! Disks that run full: a host whose writable layer and states are copies in memory, of which little is left.
//!
//! Nothing else makes a disk full for the processes that run already: quotas take root, and a file system that has them.

use std::{
    io,
    os::fd::{AsFd, OwnedFd},
    sync::{Arc, PoisonError},
    thread,
    time::Duration,
};

use plc_build::sandbox::parts;
use rustix::{
    fs::fstatvfs,
    mount::{FsPickFlags, fsconfig_reconfigure, fsconfig_set_string, fspick},
    thread::UnshareFlags,
};

use super::{
    Teller,
    state::{Full, Keeper, failure},
};
use crate::control::{Event, Failure};

/// How often it is tried to leave so little while more is written.
const TRIES: usize = 20;

impl Keeper {
    /// Replaces a host by one whose disk is in memory, and lets it run full once the host is ready.
    pub(super) fn fill_disk(
        self: &Arc<Self>,
        name: &str,
        free: u64,
        patience: u64,
        teller: &Teller<'_>,
    ) -> Result<(), Failure> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let deployment = self.state().deployment.clone();
        let host = deployment.as_ref().and_then(|deployment| deployment.host(name));
        let host = host.ok_or_else(|| failure(format!("there is no host {name}")))?;
        if host.machine.is_some() {
            return Err(failure(format!(
                "host {name} is a virtual machine: its disk cannot be made full from outside"
            )));
        }
        if let Some(full) = self.state().full.get_mut(name) {
            full.free = free;
        }
        let is_in_memory = self.state().full.get(name).is_some_and(|full| full.disk.is_some());
        if !is_in_memory {
            self.state().full.insert(name.to_owned(), Full { free, filled: false, disk: None });
            if let Err(failed) = self.exchange(host, host, Duration::from_secs(patience), teller) {
                self.state().full.remove(name);
                teller.tell(&Event::RollsBack(name.to_owned()));
                // It ran before; where it does not now, the log says why.
                let _ = self.exchange(host, host, Duration::from_secs(patience), teller);
                return Err(Failure { rolled_back: true, ..failed });
            }
        }
        if let Some(full) = self.state().full.get_mut(name) {
            full.filled = true;
        }
        self.limit_disk(name).map_err(failure)
    }

    /// Gives hosts their disks back, with what was there before these ran full.
    pub(super) fn empty_disks(self: &Arc<Self>, patience: u64, teller: &Teller<'_>) -> Result<(), Failure> {
        if self.state().full.is_empty() {
            return Ok(());
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let full: Vec<String> = std::mem::take(&mut self.state().full).into_keys().collect();
        let deployment = self.state().deployment.clone();
        let hosts = full.iter().filter_map(|name| deployment.as_ref()?.host(name));
        let mut healed = Ok(());
        for host in hosts {
            // One that does not come up keeps no other from it.
            healed = healed.and(self.exchange(host, host, Duration::from_secs(patience), teller));
        }
        healed.map_err(|failure: Failure| Failure {
            reason: format!("{}; its disk is as it was, and `plc up` starts it again", failure.reason),
            ..failure
        })
    }

    /// Refuses what would not last, or not work, while a disk is full: what is written to it is thrown away later.
    pub(super) fn none_full(&self, mut hosts: impl Iterator<Item = impl AsRef<str>>) -> Result<(), Failure> {
        let state = self.state();
        match hosts.find(|host| state.full.contains_key(host.as_ref())) {
            None => Ok(()),
            Some(host) => Err(failure(format!(
                "the disk of host {} is full on purpose: `plc fault heal` first",
                host.as_ref()
            ))),
        }
    }

    /// Leaves as little of a host's disk as is wanted, where it is to be full by now.
    pub(super) fn limit_disk(&self, name: &str) -> Result<(), String> {
        let (disk, free) = match self.state().full.get(name) {
            Some(Full { free, filled: true, disk: Some(disk) }) => (Arc::clone(disk), *free),
            _ => return Ok(()),
        };
        // In a namespace of its own, as only there it may change file systems.
        let limited = thread::Builder::new().spawn(move || {
            parts::unshare(UnshareFlags::NEWNS)?;
            limit(&disk, free)
        });
        let limited = limited.map(thread::JoinHandle::join);
        match limited {
            Ok(Ok(limited)) => limited,
            Ok(Err(_)) => Err(io::ErrorKind::Other.into()),
            Err(error) => Err(error),
        }
        .map_err(|error| format!("the disk of host {name} cannot be filled: {error}"))
    }
}

fn limit(disk: &OwnedFd, free: u64) -> io::Result<()> {
    for _ in 0..TRIES {
        let there = fstatvfs(disk)?;
        // In whole pages, of which none would be as many as there are.
        let used = (there.f_blocks - there.f_bfree) * there.f_frsize;
        let size = used.saturating_add(free).max(there.f_frsize);
        let picked = fspick(disk.as_fd(), c"", FsPickFlags::FSPICK_EMPTY_PATH | FsPickFlags::FSPICK_CLOEXEC)?;
        fsconfig_set_string(picked.as_fd(), c"size", size.to_string())?;
        match fsconfig_reconfigure(picked.as_fd()) {
            // More has been written meanwhile.
            Err(rustix::io::Errno::INVAL) => {}
            limited => return Ok(limited?),
        }
    }
    Err(io::ErrorKind::ResourceBusy.into())
}
