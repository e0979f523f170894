//! The order to stop, as the helper process gets it: the end of its standard input.

use std::{
    io::Read,
    os::fd::OwnedFd,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use rustix::process::{Signal, pidfd_send_signal};

use super::error::{Inside, InsideError};

/// Whether to stop, and whom to kill then.
#[derive(Clone, Default)]
pub(super) struct Stop(Arc<State>);

#[derive(Default)]
struct State {
    stopped: AtomicBool,
    victim: Mutex<Option<OwnedFd>>,
}

impl Stop {
    /// Stops when `orders` end.
    pub(super) fn at_end_of(mut orders: impl Read + Send + 'static) -> Self {
        let stop = Self::default();
        let ours = stop.clone();
        thread::spawn(move || {
            // Nothing more is sent: an error or a byte is as much an end as the end.
            let _ = orders.read(&mut [0]);
            ours.0.stopped.store(true, Ordering::SeqCst);
            ours.kill();
        });
        stop
    }

    pub(super) fn is_ordered(&self) -> bool {
        self.0.stopped.load(Ordering::SeqCst)
    }

    /// Fails when it is time to stop.
    pub(super) fn check(&self) -> Inside<()> {
        if self.is_ordered() { Err(InsideError::Stopped) } else { Ok(()) }
    }

    /// Kills this process when the order comes, or has come.
    pub(super) fn set_victim(&self, process: Option<OwnedFd>) {
        *self.0.victim.lock().unwrap_or_else(PoisonError::into_inner) = process;
        if self.is_ordered() {
            self.kill();
        }
    }

    fn kill(&self) {
        if let Some(process) = &*self.0.victim.lock().unwrap_or_else(PoisonError::into_inner) {
            // It may be gone already.
            let _ = pidfd_send_signal(process, Signal::KILL);
        }
    }
}
