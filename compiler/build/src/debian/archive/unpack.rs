//! Decompresses an index, up to a bound.

use std::io::{self, Read};

/// What an xz decoder may use: the largest dictionary of the usual presets is 64 MiB.
const XZ_MEMORY: u64 = 128 << 20;

/// The text of an index by its name's extension; at most `bound` bytes.
pub(super) fn unpack(name: &str, bytes: &[u8], bound: u64) -> io::Result<Vec<u8>> {
    if name.ends_with(".xz") {
        let stream = liblzma::stream::Stream::new_stream_decoder(XZ_MEMORY, liblzma::stream::CONCATENATED)?;
        bounded(liblzma::read::XzDecoder::new_stream(bytes, stream), bound)
    } else if name.ends_with(".gz") {
        bounded(flate2::read::MultiGzDecoder::new(bytes), bound)
    } else {
        bounded(bytes, bound)
    }
}

fn bounded(reader: impl Read, bound: u64) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    reader.take(bound.saturating_add(1)).read_to_end(&mut text)?;
    if text.len() as u64 > bound {
        return Err(io::Error::other(format!("it unpacks to more than {bound} bytes")));
    }
    Ok(text)
}
