//! The image from its beginning to its end, in one go: what describes, what files hold, and zeros between.

use std::{
    collections::{BTreeMap, btree_map},
    io::{self, Write},
    iter::Peekable,
};

use super::{BLOCK, space::Run};

/// An image that is being written.
pub(super) struct Stream<W> {
    to: W,
    /// How much has been written, in bytes.
    at: u64,
    chunks: Peekable<btree_map::IntoIter<u64, Vec<u8>>>,
}

impl<W: Write> Stream<W> {
    /// One with such bytes at such blocks.
    pub(super) fn new(to: W, chunks: BTreeMap<u64, Vec<u8>>) -> Self {
        Self { to, at: 0, chunks: chunks.into_iter().peekable() }
    }

    /// What takes the content of the next file, whose blocks come after those of all before.
    pub(super) fn file<'a>(&'a mut self, runs: &'a [Run]) -> File<'a, W> {
        File { stream: self, runs: runs.iter(), left: 0 }
    }

    /// Writes what is left, and zeros to the end.
    pub(super) fn finish(mut self, blocks: u64) -> io::Result<()> {
        self.reach(blocks)?;
        self.to.flush()
    }

    /// Writes all that is before a block.
    fn reach(&mut self, block: u64) -> io::Result<()> {
        while let Some((start, bytes)) = self.chunks.next_if(|(start, _)| *start < block) {
            self.zeros(start)?;
            self.write(&bytes)?;
        }
        self.zeros(block)
    }

    fn zeros(&mut self, block: u64) -> io::Result<()> {
        static ZEROS: [u8; 16 * BLOCK] = [0; 16 * BLOCK];
        let mut missing = (block * BLOCK as u64).saturating_sub(self.at);
        while missing > 0 {
            let count = missing.min(ZEROS.len() as u64) as usize;
            self.write(&ZEROS[..count])?;
            missing -= count as u64;
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }
}

/// Takes what a file holds, run by run.
pub(super) struct File<'a, W> {
    stream: &'a mut Stream<W>,
    runs: std::slice::Iter<'a, Run>,
    /// How much of the run has not come yet, in bytes.
    left: u64,
}

impl<W: Write> Write for File<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left == 0 {
            let Some(run) = self.runs.next() else { return Err(io::ErrorKind::FileTooLarge.into()) };
            self.stream.reach(run.start)?;
            self.left = run.count * BLOCK as u64;
        }
        let count = self.left.min(bytes.len() as u64) as usize;
        self.stream.write(&bytes[..count])?;
        self.left -= count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
