//! The compressions that a `.deb` may have, each with a bound on the memory that its decompressor takes, and on what it
//! gives for what it has really read: a length that an archive declares of itself bounds nothing.

use std::{
    cell::Cell,
    io::{self, Read},
    rc::Rc,
};

use liblzma::stream::{CONCATENATED, IGNORE_CHECK, Stream};

use super::{DECOMPRESSOR_MEMORY, DebError, EXPANSION_FLOOR, EXPANSION_MAX};

/// Base-2 logarithm of the largest window that a zstd frame may ask for.
const ZSTD_WINDOW_LOG: u32 = 27;

/// What becomes of the checksums that xz keeps of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Checksums {
    /// They are compared.
    Compared,
    /// They are passed over: who reads holds all that is compressed against a hash, which says more for a tenth of the time.
    PassedOver,
}

impl Checksums {
    fn flags(self) -> u32 {
        match self {
            Self::Compared => CONCATENATED,
            Self::PassedOver => CONCATENATED | IGNORE_CHECK,
        }
    }
}

/// What decompresses a member, by the end of its name. Reading fails where it expands out of proportion.
pub(crate) fn decoder<'a>(
    member: &str,
    stem: &str,
    content: impl Read + 'a,
    checksums: Checksums,
) -> Result<Box<dyn Read + 'a>, DebError> {
    let taken = Rc::new(Cell::new(0));
    let content = Counted { from: content, count: Rc::clone(&taken) };
    let from: Box<dyn Read + 'a> = match member.strip_prefix(stem) {
        Some("") => Box::new(content),
        Some(".gz") => Box::new(flate2::read::MultiGzDecoder::new(content)),
        Some(".xz") => {
            let stream = Stream::new_stream_decoder(DECOMPRESSOR_MEMORY, checksums.flags())
                .map_err(io::Error::from)?;
            Box::new(liblzma::read::XzDecoder::new_stream(content, stream))
        }
        Some(".zst") => {
            let mut decoder = zstd::Decoder::new(content)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            Box::new(decoder)
        }
        _ => return Err(DebError::Compression { member: member.to_owned() }),
    };
    Ok(Box::new(InProportion { from, taken, given: 0 }))
}

/// Counts what is read of a member.
struct Counted<R> {
    from: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(buffer)?;
        self.count.set(self.count.get().saturating_add(count as u64));
        Ok(count)
    }
}

/// Gives no more than [`EXPANSION_MAX`] times what was taken, but [`EXPANSION_FLOOR`] always.
struct InProportion<R> {
    from: R,
    taken: Rc<Cell<u64>>,
    given: u64,
}

impl<R: Read> Read for InProportion<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(buffer)?;
        self.given = self.given.saturating_add(count as u64);
        if self.given > self.taken.get().saturating_mul(EXPANSION_MAX).max(EXPANSION_FLOOR) {
            return Err(io::Error::other(format!(
                "it expands to more than {EXPANSION_MAX} times its length"
            )));
        }
        Ok(count)
    }
}
