//! Hosts: started in namespaces of their own, heard, and cleared away when they end.

use std::{
    fs, io,
    net::Shutdown,
    os::{
        fd::{AsFd, OwnedFd},
        unix::{fs::DirBuilderExt, net::UnixStream},
    },
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use plc_build::sandbox::parts;
use plc_lang::topology::StateDirectory;
use rustix::thread::UnshareFlags;

use super::state::{Answer, Keeper, Plug, Running};
use crate::{
    RUN_ARGUMENT,
    deployment::{Deployment, Host},
    init::{Ended, FromHost, GivenSecret, HostJob, MachineJob, MountedState, ToHost},
    network,
    place::Place,
    wire,
};

/// The argument that makes the program a host.
pub(crate) const HOST_ARGUMENT: &str = "host";

/// How long a host may take to listen.
const LISTENING: Duration = Duration::from_secs(10);

/// How long a machine has to write everything to its disks and to end; a little longer than it gives itself.
const ENDING: Duration = Duration::from_secs(15);

/// How long a host that has failed stays down.
const RECOVERY: Duration = Duration::from_secs(1);

/// State directories below these are in memory, and end with their host.
const IN_MEMORY: [&str; 2] = ["/run/", "/tmp/"];

/// Removes what hosts of a keeper that was killed have left.
pub(super) fn clear(place: &Place) -> Result<(), String> {
    let scratch = place.path().join("scratch");
    let entries = fs::read_dir(&scratch).map_err(|error| error.to_string())?;
    for entry in entries.flatten() {
        parts::remove(&entry.path()).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// One run of a host.
struct Life {
    host: Host,
    job: HostJob,
    /// Of its network.
    namespace: Arc<OwnedFd>,
    number: u16,
    run: u64,
    scratch: PathBuf,
}

impl Keeper {
    /// Connects hosts that are not, and tells all of them who is where.
    ///
    /// While one deployment follows another, there are hosts of both; of two with one name, the later counts.
    pub(super) fn connect_hosts(&self, deployments: &[&Deployment]) -> Result<(), String> {
        let find = |name: &str| deployments.iter().rev().find_map(|deployment| deployment.host(name));
        for host in deployments.iter().flat_map(|deployment| &deployment.hosts) {
            let free = {
                let state = self.state();
                if state.plugs.contains_key(&host.name) {
                    continue;
                }
                let taken: Vec<u16> = state.plugs.values().map(|plug| plug.number).collect();
                (0..u16::MAX - 2).find(|number| !taken.contains(number))
            };
            let number = free.ok_or("the environment's network has no address left")?;
            let namespace = self.network.plug(number).map_err(|error| error.to_string())?;
            let plug = Plug { number, namespace: Arc::new(namespace) };
            self.state().plugs.insert(host.name.clone(), plug);
        }
        let mut text = String::from("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n");
        for (name, address) in self.state().addresses() {
            if let Some(host) = find(&name) {
                text.push_str(&format!("{address} {} {name}\n", host.address));
            }
        }
        // In place: hosts have mounted this very file.
        write_in_place(&self.place.path().join("hosts"), &text).map_err(|error| error.to_string())?;
        let machines: Vec<String> = {
            let state = self.state();
            let all = state.hosts.values().filter(|running| running.host.machine.is_some());
            all.map(|running| running.host.name.clone()).collect()
        };
        for machine in machines {
            // One that does not listen is lost, and hears it when it comes up again.
            let _ = self.tell_host(&machine, &ToHost::Names(text.clone()), &[], None);
        }
        Ok(())
    }

    /// Starts a host, without anything on it, and waits until it is up.
    pub(super) fn start_host(self: &Arc<Self>, host: &Host) -> Result<(), String> {
        let told = |error: io::Error| format!("host {} cannot be started: {error}", host.name);
        if self.state().hosts.contains_key(&host.name) {
            return Err(format!("host {} is up already", host.name));
        }
        let run = self.next_id();
        let scratch = self.place.path().join("scratch").join(format!("{}-{run}", host.name));
        let mut builder = fs::DirBuilder::new();
        builder.mode(0o700);
        builder.create(&scratch).map_err(told)?;
        for name in ["upper", "work", "root"] {
            builder.create(scratch.join(name)).map_err(told)?;
        }
        if let Some(top) = host.layers.last() {
            copy_owner_and_mode(top, &scratch.join("upper")).map_err(told)?;
        }
        let plug = self.state().plugs.get(&host.name).map(|plug| (Arc::clone(&plug.namespace), plug.number));
        let (namespace, number) = plug.ok_or_else(|| format!("host {} is not connected", host.name))?;
        let job = HostJob {
            name: host.name.clone(),
            address: network::address(number),
            layers: host.layers.clone(),
            scratch: scratch.clone(),
            hosts: self.place.path().join("hosts"),
            states: self.states(host).map_err(told)?,
            live: host.live.clone(),
            secrets: self.secrets(host)?,
            in_memory: self.state().full.contains_key(&host.name),
            machine: self.machine(host)?,
        };
        network::lend(number, &namespace, job.machine.is_some()).map_err(|error| error.to_string())?;
        let (ours, theirs) = UnixStream::pair().map_err(told)?;
        ours.set_write_timeout(Some(LISTENING)).map_err(told)?;
        let (up, is_up) = mpsc::channel();
        let keeper = Arc::clone(self);
        let reading = ours.try_clone().map_err(told)?;
        let handle = ours.try_clone().map_err(told)?;
        let life = Life { host: host.clone(), job, namespace, number, run, scratch };
        let channel = Arc::new(Mutex::new(ours));
        let running = Running { host: host.clone(), run, channel, handle, listens: false, stopping: false };
        // Before anybody could note that it has ended.
        self.state().hosts.insert(host.name.clone(), running);
        let attended = thread::Builder::new().spawn(move || keeper.look_after(life, theirs, reading, up));
        if let Err(error) = attended {
            self.state().hosts.remove(&host.name);
            return Err(told(error));
        }
        let came = is_up.recv().unwrap_or_else(|_| Err("it ended before it was up".into()));
        if let Err(reason) = came {
            // Until it is gone: the next one has the same network and the same disks.
            self.stop_host(&host.name);
            return Err(format!("host {} cannot be started: {reason}", host.name));
        }
        // One that does not listen is lost, and comes up anew.
        let _ = self.cut_again(&host.name);
        self.limit_disk(&host.name)
    }

    /// The secrets of a host with their values.
    fn secrets(&self, host: &Host) -> Result<Vec<GivenSecret>, String> {
        let state = self.state();
        let given = host.secrets.iter().map(|file| match state.secrets.get(&file.secret) {
            Some(value) => Ok(GivenSecret { file: file.clone(), value: value.clone() }),
            None => Err(format!("host {} needs the secret `{}`, which has no value", host.name, file.secret)),
        });
        given.collect()
    }

    /// What a host boots that is a virtual machine. One that was a container has its states elsewhere, and the other way round: what
    /// a host has kept is not given up without a word.
    pub(super) fn machine(&self, host: &Host) -> Result<Option<MachineJob>, String> {
        let disk = self.place.disk(&host.name);
        let kept = host.states.iter().any(|state| !is_in_memory(state));
        let (is, was, elsewhere) = match host.machine {
            Some(_) => ("virtual machine", "container", self.place.states(&host.name).exists()),
            None => ("container", "virtual machine", disk.exists()),
        };
        if kept && elsewhere {
            return Err(format!(
                "host {} has states of a {was}, which a {is} cannot use: give the environment another `--name`, or remove what it \
                 keeps with `plc down --state`",
                host.name
            ));
        }
        Ok(host.machine.clone().map(|machine| MachineJob {
            machine,
            states: kept.then_some(disk),
            memory: host.memory,
            cpus: host.cpus,
        }))
    }

    /// Where the state directories of a host are, made where they are not. Those of a machine are on its own disk.
    fn states(&self, host: &Host) -> io::Result<Vec<MountedState>> {
        let mut builder = fs::DirBuilder::new();
        builder.mode(0o700);
        let mounted = host.states.iter().map(|state| {
            if is_in_memory(state) {
                return Ok(MountedState { state: state.clone(), kept: None, fresh: true });
            }
            let kept = self.place.state(&host.name, &state.path);
            if host.machine.is_some() {
                return Ok(MountedState { state: state.clone(), kept: Some(kept), fresh: true });
            }
            if let Some(parent) = kept.parent() {
                fs::create_dir_all(parent)?;
            }
            match builder.create(&kept) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
            // One whose host ended before it was up has nothing in it either.
            let fresh = fs::read_dir(&kept)?.next().is_none();
            Ok(MountedState { state: state.clone(), kept: Some(kept), fresh })
        });
        let mut mounted: Vec<MountedState> = mounted.collect::<io::Result<_>>()?;
        // Of one within another, the outer is mounted first.
        mounted.sort_by(|one, other| one.state.path.cmp(&other.state.path));
        Ok(mounted)
    }

    /// Waits for the end of a host, clears away what it leaves, and starts it again where nobody wanted it to end.
    fn look_after(
        self: &Arc<Self>,
        life: Life,
        theirs: UnixStream,
        reading: UnixStream,
        up: mpsc::Sender<Result<(), String>>,
    ) {
        let Life { host, job, namespace, number, run, scratch } = life;
        let (keeper, started) = (Arc::clone(self), host.clone());
        let lent = job.machine.is_some().then(|| Arc::clone(&namespace));
        // The host dies with the thread that has started it, which can start no others: it has left the namespace of processes.
        let attended = thread::Builder::new()
            .spawn(move || keeper.attend_host((&started, run), (&job, &namespace), theirs, &reading, &up));
        let was_up = attended.is_ok_and(|thread| thread.join().unwrap_or(false));
        if let Some(namespace) = lent {
            // Where it fails, what is sent there is left unanswered.
            let _ = network::lend(number, &namespace, false);
        }
        // What is left of it costs space, and the next keeper tries again.
        let _ = parts::remove(&scratch);
        if let Some(host) = self.has_gone(&host.name, run).filter(|_| was_up) {
            self.recover(&host.name);
        }
    }

    /// Gives whether it was ever up.
    fn attend_host(
        &self,
        (host, run): (&Host, u64),
        (job, namespace): (&HostJob, &OwnedFd),
        theirs: UnixStream,
        reading: &UnixStream,
        up: &mpsc::Sender<Result<(), String>>,
    ) -> bool {
        let started = parts::unshare(UnshareFlags::NEWPID).map_err(io::Error::from).and_then(|()| {
            Command::new("/proc/self/exe")
                .args([RUN_ARGUMENT, HOST_ARGUMENT, &host.name])
                .env_clear()
                .stdin(OwnedFd::from(theirs))
                .stdout(Stdio::null())
                .spawn()
        });
        let mut child = match started {
            Ok(child) => child,
            Err(error) => {
                let _ = up.send(Err(error.to_string()));
                return false;
            }
        };
        // Before anything is started on it, and as long as something may run.
        let _groups = job.machine.is_none().then(|| {
            // A machine has its own memory and processors, and no more; what runs it needs some beside.
            let (groups, failed) = self.limits.set(host, child.id());
            self.state().unlimited.extend(failed);
            groups
        });
        // It may be long, and has to be read meanwhile.
        if let Err(error) = wire::send(reading, job, &[namespace.as_fd()]) {
            let _ = up.send(Err(error.to_string()));
        }
        // What is said before would be taken for what it is made of.
        if let Some(running) = self.state().hosts.get_mut(&host.name).filter(|running| running.run == run) {
            running.listens = true;
        }
        let mut was_up = false;
        while let Ok(Some((message, descriptors))) = wire::receive::<FromHost>(reading) {
            match message {
                FromHost::Up(came) => {
                    if let Some(full) = self.state().full.get_mut(&host.name) {
                        full.disk = descriptors.into_iter().next().map(Arc::new);
                    }
                    was_up |= came.is_ok();
                    let _ = up.send(came);
                }
                FromHost::Ended { id, how } => self.pass(run, id, Answer::Ended(how)),
                FromHost::Probed { id, open } => self.pass(run, id, Answer::Probed(open)),
            }
        }
        let _ = child.kill();
        // All of its processes are gone when this returns.
        let _ = child.wait();
        was_up
    }

    /// Passes on what a host answers, to what it was asked itself: a machine may say anything.
    fn pass(&self, run: u64, id: u64, answer: Answer) {
        let mut state = self.state();
        if state.waiting.get(&id).is_some_and(|waiting| waiting.run == run)
            && let Some(waiting) = state.waiting.remove(&id)
        {
            // Whoever asked may have gone.
            let _ = waiting.sender.send(answer);
        }
    }

    /// Notes that a host has ended; gives it where nobody wanted it to.
    fn has_gone(&self, name: &str, run: u64) -> Option<Host> {
        let mut state = self.state();
        let ended = state.hosts.get(name).filter(|running| running.run == run);
        let failed = ended.filter(|running| !running.stopping).map(|running| running.host.clone());
        if ended.is_some() {
            state.hosts.remove(name);
            state.frozen.remove(name);
            if let Some(full) = state.full.get_mut(name) {
                full.disk = None;
            }
        }
        let gone: Vec<u64> =
            state.waiting.iter().filter(|(_, waiting)| waiting.run == run).map(|(id, _)| *id).collect();
        for id in gone {
            if let Some(waiting) = state.waiting.remove(&id) {
                let _ = waiting.sender.send(Answer::Ended(Ended::NotStarted("its host has ended".into())));
            }
        }
        self.changed.notify_all();
        failed
    }

    /// Starts a host again that has ended by itself; its units are started again by who looks after them.
    fn recover(self: &Arc<Self>, name: &str) {
        loop {
            thread::sleep(RECOVERY);
            {
                let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
                let state = self.state();
                // As it is declared now: what makes no difference to one that runs may be otherwise.
                let declared =
                    state.deployment.as_ref().and_then(|deployment| deployment.host(name).cloned());
                let Some(host) = declared.filter(|_| !state.hosts.contains_key(name) && !self.has_ended())
                else {
                    return;
                };
                drop(state);
                if self.start_host(&host).is_ok() {
                    return;
                }
            }
        }
    }

    /// Ends a host on which nothing runs any more, and waits until it is gone.
    pub(super) fn stop_host(&self, name: &str) {
        let begun = Instant::now();
        let mut state = self.state();
        if let Some(running) = state.hosts.get_mut(name) {
            running.stopping = true;
            // It ends with what it hears from, whoever waits to send it something. What a machine says is heard still: its disks
            // are written by then.
            let all = running.host.machine.is_none();
            let _ = running.handle.shutdown(if all { Shutdown::Both } else { Shutdown::Write });
        }
        while let Some(running) = state.hosts.get(name).filter(|running| running.stopping) {
            if begun.elapsed() >= ENDING {
                let _ = running.handle.shutdown(Shutdown::Both);
            }
            state = self.wait(state, Duration::from_secs(1));
        }
    }

    /// Forgets the units of a host that has ended, once nobody looks after them any more.
    pub(super) fn forget_units(&self, host: &str) {
        let mut state = self.state();
        while state.units.iter().any(|(name, live)| name.host == host && live.attended) {
            state = self.wait(state, Duration::from_secs(1));
        }
        state.units.retain(|name, _| name.host != host);
    }
}

fn is_in_memory(state: &StateDirectory) -> bool {
    IN_MEMORY.iter().any(|prefix| state.path.starts_with(prefix))
}

/// Writes a file that is mounted, where it says something else: at no moment there is nothing in it.
fn write_in_place(path: &std::path::Path, text: &str) -> io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    if fs::read(path).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(());
    }
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o644).open(path)?;
    // For all users of the hosts, whatever the mask.
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    file.write_all(text.as_bytes())?;
    file.set_len(text.len() as u64)
}

fn copy_owner_and_mode(from: &std::path::Path, to: &std::path::Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let meta = fs::metadata(from)?;
    chown(to, Some(meta.uid()), Some(meta.gid()))?;
    fs::set_permissions(to, meta.permissions())
}
