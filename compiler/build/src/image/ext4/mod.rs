//! A tree as an ext4 image, after the kernel's `Documentation/filesystems/ext4/`.
//!
//! ```text
//! superblock, descriptors │ bitmaps │ inodes │ directories, long links, attributes │ files, in the tree's order │ free
//! ```
//!
//! Blocks of 4 KiB in groups of 128 MiB, of which some begin with a copy of the superblock and the descriptors. All else that
//! describes groups is at the front (`flex_bg`). Directories are lists, as `mke2fs -d` makes them. There is no journal, no
//! checksum of metadata and no `lost+found`, so that the image holds what the tree holds; `tune2fs` adds the first two.
//!
//! The name of the file system and the seed of its hashes follow from the tree, and so do all times.

mod attributes;
mod directory;
mod extents;
mod inode;
mod place;
mod space;
mod stream;
mod superblock;

use std::{collections::BTreeMap, io::Write};

use plc_store::{Kind, Store, Tree};

use self::{place::Placed, space::Space, stream::Stream, superblock::Superblock};
use super::{
    ImageError,
    content::copy_verified,
    nodes::{Node, Nodes},
};

/// What errors call it.
const FORMAT: &str = "ext4";
/// The length of a block, in bytes.
const BLOCK: usize = 4096;
/// How many blocks a group has.
const GROUP: u64 = 32768;
/// The length of an inode, in bytes.
const INODE: usize = 256;
/// The first inode that is not reserved; the root directory's is 2.
const FIRST_INODE: u32 = 11;
/// The most names that a file, and the most directories that a directory may be known to have.
const LINKS_MAX: u64 = 65000;
/// The least that is free: 16 MiB.
const FREE_MIN: u64 = 4096;
/// The least number of inodes that are free.
const FREE_INODES_MIN: u64 = 1024;
/// How much of what is used is free in addition, at least.
const FREE_SHARE: u64 = 16;

/// Writes a tree: the same tree, the same bytes.
///
/// # Errors
/// The store lacks something, or an entry has what an ext4 cannot hold: a time before 1901 or after 2446, attributes that
/// are not of `user`, `trusted` or `security` or longer than 4 KiB, or more than 65000 names.
pub fn write(tree: &Tree, store: &Store, to: impl Write) -> Result<(), ImageError> {
    let nodes = Nodes::of(tree);
    for node in nodes.all() {
        check(node)?;
    }
    let (geometry, placed, space) = Geometry::of(&nodes)?;
    let digest = tree.digest();
    let superblock = Superblock::new(&geometry, digest.as_bytes(), nodes.all().first());
    let mut chunks = BTreeMap::new();
    inode::tables(&nodes, &placed, &geometry, &mut chunks)?;
    directory::contents(&nodes, &placed, &mut chunks);
    superblock.describe(&nodes, &geometry, &space, &mut chunks);
    let mut stream = Stream::new(to, chunks);
    for (node, placed) in nodes.all().iter().zip(&placed) {
        if let Kind::File { blob, size } = &node.entry.kind {
            let mut file = stream.file(&placed.runs);
            if copy_verified(store, blob, &mut file)? != *size {
                return Err(ImageError::Length(node.entry.path.clone()));
            }
        }
    }
    Ok(stream.finish(geometry.blocks)?)
}

fn check(node: &Node<'_>) -> Result<(), ImageError> {
    node.device(FORMAT)?;
    node.time(FORMAT, inode::EARLIEST..=inode::LATEST)?;
    if node.entry.kind != Kind::Directory && node.links > LINKS_MAX {
        return Err(node.unfit(FORMAT, "it has more than 65000 names"));
    }
    Ok(())
}

/// The number of a node's inode.
fn number(index: usize) -> u32 {
    if index == 0 { 2 } else { FIRST_INODE - 1 + index as u32 }
}

/// How large everything is, and where what describes groups is.
struct Geometry {
    /// The whole image, in blocks.
    blocks: u64,
    groups: u64,
    /// A multiple of those in a block.
    inodes_per_group: u64,
    /// Where the bitmap of blocks, that of inodes and the inodes of each group are.
    of_groups: Vec<(u64, u64, u64)>,
}

impl Geometry {
    /// The fewest groups that everything has a place in, and those places.
    fn of(nodes: &Nodes<'_>) -> Result<(Self, Vec<Placed>, Space), ImageError> {
        let used = u64::from(FIRST_INODE) + nodes.all().len() as u64;
        let inodes = used + (used / FREE_SHARE).max(FREE_INODES_MIN);
        // The bitmap of a group's inodes is a block, as that of its blocks.
        let mut groups = inodes.div_ceil(GROUP);
        loop {
            let mut space = Space::new(groups);
            let in_block = (BLOCK / INODE) as u64;
            let inodes_per_group = inodes.div_ceil(groups).next_multiple_of(in_block);
            let table = inodes_per_group / in_block;
            let bitmaps: Vec<(u64, u64)> = (0..groups).map(|_| (space.one(), space.one())).collect();
            let tables = (0..groups).map(|_| space.together(table)).collect::<Vec<_>>();
            let placed = place::all(nodes, &mut space)?;
            let end = space.end();
            let blocks = space::rounded(end + (end / FREE_SHARE).max(FREE_MIN), groups);
            if blocks > u64::from(u32::MAX) {
                return Err(ImageError::TooLarge(FORMAT));
            }
            if blocks <= groups * GROUP && groups * inodes_per_group <= u64::from(u32::MAX) {
                let of_groups =
                    bitmaps.into_iter().zip(tables).map(|((blocks, inodes), table)| (blocks, inodes, table));
                // Many inodes may need a last group that no block does.
                let blocks = blocks.max((groups - 1) * GROUP + space::last_min(groups));
                let geometry = Self { blocks, groups, inodes_per_group, of_groups: of_groups.collect() };
                return Ok((geometry, placed, space));
            }
            groups = (groups + 1).max(blocks.div_ceil(GROUP));
        }
    }

    /// How many blocks the inodes of a group take.
    fn table(&self) -> u64 {
        self.inodes_per_group / (BLOCK / INODE) as u64
    }

    /// How many blocks a group has: only the last may have fewer.
    fn blocks_of(&self, group: u64) -> u64 {
        GROUP.min(self.blocks - group * GROUP)
    }
}

/// Puts bytes at a place that there is in a block or an inode.
fn put(to: &mut [u8], at: usize, bytes: &[u8]) {
    to[at..at + bytes.len()].copy_from_slice(bytes);
}
