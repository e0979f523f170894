//! The sandbox as the rest of the program sees it: starts a helper process for each job and waits for its answer.

use std::{
    collections::BTreeMap,
    fs::File,
    io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use plc_store::{Store, TreeDigest};

use super::{
    HELPER_ARGUMENT, Outcome, Request, Shell,
    error::{InsideError, SandboxError},
    ids::{self, Ids},
    layers,
    protocol::{Answer, Job, Place, Task, Unshared, receive, send},
};

/// Runs steps in root file systems, and lays trees out as directories. Its methods may be called from many threads.
///
/// A job's helper process dies with this one, and removes what it had made before it does.
pub struct Sandbox {
    store: PathBuf,
    session: PathBuf,
    checkouts: PathBuf,
    helper: PathBuf,
    ids: OnceLock<Ids>,
    /// Held while layers are laid out: a base that thirty hosts share is laid out once, by the first that comes.
    laying_out: Mutex<()>,
    running: Mutex<Running>,
}

/// The jobs that are running, each with the pipe whose end stops it.
#[derive(Default)]
struct Running {
    stopped: bool,
    next: u64,
    orders: BTreeMap<u64, ChildStdin>,
}

impl Sandbox {
    /// A sandbox for trees of this store, whose session must outlive it. `helper` is a program that calls
    /// [`helper_main`](super::helper_main) when its first argument is [`HELPER_ARGUMENT`]: usually this one.
    ///
    /// Whether this machine can have sandboxes shows at the first job, so that a build with nothing to do needs none.
    ///
    /// # Errors
    /// [`SandboxError::NotStarted`]: there is no such program.
    pub fn new(store: &Store, helper: PathBuf) -> Result<Self, SandboxError> {
        let helper = helper.canonicalize().map_err(|source| SandboxError::NotStarted { helper, source })?;
        Ok(Self {
            store: store.root().to_owned(),
            session: store.session().to_owned(),
            checkouts: store.checkouts(),
            helper,
            ids: OnceLock::new(),
            laying_out: Mutex::default(),
            running: Mutex::default(),
        })
    }

    /// Finds out whether this machine can have sandboxes, without making one.
    ///
    /// # Errors
    /// What is missing.
    pub fn probe(&self) -> Result<(), SandboxError> {
        self.ids().map(|_| ())
    }

    /// Runs the steps; what they print goes to the log. Layers that are not laid out yet are, first.
    ///
    /// # Errors
    /// The sandbox itself failed, or was stopped. A step that fails is an [`Outcome`].
    pub fn run(&self, request: &Request, log: &File) -> Result<Outcome, SandboxError> {
        self.run_or_open(request, log, None)
    }

    /// The same, with a shell where a step has failed, in what the steps have left. What is done there is thrown away, and
    /// the outcome is that of the step.
    ///
    /// # Errors
    /// Those of [`run`](Self::run), and that the terminal cannot be used.
    pub fn run_with_shell(
        &self,
        request: &Request,
        log: &File,
        shell: &Shell,
    ) -> Result<Outcome, SandboxError> {
        self.run_or_open(request, log, Some(shell))
    }

    fn run_or_open(
        &self,
        request: &Request,
        log: &File,
        shell: Option<&Shell>,
    ) -> Result<Outcome, SandboxError> {
        self.lay_out_layers(&request.layers)?;
        let log = log.try_clone().map_err(SandboxError::Pipe)?;
        let outcome = self.perform(Task::Run(request.clone(), shell.cloned()), log.into())?;
        outcome.ok_or_else(|| InsideError::Protocol("an answer without an outcome".into()).into())
    }

    /// Lays a whole tree out at a path where nothing is, on any file system. An ordinary user's copy belongs to his
    /// subordinate ids, and [`remove`](Self::remove) is the way to be rid of it. Devices below `dev` are left out.
    ///
    /// # Errors
    /// Something is at the path already, or it cannot be written; then nothing is left behind.
    pub fn lay_out(&self, tree: &TreeDigest, target: &Path) -> Result<(), SandboxError> {
        let target = std::path::absolute(target).map_err(SandboxError::Pipe)?;
        self.perform(Task::LayOutTree(*tree, target), Stdio::null()).map(|_| ())
    }

    /// Removes a directory whatever the owners and modes in it, such as a laid-out tree or what a killed session left.
    /// One that is not there is as good as removed.
    ///
    /// # Errors
    /// Something in it belongs to ids that are not the sandbox's.
    pub fn remove(&self, directory: &Path) -> Result<(), SandboxError> {
        let directory = std::path::absolute(directory).map_err(SandboxError::Pipe)?;
        self.perform(Task::Remove(directory), Stdio::null()).map(|_| ())
    }

    /// The directories that stack up to a root file system, lowest first, laid out where they are not: what is stacked is a
    /// chain of trees, each the whole tree after one more layer. They stay while the machine runs.
    ///
    /// # Errors
    /// The sandbox itself failed, or was stopped.
    pub fn layers(&self, trees: &[TreeDigest]) -> Result<Vec<PathBuf>, SandboxError> {
        self.lay_out_layers(trees)?;
        let shelf = self.shelf()?;
        Ok(layers::stack(trees).iter().map(|layer| shelf.join(layer.name())).collect())
    }

    /// Stops all jobs, and lets no more begin: each ends with [`SandboxError::Stopped`].
    pub fn stop(&self) {
        let mut running = self.running();
        running.stopped = true;
        running.orders.clear();
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ids(&self) -> Result<&Ids, SandboxError> {
        match self.ids.get() {
            Some(ids) => Ok(ids),
            // Two threads may find out at once, and find the same.
            None => Ids::probe().map(|ids| self.ids.get_or_init(|| ids)),
        }
    }

    fn shelf(&self) -> Result<PathBuf, SandboxError> {
        Ok(self.checkouts.join(layers::shelf(&self.ids()?.tag())))
    }

    fn lay_out_layers(&self, trees: &[TreeDigest]) -> Result<(), SandboxError> {
        let shelf = self.shelf()?;
        let missing = || layers::stack(trees).iter().any(|layer| !shelf.join(layer.name()).exists());
        if !missing() {
            return Ok(());
        }
        let _turn = self.laying_out.lock().unwrap_or_else(PoisonError::into_inner);
        if missing() {
            self.perform(Task::LayOutLayers(trees.to_vec()), Stdio::null())?;
        }
        Ok(())
    }

    fn perform(&self, task: Task, log: Stdio) -> Result<Option<Outcome>, SandboxError> {
        let place = Place { store: self.store.clone(), session: self.session.clone(), shelf: self.shelf()? };
        let mut helper = Helper::start(&self.helper, log)?;
        let Unshared(unshared) = helper.hear("the sandbox's helper")?;
        unshared.map_err(|code| ids::refusal(io::Error::from_raw_os_error(code)))?;
        self.ids()?.map(helper.child.id())?;
        helper.tell(&Job { place, task })?;

        let job = self.enlist(helper.orders.take())?;
        let answer = helper.hear::<Answer>("an answer of the sandbox's helper");
        let stopped = {
            let mut running = self.running();
            running.orders.remove(&job);
            running.stopped
        };
        match answer {
            Ok(Answer(Err(InsideError::Stopped))) => Err(SandboxError::Stopped),
            Err(SandboxError::HelperDied(_)) if stopped => Err(SandboxError::Stopped),
            Ok(Answer(result)) => Ok(result?),
            Err(error) => Err(error),
        }
    }

    fn enlist(&self, orders: Option<ChildStdin>) -> Result<u64, SandboxError> {
        let mut running = self.running();
        if running.stopped {
            return Err(SandboxError::Stopped);
        }
        let job = running.next;
        running.next += 1;
        running.orders.extend(orders.map(|orders| (job, orders)));
        Ok(job)
    }
}

/// A helper process, reaped when dropped.
struct Helper {
    child: Child,
    orders: Option<ChildStdin>,
}

impl Helper {
    fn start(program: &Path, log: Stdio) -> Result<Self, SandboxError> {
        let mut child = Command::new(program)
            .arg0("plc")
            .arg(HELPER_ARGUMENT)
            .env_clear()
            .current_dir("/")
            // An interrupt from the terminal is for us: the helper is told, and cleans up.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|source| SandboxError::NotStarted { helper: program.to_owned(), source })?;
        Ok(Self { orders: child.stdin.take(), child })
    }

    fn tell(&mut self, job: &Job) -> Result<(), SandboxError> {
        match &mut self.orders {
            Some(orders) => send(orders, job).map_err(SandboxError::Pipe),
            None => Err(SandboxError::Pipe(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn hear<T>(&mut self, what: &'static str) -> Result<T, SandboxError>
    where
        T: serde::Serialize + serde::de::DeserializeOwned,
    {
        let Some(answers) = &mut self.child.stdout else {
            return Err(SandboxError::Pipe(io::ErrorKind::BrokenPipe.into()));
        };
        match receive(answers, what) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(SandboxError::HelperDied(self.end()?))
            }
            heard => heard.map_err(SandboxError::Pipe),
        }
    }

    fn end(&mut self) -> Result<ExitStatus, SandboxError> {
        self.orders = None;
        self.child.wait().map_err(SandboxError::Pipe)
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        // Closing the pipe ends it, after it has removed what it made.
        let _ = self.end();
    }
}
