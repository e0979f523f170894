//! How the bytes of a blob lie in its file: as they are, or compressed, behind a header that says how many they are.
//!
//! ```text
//! "plc zst\n"
//! how many bytes the blob has      8 bytes, little-endian
//! the blob as one frame of zstd    (RFC 8878)
//! ```
//!
//! Any other file is the blob itself. A blob that begins as the header does is always compressed, so that no file means two
//! things.

use std::{
    cell::RefCell,
    fmt,
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use zstd::{
    bulk,
    stream::{read, write},
};

use crate::{BlobDigest, Result, StoreError, error::Object};

const MAGIC: [u8; 8] = *b"plc zst\n";

/// Magic and length.
const HEADER: usize = 16;

/// Where the length stands, in bytes from the beginning.
pub(crate) const LENGTH_AT: u64 = MAGIC.len() as u64;

/// One of zstd's quick ones: what is built is written once and mostly read once, so time counts more than space.
const LEVEL: i32 = -1;

/// What is shorter stays as it is, in bytes: most files are, and all of them together are a sixth of what root file systems hold.
pub(crate) const SHORTEST: usize = 256 << 10;

/// A blob of so many bytes is decompressed at once, a longer one piece by piece.
const WHOLE: u64 = 8 << 20;

/// How many bytes of a long one are decompressed at a time.
const PIECE: usize = 128 << 10;

thread_local! {
    // Both hold some hundred kilobytes of tables, which would be made anew for each of thousands of small blobs.
    static COMPRESSOR: RefCell<Option<bulk::Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<bulk::Decompressor<'static>>> = const { RefCell::new(None) };
}

/// What the file of a blob holds instead of its bytes, where that is worth it, or they must not stand there as they are.
pub(crate) fn compress(bytes: &[u8], wanted: bool) -> io::Result<Option<Vec<u8>>> {
    let must = is_marked(bytes);
    if !must && (!wanted || bytes.len() < SHORTEST) {
        return Ok(None);
    }
    let mut file = header(bytes.len() as u64);
    let frame = COMPRESSOR.with_borrow_mut(|compressor| match compressor {
        Some(compressor) => compressor.compress(bytes),
        none => none.insert(bulk::Compressor::new(LEVEL)?).compress(bytes),
    })?;
    file.extend_from_slice(&frame);
    // It is decompressed each time.
    let is_worth_it = file.len() <= bytes.len() / 8 * 7;
    Ok((must || is_worth_it).then_some(file))
}

fn header(length: u64) -> Vec<u8> {
    let mut header = MAGIC.to_vec();
    header.extend_from_slice(&length.to_le_bytes());
    header
}

/// Compresses a blob piece by piece, of which the length is not known beforehand.
pub(crate) struct Compressor(write::Encoder<'static, Vec<u8>>);

impl Compressor {
    /// With a header in front, whose length is to be written later.
    pub(crate) fn new() -> io::Result<Self> {
        write::Encoder::new(header(0), LEVEL).map(Self)
    }

    /// Takes some bytes, and gives what can be written by now.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        self.0.write_all(bytes)?;
        Ok(std::mem::take(self.0.get_mut()))
    }

    /// What is left to be written.
    pub(crate) fn finish(self) -> io::Result<Vec<u8>> {
        self.0.finish()
    }
}

/// Reads a blob. The bytes are not checked against its digest.
pub struct BlobReader {
    content: Content,
    blob: BlobDigest,
    path: PathBuf,
}

enum Content {
    Plain(File),
    /// Not read from yet; the file stands at the frame.
    Compressed {
        file: File,
        length: u64,
    },
    Reading {
        frame: Box<read::Decoder<'static, BufReader<File>>>,
        left: u64,
    },
}

impl BlobReader {
    pub(crate) fn new(mut file: File, blob: BlobDigest, path: PathBuf) -> Result<Self> {
        let content = match length(&file) {
            Ok(None) => Ok(Content::Plain(file)),
            Ok(Some(length)) => {
                file.seek(SeekFrom::Start(HEADER as u64)).map(|_| Content::Compressed { file, length })
            }
            Err(error) => Err(error),
        };
        match content {
            Ok(content) => Ok(Self { content, blob, path }),
            Err(error) => Err(unreadable(error, Object::Blob(blob), &path)),
        }
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What is wrong with its file is said as the store says it, whoever reads.
    fn told(&self, error: io::Error) -> io::Error {
        match unreadable(error, Object::Blob(self.blob), &self.path) {
            StoreError::Io { source, .. } => source,
            damaged => io::Error::new(io::ErrorKind::InvalidData, damaged),
        }
    }

    /// The file, where it holds the bytes as they are.
    pub fn plain(&self) -> Option<&File> {
        match &self.content {
            Content::Plain(file) => Some(file),
            _ => None,
        }
    }

    /// Writes all bytes that have not been read yet to a file, and says how many these were.
    ///
    /// # Errors
    /// The disk is full or failing; [`io::ErrorKind::InvalidData`] where what was compressed is damaged.
    pub fn copy_to(mut self, to: &File) -> io::Result<u64> {
        let mut to = to;
        if let Content::Compressed { file, length } = &self.content
            && *length <= WHOLE
        {
            let bytes = whole(file, *length).map_err(|error| self.told(error))?;
            to.write_all(&bytes)?;
            return Ok(*length);
        }
        let mut piece = vec![0; PIECE];
        let mut written = 0;
        loop {
            match self.read(&mut piece) {
                Ok(0) => return Ok(written),
                Ok(count) => {
                    to.write_all(&piece[..count])?;
                    written += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// All bytes that have not been read yet.
    pub(crate) fn into_bytes(mut self) -> io::Result<Vec<u8>> {
        if let Content::Compressed { file, length } = &self.content
            && *length <= WHOLE
        {
            return whole(file, *length).map_err(|error| self.told(error));
        }
        let mut bytes = Vec::new();
        self.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BlobReader").field(&self.plain()).finish()
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.content.read(buffer).map_err(|error| self.told(error))
    }
}

impl Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(buffer),
            Self::Compressed { file, length } => {
                let frame = Box::new(read::Decoder::new(file.try_clone()?)?.single_frame());
                *self = Self::Reading { frame, left: *length };
                self.read(buffer)
            }
            Self::Reading { frame, left } => {
                let count = frame.read(buffer).map_err(undecoded)?;
                let ends = count == 0 && !buffer.is_empty();
                if ends && !frame.get_mut().fill_buf()?.is_empty() {
                    return Err(damaged("something follows its end"));
                }
                // What is too much has no place in a blob of this length, and neither has an end before it.
                let is_whole = !ends || *left == 0;
                match left.checked_sub(count as u64).filter(|_| is_whole) {
                    Some(rest) => *left = rest,
                    None => return Err(damaged("it is of another length")),
                }
                Ok(count)
            }
        }
    }
}

/// Whether a blob begins as compressed files do, so that its file cannot hold it as it is.
pub(crate) fn is_marked(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// How many bytes the blob of a file has; none where the file is the blob itself.
pub(crate) fn length(file: &File) -> io::Result<Option<u64>> {
    let mut head = [0; HEADER];
    let mut filled = 0;
    while filled < HEADER {
        match file.read_at(&mut head[filled..], filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let (magic, length) = head.split_at(MAGIC.len());
    if magic != MAGIC {
        return Ok(None);
    }
    match length.try_into() {
        Ok(length) if filled == HEADER => Ok(Some(u64::from_le_bytes(length))),
        _ => Err(damaged("its header is cut off")),
    }
}

/// A blob decompressed at once, from where the file stands.
fn whole(file: &File, length: u64) -> io::Result<Vec<u8>> {
    let mut frame = Vec::new();
    // What is compressed is shorter, but for what has to be.
    let longest = zstd::zstd_safe::compress_bound(length as usize) as u64;
    file.take(longest + 1).read_to_end(&mut frame)?;
    let bytes = DECOMPRESSOR.with_borrow_mut(|decompressor| match decompressor {
        Some(decompressor) => decompressor.decompress(&frame, length as usize),
        none => none.insert(bulk::Decompressor::new()?).decompress(&frame, length as usize),
    });
    let bytes = bytes.map_err(damaged)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(damaged("it is of another length")) }
}

/// What goes wrong while a piece is decompressed may be the disk's doing.
fn undecoded(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(_) => error,
        None => damaged(error),
    }
}

/// Why a blob cannot be read: its file, or the disk.
pub(crate) fn unreadable(error: io::Error, object: Object, path: &Path) -> StoreError {
    match error.kind() {
        io::ErrorKind::InvalidData => StoreError::Damaged { object, path: path.to_owned() },
        _ => StoreError::io("read", path)(error),
    }
}

fn damaged(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
