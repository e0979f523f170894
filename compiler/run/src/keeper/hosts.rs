//! Hosts: connected, and started in namespaces of their own.

use std::{
    fs, io,
    os::unix::{fs::DirBuilderExt, net::UnixStream},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use plc_build::sandbox::parts;
use plc_lang::topology::StateDirectory;

use super::{
    lives::Life,
    state::{Keeper, Plug, Running},
};
use crate::{
    deployment::{Deployment, Host},
    init::{GivenSecret, HostJob, MachineJob, MountedState, ToHost},
    network,
    place::Place,
};

/// The argument that makes the program a host.
pub(crate) const HOST_ARGUMENT: &str = "host";

/// How long a host may take to listen.
const LISTENING: Duration = Duration::from_secs(10);

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
