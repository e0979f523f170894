//! What files hold: blocks of their own, or parts of a block that several share.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Write},
    mem,
};

use plc_store::{BlobDigest, Kind, Store};
use rayon::prelude::*;
use zstd::bulk::Compressor;

use super::{FRONT, table::LEVEL};
use crate::image::{ImageError, content::copy_verified, nodes::Nodes};

/// The length of a block.
pub(super) const BLOCK: usize = 128 * 1024;
/// How many blocks are compressed at a time.
const BATCH: usize = 64;
/// In the length of a block on disk: it is as it was.
const AS_IT_WAS: u32 = 1 << 24;

/// Where what a file holds is.
#[derive(Clone, Default)]
pub(super) struct Stored {
    /// Where its blocks begin.
    pub(super) start: u64,
    /// How long each is on the disk; none is there of a block of zeros.
    pub(super) sizes: Vec<u32>,
    /// The fragment that has it, and where in it.
    pub(super) fragment: Option<(u32, u32)>,
    /// How many bytes of zeros have no block.
    pub(super) holes: u64,
}

/// Blocks on their way to the disk.
pub(super) struct Data {
    to: File,
    end: u64,
    files: Vec<Stored>,
    fragments: Vec<(u64, u32)>,
    waiting: Vec<(Whose, Vec<u8>)>,
    /// The fragment that is being filled.
    fragment: Vec<u8>,
    /// What has come of the file that is being read.
    block: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Whose {
    File(usize),
    Fragment,
}

impl Data {
    pub(super) fn new(to: File) -> Self {
        Self {
            to,
            end: FRONT,
            files: Vec::new(),
            fragments: Vec::new(),
            waiting: Vec::new(),
            fragment: Vec::new(),
            block: Vec::new(),
        }
    }

    /// Takes what all files hold, and says where that is for each node; files with the same content are there once.
    ///
    /// # Errors
    /// The store lacks a file, or has another of its name.
    pub(super) fn store(&mut self, nodes: &Nodes<'_>, store: &Store) -> Result<Vec<Stored>, ImageError> {
        let mut known: BTreeMap<BlobDigest, usize> = BTreeMap::new();
        let mut of_nodes = Vec::with_capacity(nodes.all().len());
        for node in nodes.all() {
            let Kind::File { blob, size } = &node.entry.kind else {
                of_nodes.push(None);
                continue;
            };
            let index = match known.get(blob) {
                Some(index) => *index,
                None => {
                    self.files.push(Stored::default());
                    if copy_verified(store, blob, self)? != *size {
                        return Err(ImageError::Length(node.entry.path.clone()));
                    }
                    self.end_file(*size)?;
                    known.insert(*blob, self.files.len() - 1);
                    self.files.len() - 1
                }
            };
            of_nodes.push(Some(index));
        }
        self.end_fragment()?;
        self.compress()?;
        let stored = |index: Option<usize>| index.and_then(|index| self.files.get(index)).cloned();
        Ok(of_nodes.into_iter().map(|index| stored(index).unwrap_or_default()).collect())
    }

    /// The blocks, where they end in the image, and place and length of each fragment.
    pub(super) fn finish(self) -> (File, u64, Vec<(u64, u32)>) {
        (self.to, self.end, self.fragments)
    }

    fn end_file(&mut self, size: u64) -> io::Result<()> {
        let rest = mem::take(&mut self.block);
        if rest.is_empty() {
            return Ok(());
        }
        let file = self.files.len() - 1;
        if size >= BLOCK as u64 {
            return self.push(Whose::File(file), rest);
        }
        if self.fragment.len() + rest.len() > BLOCK {
            self.end_fragment()?;
        }
        // Fragments are numbered in the order in which they are pushed.
        let waiting = self.waiting.iter().filter(|(whose, _)| matches!(whose, Whose::Fragment)).count();
        let index = u32::try_from(self.fragments.len() + waiting);
        let index = index.map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
        self.files[file].fragment = Some((index, self.fragment.len() as u32));
        self.fragment.extend(rest);
        Ok(())
    }

    fn end_fragment(&mut self) -> io::Result<()> {
        let fragment = mem::take(&mut self.fragment);
        if fragment.is_empty() { Ok(()) } else { self.push(Whose::Fragment, fragment) }
    }

    fn push(&mut self, whose: Whose, block: Vec<u8>) -> io::Result<()> {
        self.waiting.push((whose, block));
        if self.waiting.len() < BATCH { Ok(()) } else { self.compress() }
    }

    /// Compresses what waits, several at a time, and writes it in its order.
    fn compress(&mut self) -> io::Result<()> {
        let waiting = mem::take(&mut self.waiting);
        let compressed: Vec<io::Result<Option<Vec<u8>>>> = waiting
            .par_iter()
            .map_init(
                || Compressor::new(LEVEL),
                |compressor, (_, block)| match compressor {
                    Ok(compressor) => {
                        let compressed = compressor.compress(block)?;
                        Ok((compressed.len() < block.len()).then_some(compressed))
                    }
                    Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
                },
            )
            .collect();
        for ((whose, block), compressed) in waiting.into_iter().zip(compressed) {
            let compressed = compressed?;
            let is_hole = matches!(whose, Whose::File(_)) && block.iter().all(|byte| *byte == 0);
            let size = match &compressed {
                _ if is_hole => 0,
                Some(compressed) => compressed.len() as u32,
                None => block.len() as u32 | AS_IT_WAS,
            };
            match whose {
                Whose::Fragment => self.fragments.push((self.end, size)),
                Whose::File(file) => {
                    let file = &mut self.files[file];
                    if file.sizes.is_empty() {
                        file.start = self.end;
                    }
                    file.sizes.push(size);
                    file.holes += if is_hole { block.len() as u64 } else { 0 };
                }
            }
            if !is_hole {
                let bytes = compressed.unwrap_or(block);
                self.to.write_all(&bytes)?;
                self.end += bytes.len() as u64;
            }
        }
        Ok(())
    }
}

/// Takes the content of the file that was begun last.
impl Write for Data {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(BLOCK - self.block.len());
        self.block.extend_from_slice(&bytes[..count]);
        if self.block.len() == BLOCK {
            let block = mem::take(&mut self.block);
            self.push(Whose::File(self.files.len() - 1), block)?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
