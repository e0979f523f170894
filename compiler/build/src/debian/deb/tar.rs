//! The inner archives: entries of ustar, GNU and pax tar, one after the other.
//!
//! The `tar` crate knows the header's fields. Going from entry to entry is done here, because long names and pax
//! records must be bounded before they are read, and because nothing may be guessed: a length that two headers tell
//! differently is an error.

use std::io::{self, Read};

use ::tar::{EntryType, Header};
use plc_store::Xattr;

use super::{DebError, ENTRIES_MAX, ar::fill};

const BLOCK: usize = 512;
/// The longest long name or set of pax records, in bytes.
const EXTENSION_MAX: u64 = 64 << 10;
/// How pax names extended attributes.
const PAX_XATTR: &[u8] = b"SCHILY.xattr.";
/// The only attribute that means something in a root file system of ours.
const CAPABILITY: &[u8] = b"security.capability";
/// The length of its longest version, the third (capabilities(7)), in bytes.
const CAPABILITY_MAX: usize = 24;

/// Reads a tar archive entry by entry.
pub(crate) struct Reader<R> {
    from: R,
    budget: u64,
    /// What is left of the budget.
    left: u64,
    /// Whether extended attributes that mean nothing here are passed over.
    lenient: bool,
    /// What is left of the current entry, with its padding.
    unread: u64,
    /// How many headers there were.
    pub(super) count: usize,
}

/// One entry's header, with what its extensions say.
pub(crate) struct Item {
    /// The name as the archive has it.
    pub(crate) name: Vec<u8>,
    /// The target of a symbolic or hard link; empty otherwise.
    pub(crate) link: Vec<u8>,
    pub(crate) kind: EntryType,
    pub(crate) size: u64,
    pub(crate) mode: u16,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) mtime: i64,
    pub(crate) device: (u32, u32),
    pub(crate) xattrs: Vec<Xattr>,
}

/// What the entries before a header say about it.
#[derive(Default)]
struct Extensions {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    uid: Option<u64>,
    gid: Option<u64>,
    mtime: Option<i64>,
    xattrs: Vec<Xattr>,
}

impl<R: Read> Reader<R> {
    /// A reader that gives up when the archive turns out to be longer than `budget` bytes.
    pub(crate) fn new(from: R, budget: u64) -> Self {
        Self { from, budget, left: budget, lenient: false, unread: 0, count: 0 }
    }

    /// One that passes over extended attributes, which archives of the wider world have for reasons of their own.
    pub(crate) fn lenient(from: R, budget: u64) -> Self {
        Self { lenient: true, ..Self::new(from, budget) }
    }

    /// The next entry; none at the archive's end. [`Reader::content`] reads what it holds.
    pub(crate) fn next(&mut self) -> Result<Option<Item>, DebError> {
        let mut extensions = Extensions::default();
        loop {
            self.skip()?;
            let Some(header) = self.header()? else { return Ok(None) };
            match header.entry_type() {
                EntryType::GNULongName => extensions.name = Some(self.long_name(&header)?),
                EntryType::GNULongLink => extensions.link = Some(self.long_name(&header)?),
                EntryType::XHeader => {
                    let records = self.extension(&header)?;
                    extensions.read(&records, self.lenient)?;
                }
                EntryType::XGlobalHeader => {
                    self.extension(&header)?;
                }
                _ => return self.item(&header, extensions).map(Some),
            }
        }
    }

    /// What is left of the current entry's content.
    pub(crate) fn content(&mut self, size: u64) -> io::Take<&mut R> {
        self.unread -= size;
        (&mut self.from).take(size)
    }

    /// The padding after a content that has been read.
    fn skip(&mut self) -> Result<(), DebError> {
        let skipped = io::copy(&mut (&mut self.from).take(self.unread), &mut io::sink())?;
        if skipped < self.unread {
            return Err(DebError::Truncated { what: "a tar entry" });
        }
        self.unread = 0;
        Ok(())
    }

    fn header(&mut self) -> Result<Option<Header>, DebError> {
        self.spend(BLOCK as u64)?;
        let mut block = [0; BLOCK];
        match fill(&mut self.from, &mut block)? {
            BLOCK => {}
            // Like dpkg, do without the final blocks of zeros, and do not look behind the first.
            0 => return Ok(None),
            _ => return Err(DebError::Truncated { what: "a tar header" }),
        }
        if block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        self.count += 1;
        if self.count > ENTRIES_MAX {
            return Err(DebError::TooLarge { what: "the number of entries", limit: ENTRIES_MAX as u64 });
        }
        let header = Header::from_byte_slice(&block).clone();
        let sum: u32 = block
            .iter()
            .enumerate()
            .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
            .sum();
        if header.cksum().ok() != Some(sum) {
            return Err(DebError::BadHeader { field: "checksum" });
        }
        Ok(Some(header))
    }

    /// Takes an entry's content from the budget before any of it is read.
    fn begin(&mut self, size: u64) -> Result<(), DebError> {
        let padded =
            size.checked_next_multiple_of(BLOCK as u64).ok_or(DebError::BadHeader { field: "size" })?;
        self.spend(padded)?;
        self.unread = padded;
        Ok(())
    }

    fn spend(&mut self, bytes: u64) -> Result<(), DebError> {
        self.left = self
            .left
            .checked_sub(bytes)
            .ok_or(DebError::TooLarge { what: "the unpacked content", limit: self.budget })?;
        Ok(())
    }

    fn extension(&mut self, header: &Header) -> Result<Vec<u8>, DebError> {
        let size = header.entry_size().map_err(|_| DebError::BadHeader { field: "size" })?;
        if size > EXTENSION_MAX {
            return Err(DebError::TooLarge { what: "a long name or pax header", limit: EXTENSION_MAX });
        }
        self.begin(size)?;
        let mut bytes = Vec::new();
        self.content(size).read_to_end(&mut bytes)?;
        if (bytes.len() as u64) < size {
            return Err(DebError::Truncated { what: "a long name or pax header" });
        }
        Ok(bytes)
    }

    fn long_name(&mut self, header: &Header) -> Result<Vec<u8>, DebError> {
        let mut name = self.extension(header)?;
        if name.last() == Some(&0) {
            name.pop();
        }
        Ok(name)
    }

    fn item(&mut self, header: &Header, extensions: Extensions) -> Result<Item, DebError> {
        let bad = |field| move |_: io::Error| DebError::BadHeader { field };
        let kind = header.entry_type();
        let size = header.entry_size().map_err(bad("size"))?;
        if extensions.size.is_some_and(|other| other != size) {
            return Err(DebError::BadHeader { field: "size" });
        }
        // Only files have content, whatever the header says; a hard link's length is that of its target.
        let size = if matches!(kind, EntryType::Regular | EntryType::Continuous) { size } else { 0 };
        self.begin(size)?;
        let owner = |value: u64, field| u32::try_from(value).map_err(|_| DebError::BadHeader { field });
        Ok(Item {
            name: extensions.name.unwrap_or_else(|| header.path_bytes().into_owned()),
            link: extensions
                .link
                .unwrap_or_else(|| header.link_name_bytes().unwrap_or_default().into_owned()),
            kind,
            size,
            mode: (header.mode().map_err(bad("mode"))? & 0o7777) as u16,
            uid: owner(extensions.uid.map_or_else(|| header.uid(), Ok).map_err(bad("owner"))?, "owner")?,
            gid: owner(extensions.gid.map_or_else(|| header.gid(), Ok).map_err(bad("group"))?, "group")?,
            mtime: match extensions.mtime {
                Some(mtime) => mtime,
                None => i64::try_from(header.mtime().map_err(bad("time"))?)
                    .map_err(|_| DebError::BadHeader { field: "time" })?,
            },
            device: device(header, kind)?,
            xattrs: extensions.xattrs,
        })
    }
}

fn device(header: &Header, kind: EntryType) -> Result<(u32, u32), DebError> {
    if !matches!(kind, EntryType::Char | EntryType::Block) {
        return Ok((0, 0));
    }
    let number = |number: io::Result<Option<u32>>| {
        number.ok().flatten().ok_or(DebError::BadHeader { field: "device number" })
    };
    Ok((number(header.device_major())?, number(header.device_minor())?))
}

impl Extensions {
    fn read(&mut self, records: &[u8], lenient: bool) -> Result<(), DebError> {
        let bad = || DebError::BadHeader { field: "pax record" };
        let mut rest = records;
        while !rest.is_empty() {
            let (key, value, after) = record(rest).ok_or_else(bad)?;
            rest = after;
            let number =
                || std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()).ok_or_else(bad);
            match key {
                b"path" => self.name = Some(value.to_vec()),
                b"linkpath" => self.link = Some(value.to_vec()),
                b"size" => self.size = Some(number()?),
                b"uid" => self.uid = Some(number()?),
                b"gid" => self.gid = Some(number()?),
                b"mtime" => self.mtime = Some(seconds(value).ok_or_else(bad)?),
                key => match key.strip_prefix(PAX_XATTR) {
                    Some(_) if lenient => {}
                    Some(CAPABILITY) if value.len() > CAPABILITY_MAX => {
                        return Err(DebError::BadHeader { field: "capability" });
                    }
                    Some(CAPABILITY) => {
                        self.xattrs = vec![Xattr { name: CAPABILITY.into(), value: value.into() }];
                    }
                    Some(_) => return Err(DebError::BadHeader { field: "extended attribute" }),
                    // Names of owners, times of access, comments: nothing that a tree has.
                    None if !key.starts_with(b"GNU.sparse") => {}
                    None => return Err(DebError::BadHeader { field: "sparse map" }),
                },
            }
        }
        Ok(())
    }
}

/// The first pax record: key, value, and what follows. Values are binary: only the length tells where one ends.
fn record(records: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let blank = records.iter().position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&records[..blank]).ok()?.parse().ok()?;
    let (record, rest) = records.split_at_checked(length)?;
    let fields = record.get(blank + 1..)?.strip_suffix(b"\n")?;
    let equals = fields.iter().position(|byte| *byte == b'=')?;
    Some((&fields[..equals], &fields[equals + 1..], rest))
}

/// Whole seconds of a pax time, rounded down.
fn seconds(value: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(value).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let below = text.starts_with('-') && fraction.bytes().any(|byte| byte != b'0');
    if below { whole.checked_sub(1) } else { Some(whole) }
}
