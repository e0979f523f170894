//! The process of this machine that stands for a virtual one: to the keeper it is a host like any other.
//!
//! It runs QEMU, process 1 of a PID namespace that ends with it, and passes on what the keeper says. What comes from the machine is
//! not trusted: whatever runs there may have taken it over.
//!
//! ```text
//! keeper ══ messages, descriptors ══ machine ── one channel (virtio-serial) ── guest ══ process 1 of the host
//!   the host's eth0 ── frames ──────────┴────── one datagram for each (virtio-net) ── eth0
//! ```

mod console;
mod outbox;
mod own;
mod qemu;
mod relay;
mod talk;

use std::{
    fs::{self, File},
    io,
    ops::RangeInclusive,
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    path::Path,
    process::ExitCode,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use plc_build::sandbox::parts;
use rustix::{
    process::{Pid, setsid},
    thread::{LinkNameSpaceType, move_into_link_name_space},
};

use self::{console::Console, talk::Talk};
use crate::{
    guest::ToGuest,
    init::{FromHost, HostJob},
    multiplex::Link,
    network, wire,
};

pub use self::qemu::find;

/// The argument that makes the program process 1 of a virtual machine.
pub(crate) const GUEST_ARGUMENT: &str = "guest";

/// How long a machine may take to come up: an emulated one on a busy computer takes long.
const BOOTING: Duration = Duration::from_secs(120);

/// How long it has to write everything to its disks and switch itself off.
const ENDING: Duration = Duration::from_secs(10);

/// Bytes of disk for states where nobody says how many; they take space once they are written.
const SPACE: u64 = 16 << 30;

/// No disk is smaller, since its file system would have no room for anything, and none larger, since ext4 with blocks of 4 KiB is not.
const SPACES: RangeInclusive<u64> = 16 << 20..=16 << 40;

/// The whole life of a machine.
pub(crate) fn run(job: HostJob, descriptors: Vec<OwnedFd>, keeper: UnixStream) -> ExitCode {
    let up = Arc::new(AtomicBool::new(false));
    let keeper = Arc::new(Keeper { to: Mutex::new(keeper), up: Arc::clone(&up) });
    let Err(reason) = live(job, descriptors, &keeper) else { return ExitCode::SUCCESS };
    if !up.load(Ordering::SeqCst) {
        keeper.say(&FromHost::Up(Err(reason)));
    }
    ExitCode::FAILURE
}

/// The keeper's side.
struct Keeper {
    to: Mutex<UnixStream>,
    /// Whether it was told that the machine is up, or why not.
    up: Arc<AtomicBool>,
}

impl Keeper {
    fn say(&self, message: &FromHost) {
        if matches!(message, FromHost::Up(_)) {
            self.up.store(true, Ordering::SeqCst);
        }
        let to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        // When it is gone, so is this process.
        let _ = wire::send(&to, message, &[]);
    }

    fn channel(&self) -> io::Result<UnixStream> {
        self.to.lock().unwrap_or_else(PoisonError::into_inner).try_clone()
    }
}

fn live(job: HostJob, descriptors: Vec<OwnedFd>, keeper: &Arc<Keeper>) -> Result<(), String> {
    parts::reset_signals();
    // Fails only for the leader of a process group, which is one of a session already.
    let _ = setsid();
    let told = |doing: &'static str| move |error: io::Error| format!("cannot {doing}: {error}");
    let machine = job.machine.clone().ok_or("it is no machine")?;
    let network = descriptors.first().ok_or("it has no network")?;
    move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network))
        .map_err(|error| told("enter the host's network")(error.into()))?;
    let (frames, hardware) = network::frames_for_machine().map_err(|error| error.to_string())?;
    drop(descriptors);
    let names = fs::read_to_string(&job.hosts).map_err(told("read the names of all hosts"))?;
    if let Some(states) = &machine.states {
        make_disk(states, machine.machine.space.unwrap_or(SPACE))
            .map_err(told("make the disk for states"))?;
    }
    let initrd = job.scratch.join("initrd");
    own::write(&machine.machine.modules, &initrd).map_err(told("write what the machine boots"))?;

    let pair = || UnixStream::pair().map_err(told("make a channel"));
    let ((channel, its_channel), (console, its_console)) = (pair()?, pair()?);
    let network = relay::begin(frames).map_err(told("pass on frames"))?;
    let console = Console::read(console.into()).map_err(told("read the console"))?;
    // Before anything is begun that could take long.
    let begun = Arc::new(OnceLock::<Arc<Talk>>::new());
    let (patience, hearer) = (Arc::clone(&begun), Arc::clone(keeper));
    thread::Builder::new()
        .spawn(move || {
            thread::sleep(BOOTING);
            match patience.get() {
                Some(talk) => talk.give_up(),
                None => {
                    hearer.say(&FromHost::Up(Err("QEMU does not start".into())));
                    // With process 1 goes whatever was started.
                    std::process::exit(1);
                }
            }
        })
        .map_err(told("start a thread"))?;
    let mut qemu = qemu::start(&qemu::Wanted {
        machine: &machine,
        initrd: &initrd,
        hardware,
        channel: its_channel.as_fd(),
        console: its_console.as_fd(),
        network: network.as_fd(),
    })?;
    drop((its_channel, its_console, network));
    let errors = qemu.stderr.take().map(|errors| Console::read(OwnedFd::from(errors)));
    let errors = errors.transpose().map_err(told("read what QEMU says"))?;

    let link = Arc::new(Link::new(channel.try_clone().map_err(told("use the channel"))?.into()));
    let talk = Talk::new(link, Arc::clone(keeper), Pid::from_child(&qemu), ENDING);
    let talk = talk.map_err(told("talk to the machine"))?;
    // Nobody else sets it.
    let _ = begun.set(Arc::clone(&talk));
    // All of it has been read by the kernel once the machine is up.
    let listening = talk.listen(channel).map_err(told("listen to the machine"))?;
    talk.say(ToGuest::Begin(Box::new(job), names)).map_err(told("talk to the machine"))?;
    let asked = keeper.channel().map_err(told("hear the keeper"))?;
    let hearing = Arc::clone(&talk);
    thread::Builder::new()
        .spawn(move || {
            // The end of it is the machine's.
            let _ = hearing.obey(&asked);
            hearing.end();
        })
        .map_err(told("start a thread"))?;

    let status = qemu.wait().map_err(told("wait for QEMU"))?;
    // What it said last may still be on its way.
    let _ = listening.join();
    if keeper.up.load(Ordering::SeqCst) {
        return Ok(());
    }
    let mut reason = if talk.is_late() {
        format!("the machine does not come up within {} s", BOOTING.as_secs())
    } else {
        format!("the machine ended before it was up ({status})")
    };
    for (what, text) in [("QEMU", errors.map(Console::finish)), ("its console", Some(console.finish()))] {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            reason = format!("{reason}; {what} said last: {text}");
        }
    }
    Err(reason)
}

/// Makes a disk where there is none.
fn make_disk(path: &Path, space: u64) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    if let Some(parent) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
    }
    let file: File =
        fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    let length = file.metadata()?.len();
    // Of one that has a file system, the length stays: to make that larger takes more than a longer file.
    if length == 0 {
        if !SPACES.contains(&space) {
            let reason = format!(
                "it is to have {space} bytes, and can have {} MiB to {} TiB: change `disk` of the host",
                SPACES.start() >> 20,
                SPACES.end() >> 40
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
        }
        file.set_len(space.next_multiple_of(4096))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_has_a_size_that_a_file_system_can_have() {
        let place = tempfile::tempdir().expect("a directory");
        let disk = place.path().join("disk");
        for space in [0, (16 << 20) - 1, (16 << 40) + 1, u64::MAX] {
            let told = make_disk(&disk, space).expect_err("refused").to_string();
            assert!(told.contains("16 MiB to 16 TiB"), "{told}");
        }
        make_disk(&disk, (16 << 20) + 1).expect("made");
        let length = || fs::metadata(&disk).expect("looked at").len();
        assert_eq!(length(), (16 << 20) + 4096);
        // One that is there stays as it is.
        make_disk(&disk, 0).expect("left alone");
        assert_eq!(length(), (16 << 20) + 4096);
    }
}
