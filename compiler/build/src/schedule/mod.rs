//! Builds what targets need and the store does not have.
//!
//! One thread holds the state of every node and decides; builders run on a rayon pool, downloads on one of their own,
//! and both report on a channel. What runs a builder knows nothing of the graph. A node goes through
//!
//! ```text
//! Waiting(n) ──→ Ready ──→ Running ──→ Done
//!     │                        └─────→ Failed
//!     └──────────────────────────────→ Blocked      (something that it takes failed)
//! ```
//!
//! and each step of it through [`Scheduler::enter`].

mod survey;
#[cfg(test)]
mod tests;
mod urgency;

use std::{
    collections::{BTreeMap, BinaryHeap},
    panic::{self, AssertUnwindSafe},
    sync::mpsc,
    time::{Duration, Instant},
};

use plc_plan::{
    derivation::{Builder, Derivation, Role},
    graph::{Graph, NodeId},
};
use plc_store::{DerivationHash, Realisation, StoreError};

use crate::{
    job::{self, Context, JobError, Shared},
    progress::{How, Observer},
    request::Request,
    sandbox::SandboxError,
};

pub use survey::Survey;
pub(crate) use survey::is_there;

/// How to build.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Builders at a time.
    pub jobs: usize,
    /// Downloads at a time.
    pub downloads: usize,
    /// Go on with what does not depend on a failure.
    pub keep_going: bool,
    /// Build again what the store has, and compare.
    pub rebuild: bool,
}

/// What a build came to.
#[derive(Debug, Default)]
pub struct Built {
    /// Every node that the targets rest on, as far as the build had to look.
    pub realisations: BTreeMap<DerivationHash, Realisation>,
    /// How many builders ran, downloads included.
    pub built: usize,
    /// How many nodes a builder was spared, because the same inputs had been built under another derivation.
    pub cut_off: usize,
}

/// Why a build did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Builders failed: root causes only, in the order in which they happened.
    #[error("{}", summary(failures, *blocked))]
    Failed {
        /// Each with what went wrong.
        failures: Vec<Failure>,
        /// How many derivations could not be built because of them.
        blocked: usize,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no sandbox on this machine.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// No threads to be had.
    #[error("cannot start the builders' threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

fn summary(failures: &[Failure], blocked: usize) -> String {
    let what = match failures {
        [only] => format!("`{}` failed", only.name),
        all => format!("{} derivations failed", all.len()),
    };
    match blocked {
        0 => what,
        1 => format!("{what}, and 1 derivation that needs it was not built"),
        more => format!("{what}, and {more} derivations further on were not built"),
    }
}

/// One builder's failure.
#[derive(Debug)]
pub struct Failure {
    /// The derivation's name.
    pub name: String,
    /// Its hash.
    pub hash: DerivationHash,
    /// What went wrong.
    pub error: JobError,
}

/// Where a node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nobody needs it.
    Idle,
    /// So many of its inputs are still to come.
    Waiting(usize),
    /// All inputs are there; queued.
    Ready,
    /// A thread has it.
    Running,
    /// Its realisation is known.
    Done,
    /// Its builder failed.
    Failed,
    /// Something that it takes failed.
    Blocked,
}

/// What a thread reports.
enum Report {
    /// A builder has ended.
    Ended { node: NodeId, result: Result<Realisation, JobError> },
    /// A builder goes on, and has made something that may be of use to others whatever becomes of it.
    Made(Realisation),
}

/// How long what was built may wait for the sync that makes it last.
const COMMIT_EVERY: Duration = Duration::from_secs(3);

/// Builds the targets.
///
/// # Errors
/// When a builder or the store fails. What was built before that is kept.
pub fn build(
    graph: &Graph,
    targets: &[DerivationHash],
    context: &Context<'_>,
    options: &Options,
    observer: &dyn Observer,
) -> Result<Built, BuildError> {
    let survey = Survey::new(graph, targets, context.store, options.rebuild)?;
    let wanted = survey.wanted(graph);
    let mut scheduler = Scheduler::new(graph, context, options, observer, survey);
    if wanted.is_empty() {
        return Ok(scheduler.built);
    }
    if wanted.iter().any(|id| runs_programs(&graph.node(*id).derivation)) {
        context.runner.ready()?;
    }
    observer.begins(graph, &wanted);
    let builders = pool(options.jobs, "build")?;
    let downloads = pool(options.downloads, "fetch")?;
    let (to, from) = mpsc::channel::<Report>();
    let made = {
        let to = to.clone();
        // The scheduler listens until all that it started has reported.
        move |realisation| drop(to.send(Report::Made(realisation)))
    };
    let shared = &Shared::new(context.store, options.rebuild, &made);
    builders.in_place_scope(|build_scope| {
        downloads.in_place_scope(|fetch_scope| -> Result<(), BuildError> {
            scheduler.start();
            loop {
                while let Some((node, request)) = scheduler.next()? {
                    let to = to.clone();
                    let is_fetch = request.derivation.builder.is_download();
                    let work = move || {
                        let run = || shared.same_as_before(job::run(&request, context, shared, observer)?);
                        let _ = to.send(Report::Ended { node, result: reporting_panics(run) });
                    };
                    match is_fetch {
                        true => fetch_scope.spawn(move |_| work()),
                        false => build_scope.spawn(move |_| work()),
                    }
                }
                if scheduler.running == [0, 0] {
                    return Ok(());
                }
                // The builders are busy meanwhile.
                scheduler.commit_when_due()?;
                match from.recv() {
                    Ok(Report::Ended { node, result }) => scheduler.finished(node, result)?,
                    Ok(Report::Made(realisation)) => scheduler.uncommitted.push(realisation),
                    Err(_) => return Ok(()),
                }
            }
        })
    })?;
    scheduler.end()
}

/// A builder that panics has failed like any other: without its report the scheduler would wait for ever.
fn reporting_panics(work: impl FnOnce() -> Result<Realisation, JobError>) -> Result<Realisation, JobError> {
    // Nothing that the builder had in hand is looked at again: what it put into the store is whole or not there.
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        Err(JobError::Panicked(text.unwrap_or("it does not say why").to_owned()))
    })
}

fn runs_programs(derivation: &Derivation) -> bool {
    match derivation.builder {
        Builder::Rootfs(_) => derivation.inputs_as(Role::Package).next().is_some(),
        Builder::Check(_) | Builder::Run(_) => true,
        _ => false,
    }
}

fn pool(threads: usize, name: &'static str) -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .thread_name(move |n| format!("{name}-{n}"))
        .build()
}

struct Scheduler<'a> {
    graph: &'a Graph,
    context: &'a Context<'a>,
    options: &'a Options,
    observer: &'a dyn Observer,
    states: Vec<State>,
    urgency: Vec<u64>,
    realised: Vec<Option<Realisation>>,
    /// What can be started, the most urgent first; by [`Lane`].
    ready: [BinaryHeap<(u64, std::cmp::Reverse<NodeId>)>; 2],
    /// How many run; by [`Lane`].
    running: [usize; 2],
    uncommitted: Vec<Realisation>,
    committed_at: Instant,
    failures: Vec<Failure>,
    built: Built,
}

/// Builders and downloads have a pool each.
#[derive(Clone, Copy)]
enum Lane {
    Build = 0,
    Fetch = 1,
}

impl<'a> Scheduler<'a> {
    fn new(
        graph: &'a Graph,
        context: &'a Context<'a>,
        options: &'a Options,
        observer: &'a dyn Observer,
        survey: Survey,
    ) -> Self {
        let mut states = vec![State::Idle; graph.len()];
        let mut built = Built::default();
        for id in graph.order() {
            let index = id.index();
            if let Some(realisation) = &survey.realised[index] {
                states[index] = State::Done;
                built.realisations.insert(graph.node(*id).hash, realisation.clone());
            } else if survey.wanted[index] {
                let missing = graph.inputs(*id).filter(|(_, input)| survey.wanted[input.index()]).count();
                states[index] = State::Waiting(missing);
            }
        }
        Self {
            graph,
            context,
            options,
            observer,
            states,
            urgency: urgency::of(graph),
            realised: survey.realised,
            ready: [BinaryHeap::new(), BinaryHeap::new()],
            running: [0, 0],
            uncommitted: Vec::new(),
            committed_at: Instant::now(),
            failures: Vec::new(),
            built,
        }
    }

    fn start(&mut self) {
        for id in self.graph.order() {
            if self.states[id.index()] == State::Waiting(0) {
                self.enter(*id, State::Ready);
            }
        }
    }

    /// The one place where a node changes its state.
    fn enter(&mut self, id: NodeId, state: State) {
        self.states[id.index()] = state;
        match state {
            State::Ready => {
                self.ready[self.lane(id) as usize].push((self.urgency[id.index()], std::cmp::Reverse(id)))
            }
            State::Done => {
                let users: Vec<NodeId> = self.graph.users(id).collect();
                for user in users {
                    self.one_input_came(user);
                }
            }
            State::Failed | State::Blocked => {
                let users: Vec<NodeId> = self.graph.users(id).collect();
                for user in users {
                    if matches!(self.states[user.index()], State::Waiting(_)) {
                        self.enter(user, State::Blocked);
                    }
                }
            }
            State::Idle | State::Waiting(_) | State::Running => {}
        }
    }

    fn one_input_came(&mut self, user: NodeId) {
        match self.states[user.index()] {
            State::Waiting(1) => self.enter(user, State::Ready),
            State::Waiting(missing) => self.enter(user, State::Waiting(missing - 1)),
            _ => {}
        }
    }

    fn lane(&self, id: NodeId) -> Lane {
        if self.graph.node(id).derivation.builder.is_download() { Lane::Fetch } else { Lane::Build }
    }

    /// The next node to start, if a thread is free for it. Nodes whose inputs were built before under another
    /// derivation are done without a thread.
    fn next(&mut self) -> Result<Option<(NodeId, Request)>, BuildError> {
        if !self.failures.is_empty() && !self.options.keep_going {
            return Ok(None);
        }
        for (lane, limit) in [(Lane::Fetch, self.options.downloads), (Lane::Build, self.options.jobs)] {
            while self.running[lane as usize] < limit.max(1) {
                let Some((_, std::cmp::Reverse(id))) = self.ready[lane as usize].pop() else { break };
                let request = self.request(id);
                if !self.options.rebuild
                    && let Some(known) = self.known(&request)?
                {
                    self.built.cut_off += 1;
                    self.observer.done(self.graph, id, How::Reused);
                    self.keep(id, known);
                    continue;
                }
                self.enter(id, State::Running);
                self.running[lane as usize] += 1;
                self.observer.starts(self.graph, id);
                return Ok(Some((id, request)));
            }
        }
        Ok(None)
    }

    fn request(&self, id: NodeId) -> Request {
        let node = self.graph.node(id);
        let inputs = self
            .graph
            .inputs(id)
            .filter_map(|(role, input)| Some((role, self.realised[input.index()].clone()?)))
            .collect();
        Request { hash: node.hash, derivation: node.derivation.clone(), inputs }
    }

    fn known(&self, request: &Request) -> Result<Option<Realisation>, BuildError> {
        let found = self.context.store.realisation(&request.resolved())?;
        Ok(found
            .filter(|realisation| survey::is_there(self.context.store, realisation))
            .map(|realisation| Realisation { derivation: request.hash, ..realisation }))
    }

    fn finished(&mut self, id: NodeId, result: Result<Realisation, JobError>) -> Result<(), BuildError> {
        self.running[self.lane(id) as usize] -= 1;
        match result {
            Ok(realisation) => {
                self.built.built += 1;
                self.keep(id, realisation);
                self.observer.done(self.graph, id, How::Built);
                Ok(())
            }
            Err(error) => {
                let node = self.graph.node(id);
                self.failures.push(Failure { name: node.derivation.name.clone(), hash: node.hash, error });
                self.observer.failed(self.graph, id);
                self.enter(id, State::Failed);
                Ok(())
            }
        }
    }

    fn keep(&mut self, id: NodeId, realisation: Realisation) {
        self.built.realisations.insert(realisation.derivation, realisation.clone());
        self.realised[id.index()] = Some(realisation.clone());
        self.uncommitted.push(realisation);
        self.enter(id, State::Done);
    }

    fn commit_when_due(&mut self) -> Result<(), BuildError> {
        match !self.uncommitted.is_empty() && self.committed_at.elapsed() > COMMIT_EVERY {
            true => self.commit(),
            false => Ok(()),
        }
    }

    fn commit(&mut self) -> Result<(), BuildError> {
        self.context.store.commit(&self.uncommitted)?;
        self.uncommitted.clear();
        self.committed_at = Instant::now();
        Ok(())
    }

    fn end(mut self) -> Result<Built, BuildError> {
        self.commit()?;
        if self.failures.is_empty() {
            return Ok(self.built);
        }
        let blocked = self.states.iter().filter(|s| matches!(s, State::Blocked)).count();
        Err(BuildError::Failed { failures: self.failures, blocked })
    }
}
