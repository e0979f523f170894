//! Messages between `plc`, the keeper and the hosts: a length in eight bytes, JSON, and descriptors beside them.

use std::{
    io::{self, IoSlice, IoSliceMut, Read, Write},
    mem::MaybeUninit,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::net::UnixStream,
    },
};

use rustix::{
    io::Errno,
    net::{
        RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
        SendFlags, recvmsg, sendmsg,
    },
};
use serde::{Serialize, de::DeserializeOwned};

/// What is longer than this is no message.
const LONGEST: u64 = 64 << 20;

/// How many descriptors go with one message at most: the kernel takes no more (`SCM_MAX_FD`).
pub(crate) const DESCRIPTORS: usize = 253;

/// Sends a message with descriptors, all or an error.
pub(crate) fn send<T: Serialize>(
    to: &UnixStream,
    message: &T,
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    let length = (body.len() as u64).to_le_bytes();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "too many descriptors for a message"));
    }
    // The descriptors go with the first byte; the rest may come in pieces.
    let sent = loop {
        match sendmsg(to, &[IoSlice::new(&length)], &mut ancillary, SendFlags::NOSIGNAL) {
            Err(Errno::INTR) => {}
            sent => break sent?,
        }
    };
    let mut to = to;
    to.write_all(&length[sent..])?;
    to.write_all(&body)
}

/// Receives a message with its descriptors; none where the other side has ended.
pub(crate) fn receive<T: DeserializeOwned>(from: &UnixStream) -> io::Result<Option<(T, Vec<OwnedFd>)>> {
    let mut length = [0; 8];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        match recvmsg(from, &mut [IoSliceMut::new(&mut length)], &mut ancillary, RecvFlags::CMSG_CLOEXEC) {
            Err(Errno::INTR) => {}
            received => break received?.bytes,
        }
    };
    if received == 0 {
        return Ok(None);
    }
    let mut descriptors = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            descriptors.extend(rights);
        }
    }
    let mut from = from;
    from.read_exact(&mut length[received..])?;
    let length = u64::from_le_bytes(length);
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a message of {length} bytes")));
    }
    let mut body = Vec::new();
    if from.take(length).read_to_end(&mut body)? as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some((serde_json::from_slice(&body)?, descriptors)))
}

/// Borrows each of some descriptors.
pub(crate) fn borrow<T: AsFd>(descriptors: &[T]) -> Vec<BorrowedFd<'_>> {
    descriptors.iter().map(AsFd::as_fd).collect()
}

#[cfg(test)]
mod tests {
    use std::io::pipe;

    use super::*;

    #[test]
    fn a_message_takes_descriptors_along() {
        let (one, other) = UnixStream::pair().expect("a pair of sockets");
        let (mut from, to) = pipe().expect("a pipe");
        send(&one, &"x".repeat(100_000), &[to.as_fd()]).expect("sent");
        send(&one, &7, &[]).expect("sent");
        drop((one, to));
        let (text, descriptors) = receive::<String>(&other).expect("received").expect("a message");
        assert_eq!((text.len(), descriptors.len()), (100_000, 1));
        std::fs::File::from(descriptors.into_iter().next().expect("one"))
            .write_all(b"through")
            .expect("written");
        assert_eq!(receive::<u8>(&other).expect("received").expect("a message").0, 7);
        assert!(receive::<u8>(&other).expect("received").is_none());
        let mut read = String::new();
        from.read_to_string(&mut read).expect("read");
        assert_eq!(read, "through");
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        let (one, other) = UnixStream::pair().expect("a pair of sockets");
        (&one).write_all(&u64::MAX.to_le_bytes()).expect("sent");
        assert_eq!(receive::<u8>(&other).map(|_| ()).map_err(|e| e.kind()), Err(io::ErrorKind::InvalidData));
        let (one, other) = UnixStream::pair().expect("a pair of sockets");
        (&one).write_all(&[1, 0, 0]).expect("sent");
        drop(one);
        assert_eq!(
            receive::<u8>(&other).map(|_| ()).map_err(|e| e.kind()),
            Err(io::ErrorKind::UnexpectedEof)
        );
    }
}
