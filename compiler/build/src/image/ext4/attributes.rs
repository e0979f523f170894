//! Extended attributes: in the inode where they have place there, or else all in a block.

use super::{BLOCK, FORMAT, put};
use crate::image::{
    ImageError,
    nodes::{NO_NAMESPACE, Namespace, Node, namespace},
};

/// What an inode has place for.
pub(super) const IN_INODE: usize = 96;
const MAGIC: u32 = 0xEA02_0000;
/// The length of what a block of attributes begins with.
const HEADER: usize = 32;
/// The length of an entry without its name.
const ENTRY: usize = 16;

/// What a node has of attributes.
#[derive(Default)]
pub(super) struct Attributes {
    /// What stands in the inode.
    pub(super) inode: Option<Vec<u8>>,
    /// What stands in a block.
    pub(super) block: Option<Vec<u8>>,
}

struct Attribute<'a> {
    space: u8,
    name: &'a [u8],
    value: &'a [u8],
}

impl Attributes {
    /// The attributes of a node.
    ///
    /// # Errors
    /// They are too long for a block, or of a kind that there is no number for.
    pub(super) fn of(node: &Node<'_>) -> Result<Self, ImageError> {
        let mut all = Vec::new();
        for xattr in &node.entry.meta.xattrs {
            let (space, name) = namespace(xattr).ok_or_else(|| node.unfit(FORMAT, NO_NAMESPACE))?;
            let space = match space {
                Namespace::User => 1,
                Namespace::Trusted => 4,
                Namespace::Security => 6,
            };
            all.push(Attribute { space, name, value: &xattr.value });
        }
        if all.is_empty() {
            return Ok(Self::default());
        }
        all.sort_by_key(|attribute| (attribute.space, attribute.name.len(), attribute.name));
        // Four bytes of zeros are the end of the entries.
        let length: usize = all.iter().map(Attribute::length).sum::<usize>() + 4;
        if 4 + length <= IN_INODE {
            let mut made = vec![0; IN_INODE];
            put(&mut made, 0, &MAGIC.to_le_bytes());
            fill(&all, &mut made[4..], 0);
            Ok(Self { inode: Some(made), block: None })
        } else if HEADER + length <= BLOCK {
            let mut made = vec![0; BLOCK];
            put(&mut made, 0, &MAGIC.to_le_bytes());
            put(&mut made, 4, &1_u32.to_le_bytes());
            put(&mut made, 8, &1_u32.to_le_bytes());
            fill(&all, &mut made[HEADER..], HEADER);
            let hash = all.iter().fold(0_u32, |hash, attribute| hash.rotate_left(16) ^ attribute.hash());
            put(&mut made, 12, &hash.to_le_bytes());
            Ok(Self { inode: None, block: Some(made) })
        } else {
            Err(node.unfit(FORMAT, "its attributes are longer than 4 KiB"))
        }
    }
}

/// Entries from the front and values from the back. What is before `to`, so many bytes, counts for where values are, and
/// only there, in a block, entries have hashes.
fn fill(all: &[Attribute<'_>], to: &mut [u8], before: usize) {
    let (mut at, mut end) = (0, to.len());
    for attribute in all {
        end -= attribute.value.len().next_multiple_of(4);
        to[at] = attribute.name.len() as u8;
        to[at + 1] = attribute.space;
        put(to, at + 2, &((before + end) as u16).to_le_bytes());
        put(to, at + 8, &(attribute.value.len() as u32).to_le_bytes());
        if before > 0 {
            put(to, at + 12, &attribute.hash().to_le_bytes());
        }
        put(to, at + ENTRY, attribute.name);
        put(to, end, attribute.value);
        at += ENTRY + attribute.name.len().next_multiple_of(4);
    }
}

impl Attribute<'_> {
    /// How much place it takes.
    fn length(&self) -> usize {
        ENTRY + self.name.len().next_multiple_of(4) + self.value.len().next_multiple_of(4)
    }

    /// As `ext4_xattr_hash_entry` of the kernel has it.
    fn hash(&self) -> u32 {
        let name = self.name.iter().fold(0_u32, |hash, byte| hash.rotate_left(5) ^ u32::from(*byte));
        self.value.chunks(4).fold(name, |hash, part| {
            let mut word = [0; 4];
            word[..part.len()].copy_from_slice(part);
            hash.rotate_left(16) ^ u32::from_le_bytes(word)
        })
    }
}
