//! What directories and symbolic links hold.

use std::collections::BTreeMap;

use plc_store::Kind;

use super::{
    BLOCK, number,
    place::{FAST_LINK, Placed},
    put,
};
use crate::image::nodes::{Node, Nodes};

/// How many blocks a directory takes.
pub(super) fn blocks(node: &Node<'_>) -> u64 {
    let (mut blocks, mut used) = (1, 2 * length(1));
    for (name, _) in &node.children {
        if used + length(name.len()) > BLOCK {
            (blocks, used) = (blocks + 1, 0);
        }
        used += length(name.len());
    }
    blocks
}

/// Adds what directories hold and long symbolic links lead to, with the nodes that lead there.
pub(super) fn contents(nodes: &Nodes<'_>, placed: &[Placed], chunks: &mut BTreeMap<u64, Vec<u8>>) {
    for (index, (node, placed)) in nodes.all().iter().zip(placed).enumerate() {
        let content = match &node.entry.kind {
            Kind::Directory => directory(index, node, nodes),
            Kind::Symlink(target) if target.len() > FAST_LINK => target.to_vec(),
            _ => Vec::new(),
        };
        let mut content = content.chunks(BLOCK);
        for run in &placed.runs {
            for (block, bytes) in (run.start..run.start + run.count).zip(content.by_ref()) {
                chunks.insert(block, bytes.to_vec());
            }
        }
        chunks.extend(placed.extents.iter().flat_map(|extents| extents.nodes.iter().cloned()));
        chunks.extend(placed.attribute_block.zip(placed.attributes.block.clone()));
    }
}

/// The names in a directory: a list in each block, of which the last one goes to its end.
fn directory(index: usize, node: &Node<'_>, nodes: &Nodes<'_>) -> Vec<u8> {
    let dots: [(&[u8], usize); 2] = [(b".", index), (b"..", node.parent)];
    let mut made: Vec<u8> = Vec::new();
    let mut last = 0;
    for (name, child) in dots.into_iter().chain(node.children.iter().copied()) {
        let length = length(name.len());
        if made.len() % BLOCK + length > BLOCK {
            fill(&mut made, last);
        }
        last = made.len();
        let mut entry = vec![0; length];
        put(&mut entry, 0, &number(child).to_le_bytes());
        put(&mut entry, 4, &(length as u16).to_le_bytes());
        entry[6] = name.len() as u8;
        entry[7] = kind(&nodes.all()[child].entry.kind);
        put(&mut entry, 8, name);
        made.extend(entry);
        // A block that is full to the last byte.
        if made.len().is_multiple_of(BLOCK) {
            last = made.len();
        }
    }
    fill(&mut made, last);
    made
}

/// Fills the block that is being written, and gives the entry that was written last the rest.
fn fill(made: &mut Vec<u8>, last: usize) {
    let end = made.len().next_multiple_of(BLOCK);
    if last < made.len() {
        put(made, last + 4, &((end - last) as u16).to_le_bytes());
    }
    made.resize(end, 0);
}

/// The length of an entry with a name of so many bytes.
fn length(name: usize) -> usize {
    (8 + name).next_multiple_of(4)
}

fn kind(kind: &Kind) -> u8 {
    match kind {
        Kind::File { .. } | Kind::Hardlink(_) => 1,
        Kind::Directory => 2,
        Kind::CharDevice { .. } => 3,
        Kind::BlockDevice { .. } => 4,
        Kind::Fifo => 5,
        Kind::Symlink(_) => 7,
    }
}
