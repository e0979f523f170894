//! What a keeper knows: hosts, units, and who waits for what.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    net::Ipv4Addr,
    os::{fd::OwnedFd, unix::net::UnixStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::Sender,
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::publish::Publisher;
use crate::{
    control::{Failure, Published, Report, Secrets, Status, UnitReport},
    deployment::{Deployment, Host, Unit, UnitName},
    init::{Ended, ToHost},
    limits::Limits,
    link::Link,
    network::{Detour, Network, address},
    place::Place,
    wire,
};

/// The keeper of one environment.
pub(super) struct Keeper {
    pub(super) place: Place,
    pub(super) network: Network,
    pub(super) limits: Limits,
    pub(super) state: Mutex<State>,
    /// Told of every change of the state.
    pub(super) changed: Condvar,
    /// Held by whoever changes what runs.
    pub(super) turn: Mutex<()>,
    /// Held by whoever has hosts stand still.
    pub(super) stillness: Mutex<()>,
    /// Hosts whose ways are not like others, held by whoever changes that.
    pub(super) detours: Mutex<BTreeMap<String, Detour>>,
    ids: AtomicU64,
    ending: AtomicBool,
    ended: AtomicBool,
}

/// What is under the lock.
#[derive(Default)]
pub(super) struct State {
    pub(super) deployment: Option<Deployment>,
    pub(super) hosts: BTreeMap<String, Running>,
    pub(super) units: BTreeMap<UnitName, Live>,
    pub(super) plugs: BTreeMap<String, Plug>,
    pub(super) published: Vec<(Published, Publisher)>,
    pub(super) secrets: Secrets,
    pub(super) cuts: BTreeSet<(String, String)>,
    /// Ways as they are described, by the hosts' names, the lower first.
    pub(super) links: BTreeMap<(String, String), Link>,
    /// Ways that are worse on purpose.
    pub(super) worse: BTreeMap<(String, String), Link>,
    pub(super) frozen: BTreeSet<String>,
    /// Hosts whose disks are in memory, to run full.
    pub(super) full: BTreeMap<String, Full>,
    /// Whether nothing may be started, since all stands still.
    pub(super) still: bool,
    /// What could not be limited, and why.
    pub(super) unlimited: BTreeSet<String>,
    /// Who waits for an answer of a host, by the number of what was asked.
    pub(super) waiting: BTreeMap<u64, Waiting>,
}

/// A host that runs.
pub(super) struct Running {
    pub(super) host: Host,
    /// Tells one run of it from the next.
    pub(super) run: u64,
    pub(super) channel: Arc<Mutex<UnixStream>>,
    /// The same, to end it whoever is waiting for his turn to send.
    pub(super) handle: UnixStream,
    /// Whether it was told what it is, and may be told more.
    pub(super) listens: bool,
    /// Whether it is to end.
    pub(super) stopping: bool,
}

/// Where a host is connected: kept from one run of it to the next, so that its address answers.
pub(super) struct Plug {
    pub(super) number: u16,
    pub(super) namespace: Arc<OwnedFd>,
}

/// A disk that is to run full.
#[derive(Clone)]
pub(super) struct Full {
    /// Bytes that are left.
    pub(super) free: u64,
    /// Whether it is full already; before, its host comes up as it does usually.
    pub(super) filled: bool,
    /// Its root directory, once there is one.
    pub(super) disk: Option<Arc<OwnedFd>>,
}

/// A unit, and what becomes of it.
pub(super) struct Live {
    pub(super) unit: Unit,
    pub(super) status: Status,
    /// Whether it is to run.
    pub(super) wanted: bool,
    /// The number of its process.
    pub(super) process: Option<u64>,
    pub(super) restarts: u32,
    /// How it has ended after it was ready, if it has since it was asked for.
    pub(super) fell: Option<String>,
    pub(super) since: SystemTime,
    /// Whether somebody looks after it.
    pub(super) attended: bool,
}

/// Somebody who waits for an answer.
pub(super) struct Waiting {
    pub(super) run: u64,
    pub(super) sender: Sender<Answer>,
}

/// What a host answers.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Ended(Ended),
    Probed(bool),
}

impl Keeper {
    pub(super) fn new(place: Place, network: Network, limits: Limits) -> Self {
        Self {
            place,
            network,
            limits,
            state: Mutex::default(),
            changed: Condvar::new(),
            turn: Mutex::default(),
            stillness: Mutex::default(),
            detours: Mutex::default(),
            ids: AtomicU64::new(1),
            ending: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something changes, or for a while.
    pub(super) fn wait<'a>(&self, state: MutexGuard<'a, State>, longest: Duration) -> MutexGuard<'a, State> {
        self.changed.wait_timeout(state, longest).unwrap_or_else(PoisonError::into_inner).0
    }

    pub(super) fn next_id(&self) -> u64 {
        self.ids.fetch_add(1, Ordering::SeqCst)
    }

    /// Whether it is time to end.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Has everybody who waits for something to become ready wait no more.
    pub(super) fn begin_to_end(&self) {
        self.ending.store(true, Ordering::SeqCst);
        self.changed.notify_all();
    }

    /// Whether all is about to end.
    pub(super) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::SeqCst)
    }

    /// Ends the keeper, once whoever asked has been told.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::SeqCst);
        // Whoever accepts connections looks up when one comes.
        let _ = self.place.connect();
    }

    /// Sends a message to a host. Who waits for the answer is registered before.
    pub(super) fn tell_host(
        &self,
        host: &str,
        message: &ToHost,
        descriptors: &[OwnedFd],
        answer: Option<(u64, Sender<Answer>)>,
    ) -> Result<(), String> {
        let channel = {
            let mut state = self.state();
            while state.still && matches!(message, ToHost::Start { .. }) {
                state = self.wait(state, Duration::from_secs(1));
            }
            let Some(running) = state.hosts.get(host).filter(|running| running.listens) else {
                return Err(format!("host {host} is not up"));
            };
            let (channel, run) = (Arc::clone(&running.channel), running.run);
            if let Some((id, sender)) = answer {
                state.waiting.insert(id, Waiting { run, sender });
            }
            channel
        };
        let channel = channel.lock().unwrap_or_else(PoisonError::into_inner);
        wire::send(&channel, message, &wire::borrow(descriptors)).map_err(|error: io::Error| {
            // Half a message makes no sense of the next: a host that does not listen in time is lost.
            let _ = channel.shutdown(std::net::Shutdown::Both);
            format!("host {host} does not listen: {error}")
        })
    }

    pub(super) fn report(&self) -> Report {
        let state = self.state();
        let seconds = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let declared = state.deployment.iter().flat_map(|deployment| &deployment.hosts);
        let names = declared.flat_map(|host| host.units.iter().map(|unit| &unit.name));
        let units = names.filter_map(|name| {
            let live = state.units.get(name)?;
            Some(UnitReport {
                name: name.clone(),
                status: live.status.clone(),
                restarts: live.restarts,
                since: seconds(live.since),
            })
        });
        Report {
            units: units.collect(),
            deployment: state.deployment.clone(),
            addresses: state.addresses(),
            published: state.published.iter().map(|(published, _)| published.clone()).collect(),
            cuts: state.cuts.iter().cloned().collect(),
            worse: state.worse.iter().map(|((a, b), link)| (a.clone(), b.clone(), *link)).collect(),
            frozen: state.frozen.iter().cloned().collect(),
            full: state.full.keys().cloned().collect(),
            unlimited: state.unlimited.iter().cloned().collect(),
        }
    }
}

impl State {
    pub(super) fn addresses(&self) -> Vec<(String, Ipv4Addr)> {
        self.plugs.iter().map(|(name, plug)| (name.clone(), address(plug.number))).collect()
    }

    /// Says that something has become of a unit.
    pub(super) fn set(&mut self, name: &UnitName, status: Status) {
        if let Some(live) = self.units.get_mut(name)
            && live.status != status
        {
            live.status = status;
            live.since = SystemTime::now();
        }
    }

    pub(super) fn status(&self, name: &UnitName) -> Option<&Status> {
        self.units.get(name).map(|live| &live.status)
    }
}

/// A failure that is about no unit.
pub(super) fn failure(reason: impl Into<String>) -> Failure {
    Failure { reason: reason.into(), unit: None, said: Vec::new(), rolled_back: false }
}
