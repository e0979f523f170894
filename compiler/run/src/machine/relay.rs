//! Passes frames on between a host's interface and QEMU, one datagram for each.

use std::{
    io,
    os::{fd::OwnedFd, unix::net::UnixDatagram},
    thread,
};

use rustix::{
    event::{PollFd, PollFlags, poll},
    io::Errno,
};

use crate::network::frames::{Frames, LONGEST};

/// How many frames are passed on one way before the other is looked at.
const BATCH: usize = 64;

/// Begins, and gives QEMU's end.
pub(super) fn begin(frames: Frames) -> io::Result<OwnedFd> {
    let (ours, theirs) = UnixDatagram::pair()?;
    ours.set_nonblocking(true)?;
    thread::Builder::new().spawn(move || {
        // Without it, the machine is behind a cut cable; that it is gone is noticed elsewhere.
        let _ = relay(&frames, &ours);
    })?;
    Ok(theirs.into())
}

fn relay(frames: &Frames, machine: &UnixDatagram) -> io::Result<()> {
    let mut buffer = [0; LONGEST];
    loop {
        let mut waiting = [PollFd::new(frames, PollFlags::IN), PollFd::new(machine, PollFlags::IN)];
        match poll(&mut waiting, None) {
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        for _ in 0..BATCH {
            let Some(length) = frames.receive(&mut buffer)? else { break };
            // One that there is no room for is lost, as on any cable.
            let _ = machine.send(&buffer[..length]);
        }
        for _ in 0..BATCH {
            match machine.recv(&mut buffer) {
                Ok(length) => {
                    let _ = frames.send(&buffer[..length]);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
    }
}
