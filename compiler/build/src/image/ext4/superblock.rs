//! What describes the whole and its groups: superblock, descriptors, bitmaps.

use std::collections::BTreeMap;

use plc_store::Kind;

use super::{
    BLOCK, FIRST_INODE, GROUP, Geometry, INODE, number, put,
    space::{self, DESCRIPTOR, Space},
};
use crate::image::nodes::{Node, Nodes};

/// Where the superblock is in the first block; in the others, at the beginning.
const OFFSET: usize = 1024;
/// `ext_attr`, `dir_index`.
const COMPATIBLE: u32 = 0x8 | 0x20;
/// `filetype`, `extent`, `flex_bg`.
const INCOMPATIBLE: u32 = 0x2 | 0x40 | 0x200;
/// `sparse_super`, `large_file`, `huge_file`, `dir_nlink`, `extra_isize`.
const READ_ONLY_COMPATIBLE: u32 = 0x1 | 0x2 | 0x8 | 0x20 | 0x40;
/// How many groups, as a power of two, keep what describes them together.
const FLEX: u8 = 4;

/// The superblock, without what is counted.
pub(super) struct Superblock([u8; 1024]);

impl Superblock {
    /// Of a tree with such a digest and root directory.
    pub(super) fn new(geometry: &Geometry, digest: &[u8; 32], root: Option<&Node<'_>>) -> Self {
        let mut made = [0; 1024];
        let time = root.map_or(0, |root| root.entry.meta.mtime).clamp(0, i64::from(u32::MAX)) as u32;
        let mut number = |at: usize, value: u32| put(&mut made, at, &value.to_le_bytes());
        number(0x00, (geometry.groups * geometry.inodes_per_group) as u32);
        number(0x04, geometry.blocks as u32);
        // 1 KiB shifted by so many bits is a block, and a cluster.
        number(0x18, 2);
        number(0x1c, 2);
        number(0x20, GROUP as u32);
        number(0x24, GROUP as u32);
        number(0x28, geometry.inodes_per_group as u32);
        number(0x30, time);
        number(0x40, time);
        // The revision with inodes of any length.
        number(0x4c, 1);
        number(0x54, FIRST_INODE);
        number(0x5c, COMPATIBLE);
        number(0x60, INCOMPATIBLE);
        number(0x64, READ_ONLY_COMPATIBLE);
        // Mounted with attributes and access lists.
        number(0x100, 0x4 | 0x8);
        number(0x108, time);
        // Hashes of names are of signed bytes.
        number(0x160, 1);
        let mut short = |at: usize, value: u16| put(&mut made, at, &value.to_le_bytes());
        // No check after so many mounts.
        short(0x36, u16::MAX);
        short(0x38, 0xEF53);
        // Clean; go on after an error.
        short(0x3a, 1);
        short(0x3c, 1);
        short(0x58, INODE as u16);
        short(0x15c, 32);
        short(0x15e, 32);
        put(&mut made, 0x68, &uuid(digest));
        put(&mut made, 0xec, &digest[16..]);
        // Half an MD4.
        made[0xfc] = 1;
        made[0x174] = FLEX;
        Self(made)
    }

    /// Adds superblock and descriptors, everywhere where they are, and the bitmaps.
    pub(super) fn describe(
        mut self,
        nodes: &Nodes<'_>,
        geometry: &Geometry,
        space: &Space,
        chunks: &mut BTreeMap<u64, Vec<u8>>,
    ) {
        let blocks = block_bitmaps(geometry, space);
        let inodes = inode_bitmaps(nodes, geometry);
        let directories = directories(nodes, geometry);
        let free = |bitmap: &[u8]| bitmap.iter().map(|byte| u64::from(byte.count_zeros())).sum::<u64>();
        let mut descriptors = vec![0; space::descriptors(geometry.groups) as usize * BLOCK];
        let (mut free_blocks, mut free_inodes) = (0, 0);
        for (group, (blocks_at, inodes_at, table_at)) in geometry.of_groups.iter().enumerate() {
            let (blocks_free, inodes_free) = (free(&blocks[group]), free(&inodes[group]));
            let descriptor = &mut descriptors[group * DESCRIPTOR..(group + 1) * DESCRIPTOR];
            put(descriptor, 0x00, &(*blocks_at as u32).to_le_bytes());
            put(descriptor, 0x04, &(*inodes_at as u32).to_le_bytes());
            put(descriptor, 0x08, &(*table_at as u32).to_le_bytes());
            put(descriptor, 0x0c, &(blocks_free as u16).to_le_bytes());
            put(descriptor, 0x0e, &(inodes_free as u16).to_le_bytes());
            put(descriptor, 0x10, &(directories[group] as u16).to_le_bytes());
            (free_blocks, free_inodes) = (free_blocks + blocks_free, free_inodes + inodes_free);
            chunks.insert(*blocks_at, blocks[group].clone());
            chunks.insert(*inodes_at, inodes[group].clone());
        }
        put(&mut self.0, 0x0c, &(free_blocks as u32).to_le_bytes());
        put(&mut self.0, 0x10, &(free_inodes as u32).to_le_bytes());
        for group in space::copies(geometry.groups) {
            put(&mut self.0, 0x5a, &(group as u16).to_le_bytes());
            let mut copy = vec![0; BLOCK];
            put(&mut copy, if group == 0 { OFFSET } else { 0 }, &self.0);
            copy.extend_from_slice(&descriptors);
            chunks.insert(group * GROUP, copy);
        }
    }
}

/// A UUID of version 8, whose bits are free: those of a digest.
fn uuid(digest: &[u8; 32]) -> [u8; 16] {
    let mut made = [0; 16];
    made.copy_from_slice(&digest[..16]);
    made[6] = made[6] & 0x0f | 0x80;
    made[8] = made[8] & 0x3f | 0x80;
    made
}

/// Sets bits.
fn mark(bitmap: &mut [u8], bits: std::ops::Range<u64>) {
    for bit in bits {
        if let Some(byte) = bitmap.get_mut((bit / 8) as usize) {
            *byte |= 1 << (bit % 8);
        }
    }
}

/// Of each group, which blocks are in use; those after the end are.
fn block_bitmaps(geometry: &Geometry, space: &Space) -> Vec<Vec<u8>> {
    let mut whole = vec![0; geometry.groups as usize * BLOCK];
    for run in space.given() {
        mark(&mut whole, run.start..run.start + run.count);
    }
    let last = geometry.groups - 1;
    mark(&mut whole, last * GROUP + geometry.blocks_of(last)..geometry.groups * GROUP);
    whole.chunks(BLOCK).map(<[u8]>::to_vec).collect()
}

/// Of each group, which inodes are in use; those that it does not have are.
fn inode_bitmaps(nodes: &Nodes<'_>, geometry: &Geometry) -> Vec<Vec<u8>> {
    let used = u64::from(FIRST_INODE) - 1 + nodes.all().len() as u64 - 1;
    let per_group = geometry.inodes_per_group;
    let of_group = |group: u64| {
        let mut bitmap = vec![0; BLOCK];
        mark(&mut bitmap, 0..used.saturating_sub(group * per_group).min(per_group));
        mark(&mut bitmap, per_group..GROUP);
        bitmap
    };
    (0..geometry.groups).map(of_group).collect()
}

/// Of each group, how many of its inodes are directories'.
fn directories(nodes: &Nodes<'_>, geometry: &Geometry) -> Vec<u64> {
    let mut count = vec![0; geometry.groups as usize];
    for (index, _) in nodes.all().iter().enumerate().filter(|(_, node)| node.entry.kind == Kind::Directory) {
        count[(u64::from(number(index) - 1) / geometry.inodes_per_group) as usize] += 1;
    }
    count
}
