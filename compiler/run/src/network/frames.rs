//! Whole frames of an interface, past the kernel's own network: what comes in there, and what is to go out.
//!
//! Within one machine, the kernel leaves checksums out and hands large segments over uncut, for the interface to do, which a pair
//! of virtual cables never does. Whoever reads frames gets them so, too. So the one who *sends* has to be told to make them
//! [`complete`]: the other end of the cable whose frames are read.

use std::{
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
};

use plc_build::sandbox::parts;
use rustix::{
    io::Errno,
    net::{AddressFamily, RecvFlags, SendFlags, SocketType, netdevice, recv, send, socket, sockopt},
};

/// The longest frame that such a network has: Ethernet's header, perhaps with a tag, and 1500 bytes.
pub(crate) const LONGEST: usize = 1518;

/// Bytes of frames that may wait to be read, as far as the kernel allows.
const WAITING: usize = 4 << 20;

/// The frames of one interface. Nothing of it waits; `poll` says when there is something to receive.
pub(crate) struct Frames(OwnedFd);

impl Frames {
    /// Those of an interface of the network namespace that the calling thread is in. They stay that interface's, whatever
    /// namespace the thread enters later.
    pub(crate) fn open(interface: &str) -> io::Result<Self> {
        let any = socket(AddressFamily::INET, SocketType::DGRAM, None)?;
        let frames = parts::frame_socket(netdevice::name_to_index(&any, interface)?)?;
        // What does not fit is lost; where it cannot be more, it is less.
        let _ = sockopt::set_socket_recv_buffer_size(&frames, WAITING);
        let _ = sockopt::set_socket_send_buffer_size(&frames, WAITING);
        Ok(Self(frames))
    }

    /// The next frame that has come in, and how long it is; none where there is none yet. One that does not fit is left out.
    pub(crate) fn receive(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        loop {
            match recv(&self.0, &mut *buffer, RecvFlags::TRUNC) {
                Ok((_, length)) if length > buffer.len() => {}
                Ok((_, length)) => return Ok(Some(length)),
                Err(Errno::INTR) => {}
                // An interface that is down says so once.
                Err(Errno::AGAIN | Errno::NETDOWN) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Sends a frame, and says whether it is on its way: as on any cable, one may be lost, where there is no room for it or
    /// nobody at the other end.
    pub(crate) fn send(&self, frame: &[u8]) -> bool {
        loop {
            match send(&self.0, frame, SendFlags::NOSIGNAL) {
                Err(Errno::INTR) => {}
                sent => return sent.is_ok(),
            }
        }
    }
}

impl AsFd for Frames {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Has an interface of the calling thread's network namespace send frames complete, or again as they are handed to it: with their
/// checksums, and none longer than [`LONGEST`]. It holds for open connections as well.
pub(crate) fn complete(interface: &str, complete: bool) -> io::Result<()> {
    parts::leave_checksums_to(interface, !complete)
}

#[cfg(test)]
mod tests {
    use std::{
        net::UdpSocket,
        thread,
        time::{Duration, Instant},
    };

    use super::*;
    use crate::network::tests::in_pair;

    /// The next frame of IPv4 that is for a port.
    fn next(frames: &Frames, port: u16) -> Vec<u8> {
        let begun = Instant::now();
        let mut buffer = [0; 1 << 16];
        while begun.elapsed() < Duration::from_secs(10) {
            match frames.receive(&mut buffer).expect("received") {
                Some(length)
                    if length > 38 && buffer[12..14] == [8, 0] && buffer[36..38] == port.to_be_bytes() =>
                {
                    return buffer[..length].to_vec();
                }
                Some(_) => {}
                None => thread::sleep(Duration::from_millis(1)),
            }
        }
        panic!("no frame came");
    }

    /// The sum that is 0xffff where the checksum is right, of the segment within a frame and its pseudo header.
    fn sum(frame: &[u8]) -> u32 {
        let segment = &frame[34..];
        let head = [u32::from(frame[23]), u32::try_from(segment.len()).expect("short")];
        let words = frame[26..34].chunks(2).chain(segment.chunks(2));
        let word = |part: &[u8]| u32::from(part[0]) << 8 | part.get(1).copied().map_or(0, u32::from);
        let mut sum: u32 = words.map(word).chain(head).sum();
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        sum
    }

    #[test]
    fn frames_come_with_their_checksums_once_that_is_asked_for() {
        in_pair(|| {
            let frames = Frames::open("near").expect("opened");
            let socket = UdpSocket::bind("10.99.0.1:0").expect("bound");
            let send = || socket.send_to(b"some words", "10.99.0.2:77").expect("sent");
            send();
            assert_ne!(sum(&next(&frames, 77)), 0xffff, "left to the interface");
            complete("far", true).expect("asked");
            send();
            let frame = next(&frames, 77);
            assert_eq!((sum(&frame), &frame[42..]), (0xffff, &b"some words"[..]));
            complete("far", false).expect("asked");
            send();
            assert_ne!(sum(&next(&frames, 77)), 0xffff);
        });
    }
}
