//! The compressions that a `.deb` may have, each with a bound on the memory that its decompressor takes.

use std::io::{self, Read};

use liblzma::stream::{CONCATENATED, Stream};

use super::{DECOMPRESSOR_MEMORY, DebError};

/// Base-2 logarithm of the largest window that a zstd frame may ask for.
const ZSTD_WINDOW_LOG: u32 = 27;

/// What decompresses a member, by the end of its name.
pub(crate) fn decoder<'a>(
    member: &str,
    stem: &str,
    content: impl Read + 'a,
) -> Result<Box<dyn Read + 'a>, DebError> {
    Ok(match member.strip_prefix(stem) {
        Some("") => Box::new(content),
        Some(".gz") => Box::new(flate2::read::MultiGzDecoder::new(content)),
        Some(".xz") => {
            let stream =
                Stream::new_stream_decoder(DECOMPRESSOR_MEMORY, CONCATENATED).map_err(io::Error::from)?;
            Box::new(liblzma::read::XzDecoder::new_stream(content, stream))
        }
        Some(".zst") => {
            let mut decoder = zstd::Decoder::new(content)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            Box::new(decoder)
        }
        _ => return Err(DebError::Compression { member: member.to_owned() }),
    })
}
