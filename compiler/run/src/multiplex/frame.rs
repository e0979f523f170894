//! What goes over the channel, piece by piece. What comes is not trusted: nothing is longer than it may be.

use std::io::{self, Read, Write};

/// How much of a stream goes at once, in bytes.
pub(crate) const CONTENT: usize = 32 << 10;

const MESSAGE: u8 = b'm';
const DATA: u8 = b'd';
const ROOM: u8 = b'r';
const CLOSE: u8 = b'c';

/// One piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A message, as JSON.
    Message(Vec<u8>),
    /// The next bytes of a stream.
    Data(u64, Vec<u8>),
    /// Room for so many more bytes of a stream.
    Room(u64, u32),
    /// A stream has ended, or nobody reads it any more.
    Close(u64),
}

impl Frame {
    /// Writes it whole.
    pub(crate) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let room;
        let (kind, stream, content): (u8, u64, &[u8]) = match self {
            Self::Message(message) => (MESSAGE, 0, message),
            Self::Data(stream, content) => (DATA, *stream, content),
            Self::Room(stream, bytes) => {
                room = bytes.to_le_bytes();
                (ROOM, *stream, &room)
            }
            Self::Close(stream) => (CLOSE, *stream, &[]),
        };
        let length = u32::try_from(content.len())
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "too long for a machine's channel"))?;
        let mut bytes = Vec::with_capacity(13 + content.len());
        bytes.push(kind);
        bytes.extend(stream.to_le_bytes());
        bytes.extend(length.to_le_bytes());
        bytes.extend(content);
        to.write_all(&bytes)
    }

    /// Reads the next; none where the other side has ended. No message is longer than so many bytes.
    pub(crate) fn read(from: &mut impl Read, longest: usize) -> io::Result<Option<Self>> {
        let mut head = [0; 13];
        let mut there = 0;
        while there < head.len() {
            match from.read(&mut head[there..]) {
                Ok(0) if there == 0 => return Ok(None),
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(more) => there += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let [kind, rest @ ..] = head;
        let [s0, s1, s2, s3, s4, s5, s6, s7, l0, l1, l2, l3] = rest;
        let stream = u64::from_le_bytes([s0, s1, s2, s3, s4, s5, s6, s7]);
        let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        let most = match kind {
            MESSAGE => longest,
            DATA => CONTENT,
            ROOM => 4,
            CLOSE => 0,
            _ => return Err(bad(format!("a piece of the unknown kind {kind}"))),
        };
        if length > most {
            return Err(bad(format!("a piece of {length} bytes, where {most} is the most")));
        }
        if kind == DATA && length == 0 {
            // There would always be room for another.
            return Err(bad("a piece of a stream with nothing in it".into()));
        }
        let mut content = Vec::new();
        if from.take(length as u64).read_to_end(&mut content)? != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Some(match kind {
            MESSAGE => Self::Message(content),
            DATA => Self::Data(stream, content),
            ROOM => {
                let bytes = <[u8; 4]>::try_from(content).map_err(|_| bad("half a number".into()))?;
                Self::Room(stream, u32::from_le_bytes(bytes))
            }
            _ => Self::Close(stream),
        }))
    }
}

fn bad(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_as_they_were_sent() {
        let all = [
            Frame::Message(b"{}".to_vec()),
            Frame::Data(7, vec![1; CONTENT]),
            Frame::Room(u64::MAX, 9),
            Frame::Close(3),
        ];
        let mut bytes = Vec::new();
        all.iter().for_each(|frame| frame.write(&mut bytes).expect("written"));
        let mut from = &bytes[..];
        for frame in all {
            assert_eq!(Frame::read(&mut from, 100).expect("read"), Some(frame));
        }
        assert_eq!(Frame::read(&mut from, 100).expect("read"), None);
    }

    #[test]
    fn what_a_machine_may_not_say_is_an_error() {
        let piece = |kind: u8, length: u32| {
            let mut bytes = vec![kind];
            bytes.extend(1_u64.to_le_bytes());
            bytes.extend(length.to_le_bytes());
            bytes
        };
        for (kind, length) in [
            (b'x', 0),
            (MESSAGE, 101),
            (DATA, CONTENT as u32 + 1),
            (ROOM, 5),
            (CLOSE, 1),
            (DATA, u32::MAX),
            (DATA, 0),
        ] {
            let read = Frame::read(&mut &piece(kind, length)[..], 100);
            assert_eq!(read.map_err(|e| e.kind()), Err(io::ErrorKind::InvalidData), "{kind} {length}");
        }
        // Less than it says, and half a head.
        for bytes in [piece(DATA, 5), piece(ROOM, 4), vec![DATA; 5]] {
            let read = Frame::read(&mut &bytes[..], 100);
            assert_eq!(read.map_err(|e| e.kind()), Err(io::ErrorKind::UnexpectedEof));
        }
        let mut short = piece(ROOM, 2);
        short.extend([1, 2]);
        assert_eq!(Frame::read(&mut &short[..], 100).map_err(|e| e.kind()), Err(io::ErrorKind::InvalidData));
    }
}
