//! A tree as a SquashFS 4.0 image, after the kernel's `Documentation/filesystems/squashfs.rst` and `fs/squashfs/squashfs_fs.h`.
//!
//! ```text
//! superblock │ blocks of files, and fragments │ inodes │ directories │ fragment table │ owner table │ attribute tables │ padding
//! ```
//!
//! Blocks of 128 KiB; what is shorter than one shares one with others, as a fragment. Files with the same content have
//! the same blocks. Everything is compressed by the zstd that this program is built with, each block for itself, so how
//! many processors there are shows nowhere. There is no table for export by NFS.

mod attributes;
mod data;
mod inodes;
mod table;

use std::io::{self, Seek, Write};

use plc_store::{Store, Tree};

use self::{
    data::{BLOCK, Data},
    inodes::Inodes,
    table::{LEVEL, Put, Table},
};
use super::{ImageError, nodes::Nodes};

/// What errors call it.
const FORMAT: &str = "squashfs";
/// Where there is no such table, in the superblock.
const NO_TABLE: u64 = u64::MAX;
/// What says that there is none, where an index of 32 bits is.
const NONE: u32 = u32::MAX;
/// The length of what comes before the first block: the superblock, and how the compressor was set.
const FRONT: u64 = 96 + 6;
/// What the length of an image is a multiple of, so that any block device can have it.
const PADDING: u64 = 4096;

/// Writes a tree: the same tree, the same bytes.
///
/// # Errors
/// The store lacks something, or an entry has what a squashfs cannot hold: a time before 1970 or after February 2106, or an
/// attribute that is not of `user`, `trusted` or `security`.
pub fn write(tree: &Tree, store: &Store, mut to: impl Write) -> Result<(), ImageError> {
    let nodes = Nodes::of(tree);
    // The superblock, which comes first, says where everything ends.
    let mut data = Data::new(tempfile::tempfile_in(store.session())?);
    let stored = data.store(&nodes, store)?;
    let (mut content, base, fragments) = data.finish();
    let inodes = Inodes::of(&nodes, &stored)?;

    let mut tables = Vec::new();
    let inode_start = base;
    tables.extend_from_slice(inodes.inodes.blocks());
    let directory_start = base + tables.len() as u64;
    tables.extend_from_slice(inodes.directories.blocks());
    let fragment_count = fragments.len();
    let fragment_table = table_of(fragments.iter().map(|(start, size)| {
        let mut entry = Vec::new();
        entry.put_u64(*start);
        entry.put_u32(*size);
        entry.put_u32(0);
        entry
    }))?;
    let fragment_start = fragment_table.append_indexed(&mut tables, base, &[]);
    let owners = table_of(inodes.owners.iter().map(|owner| owner.to_le_bytes().to_vec()))?;
    let owner_start = owners.append_indexed(&mut tables, base, &[]);
    let attribute_start = inodes.attributes.append(&mut tables, base)?;

    let mut superblock = Vec::new();
    superblock.put_u32(0x7371_7368);
    superblock.put_u32(inodes.count);
    superblock.put_u32(inodes.time);
    superblock.put_u32(BLOCK as u32);
    superblock.put_u32(u32::try_from(fragment_count).map_err(|_| ImageError::TooLarge(FORMAT))?);
    superblock.put_u16(6); // zstd
    superblock.put_u16(BLOCK.trailing_zeros() as u16);
    // Equal files were looked for; the compressor's level is told; whether there are attributes.
    superblock.put_u16(0x40 | 0x400 | if attribute_start.is_some() { 0 } else { 0x200 });
    superblock.put_u16(inodes.owners.len() as u16);
    superblock.put_u16(4);
    superblock.put_u16(0);
    superblock.put_u64(inodes.root);
    superblock.put_u64(base + tables.len() as u64);
    superblock.put_u64(owner_start);
    superblock.put_u64(attribute_start.unwrap_or(NO_TABLE));
    superblock.put_u64(inode_start);
    superblock.put_u64(directory_start);
    superblock.put_u64(fragment_start);
    superblock.put_u64(NO_TABLE);
    // A metadata block of four bytes that is as it was.
    superblock.put_u16(0x8004);
    superblock.put_u32(LEVEL as u32);
    to.write_all(&superblock)?;
    content.rewind()?;
    io::copy(&mut content, &mut to)?;
    to.write_all(&tables)?;
    let over = (base + tables.len() as u64) % PADDING;
    if over > 0 {
        to.write_all(&vec![0; (PADDING - over) as usize])?;
    }
    Ok(to.flush()?)
}

/// A table of entries.
fn table_of(entries: impl Iterator<Item = Vec<u8>>) -> io::Result<Table> {
    let mut table = Table::new()?;
    for entry in entries {
        table.write(&entry)?;
    }
    table.end()?;
    Ok(table)
}
