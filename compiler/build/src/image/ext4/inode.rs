//! Inodes: 256 bytes each, in a table for each group.

use std::collections::BTreeMap;

use plc_store::Kind;

use super::{BLOCK, Geometry, INODE, LINKS_MAX, extents::ROOT, number, place::Placed, put};
use crate::image::{
    ImageError,
    nodes::{Node, Nodes, device_number},
};

/// The earliest time that an inode can have, in seconds since 1970.
pub(super) const EARLIEST: i64 = i32::MIN as i64;
/// The latest: two bits more than 32, from the same start.
pub(super) const LATEST: i64 = (1 << 34) + EARLIEST - 1;
/// How much of an inode's further part is used for what has a place of its own.
const FURTHER: u16 = 32;
/// The content is found through extents.
const EXTENTS: u32 = 0x80000;

/// Adds the tables of all groups.
///
/// # Errors
/// A device has a number that Linux does not know.
pub(super) fn tables(
    nodes: &Nodes<'_>,
    placed: &[Placed],
    geometry: &Geometry,
    chunks: &mut BTreeMap<u64, Vec<u8>>,
) -> Result<(), ImageError> {
    let length = geometry.table() as usize * BLOCK;
    let mut tables = vec![Vec::new(); geometry.of_groups.len()];
    for (index, (node, placed)) in nodes.all().iter().zip(placed).enumerate() {
        let at = u64::from(number(index) - 1);
        let table = &mut tables[(at / geometry.inodes_per_group) as usize];
        // Of a group without inodes in use, nothing has to be written.
        table.resize(length, 0);
        put(table, (at % geometry.inodes_per_group) as usize * INODE, &inode(node, placed)?);
    }
    for ((_, _, start), table) in geometry.of_groups.iter().zip(tables) {
        chunks.insert(*start, table);
    }
    Ok(())
}

fn inode(node: &Node<'_>, placed: &Placed) -> Result<[u8; INODE], ImageError> {
    let mut made = [0; INODE];
    let meta = &node.entry.meta;
    let kind: u16 = match node.entry.kind {
        Kind::Fifo => 0o01,
        Kind::CharDevice { .. } => 0o02,
        Kind::Directory => 0o04,
        Kind::BlockDevice { .. } => 0o06,
        Kind::File { .. } | Kind::Hardlink(_) => 0o10,
        Kind::Symlink(_) => 0o12,
    };
    let size = match &node.entry.kind {
        Kind::Directory => placed.runs.iter().map(|run| run.count * BLOCK as u64).sum(),
        Kind::File { size, .. } => *size,
        Kind::Symlink(target) => target.len() as u64,
        _ => 0,
    };
    // A directory with more than can be counted has one.
    let links = if node.links > LINKS_MAX { 1 } else { node.links };
    // In parts of 512 bytes.
    let blocks = placed.blocks() * (BLOCK / 512) as u64;
    put(&mut made, 0x00, &((kind << 12) | meta.mode).to_le_bytes());
    put(&mut made, 0x02, &(meta.uid as u16).to_le_bytes());
    put(&mut made, 0x04, &(size as u32).to_le_bytes());
    put(&mut made, 0x18, &(meta.gid as u16).to_le_bytes());
    put(&mut made, 0x1a, &(links as u16).to_le_bytes());
    put(&mut made, 0x1c, &(blocks as u32).to_le_bytes());
    put(&mut made, 0x20, &if placed.extents.is_some() { EXTENTS } else { 0 }.to_le_bytes());
    put(&mut made, 0x28, &content(node, placed)?);
    put(&mut made, 0x68, &(placed.attribute_block.unwrap_or_default() as u32).to_le_bytes());
    put(&mut made, 0x6c, &((size >> 32) as u32).to_le_bytes());
    put(&mut made, 0x74, &((blocks >> 32) as u16).to_le_bytes());
    put(&mut made, 0x76, &((placed.attribute_block.unwrap_or_default() >> 32) as u16).to_le_bytes());
    put(&mut made, 0x78, &((meta.uid >> 16) as u16).to_le_bytes());
    put(&mut made, 0x7a, &((meta.gid >> 16) as u16).to_le_bytes());
    put(&mut made, 0x80, &FURTHER.to_le_bytes());
    // Read, changed, written, made: a tree knows one time.
    for (at, further) in [(0x08, 0x8c), (0x0c, 0x84), (0x10, 0x88), (0x90, 0x94)] {
        let (seconds, epoch) = time(meta.mtime);
        put(&mut made, at, &seconds.to_le_bytes());
        put(&mut made, further, &epoch.to_le_bytes());
    }
    if let Some(attributes) = &placed.attributes.inode {
        put(&mut made, 0x80 + usize::from(FURTHER), attributes);
    }
    Ok(made)
}

/// Seconds with a sign, and how often 2^32 is to be added to them.
fn time(time: i64) -> (i32, u32) {
    let seconds = time as i32;
    (seconds, ((time - i64::from(seconds)) >> 32) as u32 & 3)
}

/// What leads to the content, or is it.
fn content(node: &Node<'_>, placed: &Placed) -> Result<[u8; ROOT], ImageError> {
    if let Some(extents) = &placed.extents {
        return Ok(extents.root);
    }
    let mut made = [0; ROOT];
    if let Kind::Symlink(target) = &node.entry.kind {
        put(&mut made, 0, target);
    }
    match node.device(super::FORMAT)? {
        Some((major, minor)) if major < 256 && minor < 256 => {
            put(&mut made, 0, &((major << 8) | minor).to_le_bytes());
        }
        Some((major, minor)) => put(&mut made, 4, &device_number(major, minor).to_le_bytes()),
        None => {}
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_from_1901_to_2446() {
        assert_eq!(time(0), (0, 0));
        assert_eq!(time(-1), (-1, 0));
        assert_eq!(time(EARLIEST), (i32::MIN, 0));
        assert_eq!(time(1 << 31), (i32::MIN, 1));
        assert_eq!(time((1 << 32) + 5), (5, 1));
        assert_eq!(time(LATEST), (i32::MAX, 3));
    }
}
