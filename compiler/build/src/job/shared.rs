//! What several builders of one build need, made once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use plc_store::{DerivationHash, Realisation, ResolvedHash, Store};

use super::JobError;
use crate::{request::Request, schedule::is_there};

/// What the builders of one build share besides the store: what they are at, and what they have made on their way.
pub struct Shared<'a> {
    store: &'a Store,
    /// Whether what the store has is to be made again, and compared.
    again: bool,
    /// What was made on the way, for whoever commits it.
    made: &'a (dyn Fn(Realisation) + Sync),
    /// Held by whoever makes the one: others wait for it.
    known: Mutex<HashMap<ResolvedHash, Arc<Mutex<Slot>>>>,
}

/// What has become of a request.
#[derive(Clone, Default)]
enum Slot {
    #[default]
    Open,
    Made(Realisation),
    /// Whoever has tried has the reason; the log is that of the derivation.
    Failed(DerivationHash),
}

impl<'a> Shared<'a> {
    /// Nothing yet. `made` is told of each realisation that was made on the way to another, before that is done.
    pub fn new(store: &'a Store, again: bool, made: &'a (dyn Fn(Realisation) + Sync)) -> Self {
        Self { store, again, made, known: Mutex::default() }
    }

    /// What a request that no node of the graph need stand for comes to: from this build or the store, or else made.
    pub(super) fn on_the_way(
        &self,
        request: &Request,
        make: impl FnOnce() -> Result<Realisation, JobError>,
    ) -> Result<Realisation, JobError> {
        self.once(request, || {
            if !self.again
                && let Some(found) = self.store.realisation(&request.resolved())?
                && is_there(self.store, &found)
            {
                return Ok(found);
            }
            let realisation = self.same_as_before(make()?)?;
            (self.made)(realisation.clone());
            Ok(realisation)
        })
    }

    /// Makes what a request asks for, unless another builder has, or is at it: then that is waited for. What is given may
    /// have been made as another derivation. What has failed once is not tried again.
    ///
    /// `make` must not divide its work among this build's threads: one that takes another builder's work meanwhile could wait for
    /// itself.
    pub(super) fn once(
        &self,
        request: &Request,
        make: impl FnOnce() -> Result<Realisation, JobError>,
    ) -> Result<Realisation, JobError> {
        let mut known = lock(&self.known);
        let one = known.entry(request.resolved()).or_default().clone();
        drop(known);
        let mut one = lock(&one);
        match &*one {
            Slot::Made(realisation) => return Ok(realisation.clone()),
            Slot::Failed(derivation) => return Err(JobError::Elsewhere(*derivation)),
            Slot::Open => {}
        }
        let made = make();
        *one = match &made {
            Ok(realisation) => Slot::Made(realisation.clone()),
            Err(_) => Slot::Failed(request.hash),
        };
        made
    }

    /// When building again: the bytes must be those of the first time.
    pub fn same_as_before(&self, now: Realisation) -> Result<Realisation, JobError> {
        if !self.again {
            return Ok(now);
        }
        match self.store.realisation(&now.resolved)? {
            Some(before) if before.output != now.output => {
                Err(JobError::Differs { before: before.output, now: now.output })
            }
            _ => Ok(now),
        }
    }
}

/// The guarded value, also when a builder has panicked: it is put back whole or not at all.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
