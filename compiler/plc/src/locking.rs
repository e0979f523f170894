//! The lock that a command works with: the project's own, and for what that has nothing for, such as what `--with` sets, one
//! that is made when it is first needed and kept below the store.

mod asking;
mod make;
mod merged;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use plc_build::debian::lock::Update;
use plc_lang::{Program, topology::Topology};
use plc_plan::{
    lock::{Closure, ClosureOf, Lacking, Lock, LockedSource},
    request::Asked,
};
use plc_store::{Store, encode};

pub(crate) use self::asking::{Asking, asking};
use self::make::Wanted;
use crate::{
    Global,
    exit::CliError,
    machine::{self, Machine},
    mirrors::NetworkArgs,
    progress::Progress,
    project::{self, Project},
    render::{self, Terminal},
    selecting::{Selecting, Setting},
    sources, whole,
};

/// The domain of the names of locks below the store.
const DOMAIN: &str = "plc 1 further lock";

/// What making locks needs.
pub(crate) struct Locking<'a> {
    pub(crate) project: &'a Project,
    pub(crate) machine: &'a Machine,
    pub(crate) network: &'a NetworkArgs,
    pub(crate) progress: &'a Progress<'a>,
    pub(crate) terminal: &'a Terminal,
}

/// How a lock is made again.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Relocking<'a> {
    /// The lock that it replaces.
    pub(crate) previous: Option<&'a Lock>,
    /// Whether everything moves to its newest version.
    pub(crate) everything: bool,
    /// What else moves: packages and repositories.
    pub(crate) names: &'a [String],
    /// Whether suites past their time are taken.
    pub(crate) accept_expired: bool,
    /// How old suites may be.
    pub(crate) max_age: Option<Duration>,
}

impl Locking<'_> {
    /// The lock of what is selected; makes it where there is none, unless `locked` forbids.
    ///
    /// # Errors
    /// When it cannot be read, or cannot be made, or may not be.
    pub(crate) fn lock_of(
        &self,
        selecting: &Selecting,
        topology: &Topology,
        locked: bool,
    ) -> Result<Lock, CliError> {
        let lock = match self.project.lock()? {
            Some(lock) => lock,
            None => self.first(selecting, locked)?,
        };
        let lacking = lock.lacks(topology);
        // What the description itself asks for is for `plc lock` to lock; lowering tells what differs.
        if lacking.is_empty() || is_declared(self.project, selecting)? {
            return Ok(lock);
        }
        if locked {
            return Err(self.refused(&lacking));
        }
        let path = further_path(&self.machine.store, &lock, &lacking, topology)?;
        match read_further(&path) {
            Some(further) => join(&lock, &further),
            None => join(&lock, &self.further(&lock, &lacking, topology, &path)?),
        }
    }

    /// The lock of all that a description declares: every profile, and every profile with each variant.
    ///
    /// # Errors
    /// When an archive cannot be reached or trusted, or packages cannot be had together.
    pub(crate) fn whole(&self, program: &Program, relocking: &Relocking<'_>) -> Result<Lock, CliError> {
        let asking = asking(self.project, program, self.terminal)?;
        let Relocking { previous, everything, names, accept_expired, max_age } = *relocking;
        let wanted = Wanted {
            archives: &asking.requests.archives,
            asked: &asking.requests.asked,
            previous,
            as_before: false,
            update: if everything { Update::Everything } else { Update::Only(names) },
            accept_expired,
            max_age,
        };
        let lock = self.make(&wanted)?;
        let moves = |repository: &str| everything || names.iter().any(|name| name == repository);
        let stays = |(repository, revision): (&str, &str)| {
            let commit = previous.filter(|_| !moves(repository))?.commit(repository, revision)?.to_owned();
            let (repository, revision) = (repository.to_owned(), revision.to_owned());
            Some(LockedSource { repository, revision, commit })
        };
        let kept: Option<Vec<LockedSource>> = asking.revisions().into_iter().map(stays).collect();
        let sources = match kept {
            Some(kept) => kept,
            None => self
                .commits(asking.topologies.iter().map(AsRef::as_ref))?
                .into_iter()
                .map(|now| stays((&now.repository, &now.revision)).unwrap_or(now))
                .collect(),
        };
        Ok(Lock { sources, ..lock })
    }

    /// The commits that the revisions of some topologies' sources are now.
    fn commits<'a>(
        &self,
        topologies: impl IntoIterator<Item = &'a Topology>,
    ) -> Result<Vec<LockedSource>, CliError> {
        let mut commits = BTreeSet::new();
        for topology in topologies {
            let (project, machine) = (self.project, self.machine);
            commits.extend(sources::resolve(project, topology, machine, self.network, self.progress)?);
        }
        self.progress.finish();
        Ok(commits.into_iter().collect())
    }

    /// The project's lock, which is not there yet, for what the description declares.
    fn first(&self, selecting: &Selecting, locked: bool) -> Result<Lock, CliError> {
        let path = self.project.lock_path();
        if locked {
            return Err(CliError::user(format!("there is no lock at {}", path.display()))
                .help("make it with `plc lock`, or leave out `--locked`"));
        }
        let lock = if selecting.setting.with.is_empty() {
            self.whole(&self.project.program, &Relocking::default())?
        } else {
            self.whole(&declared(self.project, &selecting.setting)?, &Relocking::default())?
        };
        write(&path, &lock)?;
        let packages = render::count(lock.packages.len(), "package", "packages");
        self.terminal.status("Locked", format!("{packages} in {}", path.display()));
        Ok(lock)
    }

    /// A lock for what the project's has nothing for, from the same state of the archives where that is still to be had.
    fn further(
        &self,
        lock: &Lock,
        lacking: &Lacking,
        topology: &Topology,
        path: &Path,
    ) -> Result<Lock, CliError> {
        if self.network.offline {
            let message = format!("{} not locked yet, and `--offline` forbids it", what(lacking));
            return Err(CliError::user(message).help("leave out `--offline` once"));
        }
        let wanted = Wanted {
            archives: &make::drawn_from(&lacking.asked, &topology.archives),
            asked: &lacking.asked,
            previous: Some(lock),
            as_before: true,
            update: Update::Only(&[]),
            accept_expired: false,
            max_age: None,
        };
        let mut further = self.make(&wanted)?;
        if !lacking.revisions.is_empty() {
            further.sources = self.commits([topology])?;
        }
        write(path, &further)?;
        let beside = self.project.lock_path();
        self.terminal.status("Locked", format!("what was lacking, beside {}", beside.display()));
        for (archive, then, now) in moved(lock, &further) {
            let warning = format!("archive `{archive}` is of {now} here, and of {then} in the lock");
            self.terminal.warning(
                &CliError::user(warning),
                "what has changed in between shows as well; `plc lock --update` brings both to one state",
            );
        }
        Ok(further)
    }

    fn refused(&self, lacking: &Lacking) -> CliError {
        let path = self.project.lock_path();
        CliError::user(format!("{} not locked in {}", what(lacking), path.display()))
            .help("declare a `variant` and run `plc lock`, or leave out `--locked`")
    }
}

/// The lock of what is selected as far as it is known, without making any.
///
/// # Errors
/// When there is none, or it cannot be read.
pub(crate) fn known_lock(
    project: &Project,
    selecting: &Selecting,
    topology: &Topology,
    global: &Global,
) -> Result<Lock, CliError> {
    let lock = project.lock()?.ok_or_else(|| {
        CliError::user(format!("there is no lock at {}", project.lock_path().display()))
            .help("make it with `plc lock`: a description comes to derivations only with exact versions")
    })?;
    with_further(project, lock, selecting, topology, global)?.map_err(|lacking| {
        CliError::user(format!("{} not locked yet", what(&lacking)))
            .help("`plc build` with the same options locks it")
    })
}

/// The same for who does without one: none where the project has none, or where it lacks what is set besides and no lock was
/// made for that.
///
/// # Errors
/// When one that is there cannot be read.
pub(crate) fn lock_if_known(
    project: &Project,
    selecting: &Selecting,
    topology: &Topology,
    global: &Global,
) -> Result<Option<Lock>, CliError> {
    match project.lock()? {
        Some(lock) => Ok(with_further(project, lock, selecting, topology, global)?.ok()),
        None => Ok(None),
    }
}

/// A project's lock with what it lacks of a selection, where that was locked before; else what it lacks.
fn with_further(
    project: &Project,
    lock: Lock,
    selecting: &Selecting,
    topology: &Topology,
    global: &Global,
) -> Result<Result<Lock, Lacking>, CliError> {
    let lacking = lock.lacks(topology);
    // What the description itself asks for is for `plc lock` to lock.
    if lacking.is_empty() || is_declared(project, selecting)? {
        return Ok(Ok(lock));
    }
    let further = match Machine::open_to_read(global) {
        Ok(machine) => read_further(&further_path(&machine.store, &lock, &lacking, topology)?),
        // A description can be looked at where nothing was ever built.
        Err(_) => None,
    };
    match further {
        Some(further) => join(&lock, &further).map(Ok),
        None => Ok(Err(lacking)),
    }
}

/// Whether a selection is one that the project's lock is made for.
fn is_declared(project: &Project, selecting: &Selecting) -> Result<bool, CliError> {
    let selection = selecting.selection(&project.program)?;
    Ok(selecting.setting.with.is_empty() && project.program.selections().contains(&selection))
}

/// The description without what the command line sets.
fn declared(project: &Project, setting: &Setting) -> Result<Program, CliError> {
    let plain = Setting { with: Vec::new(), ..setting.clone() };
    project::check(&project.entry, &plain)?.1.program.ok_or_else(|| {
        CliError::user("without `--with` the description does not compile, and has no lock yet")
            .help("`plc check` tells what is wrong with it")
    })
}

/// What a lock lacks, up to the verb: ``what host `db` asks for (`mariadb-server` from `trixie`) is``.
fn what(lacking: &Lacking) -> String {
    let asked = lacking.asked.iter().map(|asked| format!("what {} asks for ({})", asked.by, asked.packages));
    let revisions =
        lacking.revisions.iter().map(|(repository, revision)| format!("`{repository}` {revision}"));
    let all: Vec<String> = asked.chain(revisions).collect();
    format!("{} {}", all.join(" and "), if all.len() == 1 { "is" } else { "are" })
}

/// Suites that are of another date in a further lock: archive and suite, date in the lock, date there.
fn moved(lock: &Lock, further: &Lock) -> Vec<(String, String, String)> {
    let mut moved = Vec::new();
    for archive in &further.archives {
        for suite in &archive.suites {
            let then = lock.archive(&archive.name).and_then(|locked| locked.suite(&suite.suite));
            if let Some(then) = then.filter(|then| then.date != suite.date) {
                let name = format!("{} {}", archive.name, suite.suite);
                moved.push((name, then.date.clone(), suite.date.clone()));
            }
        }
    }
    moved
}

fn join(lock: &Lock, further: &Lock) -> Result<Lock, CliError> {
    lock.joined(further).map_err(|error| {
        CliError::user("the packages cannot be had")
            .because_of(&error)
            .help("bring all to one state with `plc lock --update`")
    })
}

/// Where the lock for what the project's lacks is kept: named by what is asked for, of which archives, and by the state
/// that the project's lock has them in.
fn further_path(
    store: &Store,
    lock: &Lock,
    lacking: &Lacking,
    topology: &Topology,
) -> Result<PathBuf, CliError> {
    let question = Lock {
        archives: lock.archives.clone(),
        closures: lacking.asked.iter().map(unanswered).collect(),
        packages: Vec::new(),
        sources: Vec::new(),
    };
    let described: Vec<_> = make::drawn_from(&lacking.asked, &topology.archives)
        .into_iter()
        .map(|archive| (archive.name, archive.suites, archive.components, archive.signed_by, archive.mirror))
        .collect();
    let text = encode::encode(&(machine::platform()?, question.write(), described, &lacking.revisions));
    let name: String = encode::hash(DOMAIN, &text).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(store.locks().join(format!("{name}.lock")))
}

/// A request as a lock's text has it, without what it comes to. Who makes it makes no difference.
fn unanswered(asked: &Asked) -> Closure {
    let of = ClosureOf::Host("any".to_owned());
    Closure { of, request: asked.packages.clone(), base: Vec::new(), packages: Vec::new() }
}

/// A lock that was kept; one that cannot be read is made again.
fn read_further(path: &Path) -> Option<Lock> {
    Lock::parse(&fs::read_to_string(path).ok()?).ok()
}

/// The lock that a command replaces; none where there is none, or none that is of any use. Of a merge that was not settled, the
/// side whose archives are newer.
pub(crate) fn previous(project: &Project, terminal: &Terminal) -> Option<Lock> {
    project.lock().unwrap_or_else(|error| {
        let settled = fs::read_to_string(project.lock_path()).ok().and_then(|text| merged::settle(&text));
        let how = match settled {
            Some(_) => "settled: what both sides have stays, of what differs the versions of the side with the newer archives",
            None => "made anew: dates and signers are not compared with what was there",
        };
        terminal.warning(&error, how);
        settled
    })
}

/// Whether a file is a lock's text.
pub(crate) fn is_written(path: &Path, lock: &Lock) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text == lock.write())
}

/// Writes a lock in one step: whoever reads it sees the old one or the new one.
///
/// # Errors
/// When the directory cannot be written.
pub(crate) fn write(path: &Path, lock: &Lock) -> Result<(), CliError> {
    whole::write(path, lock.write().as_bytes())
        .map_err(|error| CliError::user(format!("cannot write {}", path.display())).because_of(&error))
}
