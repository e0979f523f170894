//! The outer archive: `ar` in the form that deb(5) allows. Three numbers decide everything, so all of them are checked.

use std::io::{self, Read};

use super::DebError;

/// What an `ar` archive begins with.
const MAGIC: &[u8; 8] = b"!<arch>\n";
/// A member's header: name 16, time 12, owner 6, group 6, mode 8, size 10, end 2.
const HEADER: usize = 60;

/// Reads an `ar` archive member by member.
pub(super) struct Archive<R> {
    from: R,
    /// How much of the current member's content nobody has read yet.
    unread: u64,
    /// Whether a byte of padding follows it.
    padding: u64,
}

/// One member's header.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// Without trailing blanks or the `/` that some writers add.
    pub(super) name: String,
    /// Length in bytes.
    pub(super) size: u64,
}

impl<R: Read> Archive<R> {
    /// Checks the magic.
    pub(super) fn new(mut from: R) -> Result<Self, DebError> {
        let mut magic = [0; MAGIC.len()];
        from.read_exact(&mut magic).map_err(|error| short(error, DebError::NotAnArchive))?;
        if &magic != MAGIC {
            return Err(DebError::NotAnArchive);
        }
        Ok(Self { from, unread: 0, padding: 0 })
    }

    /// The next member, whose content [`Archive::content`] reads; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Member>, DebError> {
        self.skip()?;
        let mut header = [0; HEADER];
        match fill(&mut self.from, &mut header)? {
            HEADER => {}
            0 => return Ok(None),
            _ => return Err(DebError::Truncated { what: "a member's header" }),
        }
        let member = parse(&header)?;
        self.unread = member.size;
        self.padding = member.size & 1;
        Ok(Some(member))
    }

    /// What is left of the current member's content.
    pub(super) fn content(&mut self) -> Content<'_, R> {
        Content { archive: self }
    }

    /// Goes to the end of the current member.
    pub(super) fn skip(&mut self) -> Result<(), DebError> {
        io::copy(&mut self.content(), &mut io::sink())?;
        // The padding of the last member may be missing.
        fill(&mut self.from, &mut [0][..usize::from(self.padding == 1)])?;
        self.padding = 0;
        Ok(())
    }
}

/// Reads the current member. An archive that ends inside of it is an error, not an end.
pub(super) struct Content<'a, R> {
    archive: &'a mut Archive<R>,
}

impl<R: Read> Read for Content<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.archive.unread).unwrap_or(usize::MAX).min(buffer.len());
        if room == 0 {
            return Ok(0);
        }
        let count = self.archive.from.read(&mut buffer[..room])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.archive.unread -= count as u64;
        Ok(count)
    }
}

fn parse(header: &[u8; HEADER]) -> Result<Member, DebError> {
    if &header[58..] != b"`\n" {
        return Err(DebError::BadMember { field: "end of header" });
    }
    let text = |range: std::ops::Range<usize>, field| {
        let text = std::str::from_utf8(&header[range]).map_err(|_| DebError::BadMember { field })?;
        Ok::<_, DebError>(text.trim_end_matches(' '))
    };
    let name = text(0..16, "name")?;
    let name = name.strip_suffix('/').unwrap_or(name);
    if name.is_empty() || name.bytes().any(|b| !b.is_ascii_graphic() || b == b'/') {
        return Err(DebError::BadMember { field: "name" });
    }
    let size = text(48..58, "size")?;
    if size.is_empty() || size.bytes().any(|b| !b.is_ascii_digit()) {
        return Err(DebError::BadMember { field: "size" });
    }
    let size = size.parse().map_err(|_| DebError::BadMember { field: "size" })?;
    Ok(Member { name: name.to_owned(), size })
}

/// Reads until the buffer is full or the input ends; how much it was.
pub(super) fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match from.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn short(error: io::Error, otherwise: DebError) -> DebError {
    if error.kind() == io::ErrorKind::UnexpectedEof { otherwise } else { error.into() }
}
