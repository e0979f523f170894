//! Metadata blocks: 8 KiB each before they are compressed, with their length on disk in front.

use std::io;

use zstd::bulk::Compressor;

/// How much a metadata block holds.
const BLOCK: usize = 8192;
/// In the length of a metadata block: it is as it was.
const AS_IT_WAS: u16 = 1 << 15;
/// The compressor's level: twice as fast as 9, which makes root file systems a hundredth shorter, and fourteen times as fast as
/// 15, which makes them a twelfth shorter.
pub(super) const LEVEL: i32 = 6;

/// Numbers as they are on the disk.
pub(super) trait Put {
    fn put_u16(&mut self, value: u16);
    fn put_u32(&mut self, value: u32);
    fn put_u64(&mut self, value: u64);
}

impl Put for Vec<u8> {
    fn put_u16(&mut self, value: u16) {
        self.extend(value.to_le_bytes());
    }

    fn put_u32(&mut self, value: u32) {
        self.extend(value.to_le_bytes());
    }

    fn put_u64(&mut self, value: u64) {
        self.extend(value.to_le_bytes());
    }
}

/// Where something is in a table: its block's distance from the start, and its own from the block's, uncompressed.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) block: u32,
    pub(super) offset: u16,
}

impl Place {
    /// As one number, which inodes and attributes are referred to by.
    pub(super) fn reference(self) -> u64 {
        (u64::from(self.block) << 16) | u64::from(self.offset)
    }
}

/// A table that is being written.
pub(super) struct Table {
    blocks: Vec<u8>,
    /// Where each block begins.
    starts: Vec<u64>,
    pending: Vec<u8>,
    compressor: Compressor<'static>,
}

impl Table {
    /// One with nothing in it.
    pub(super) fn new() -> io::Result<Self> {
        let compressor = Compressor::new(LEVEL)?;
        Ok(Self { blocks: Vec::new(), starts: Vec::new(), pending: Vec::new(), compressor })
    }

    /// Where the next bytes will be.
    pub(super) fn place(&self) -> io::Result<Place> {
        let block =
            u32::try_from(self.blocks.len()).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
        Ok(Place { block, offset: self.pending.len() as u16 })
    }

    /// Adds bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pending.extend_from_slice(bytes);
        while self.pending.len() >= BLOCK {
            let rest = self.pending.split_off(BLOCK);
            self.flush()?;
            self.pending = rest;
        }
        Ok(())
    }

    /// Writes what is left. Nothing may be added afterwards.
    pub(super) fn end(&mut self) -> io::Result<()> {
        if self.pending.is_empty() { Ok(()) } else { self.flush() }
    }

    /// The blocks.
    pub(super) fn blocks(&self) -> &[u8] {
        &self.blocks
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.pending.is_empty()
    }

    /// Adds the blocks to those of other tables, which begin at `base`, and after them a header and the list of where each
    /// block is. Gives where that begins.
    pub(super) fn append_indexed(&self, to: &mut Vec<u8>, base: u64, header: &[u8]) -> u64 {
        let first = base + to.len() as u64;
        to.extend_from_slice(&self.blocks);
        let index = base + to.len() as u64;
        to.extend_from_slice(header);
        for start in &self.starts {
            to.put_u64(first + start);
        }
        index
    }

    fn flush(&mut self) -> io::Result<()> {
        self.starts.push(self.blocks.len() as u64);
        let compressed = self.compressor.compress(&self.pending)?;
        if compressed.len() < self.pending.len() {
            self.blocks.put_u16(compressed.len() as u16);
            self.blocks.extend(compressed);
        } else {
            self.blocks.put_u16(self.pending.len() as u16 | AS_IT_WAS);
            self.blocks.extend_from_slice(&self.pending);
        }
        self.pending.clear();
        Ok(())
    }
}
