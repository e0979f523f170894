//! Which blocks an inode's content is in: a tree of extents, its root in the inode.

use super::{
    BLOCK, put,
    space::{Run, Space},
};

/// The length of an inode's root of the tree.
pub(super) const ROOT: usize = 60;
/// The length of a node's header, and of each of its entries.
const ENTRY: usize = 12;
/// How many blocks an extent has at most.
const LONGEST: u64 = 32768;

/// A tree of extents.
pub(super) struct Extents {
    /// What the inode has.
    pub(super) root: [u8; ROOT],
    /// The other nodes, with their blocks.
    pub(super) nodes: Vec<(u64, Vec<u8>)>,
}

impl Extents {
    /// The tree of runs, which may need blocks of its own.
    pub(super) fn of(runs: &[Run], space: &mut Space) -> Self {
        let mut entries: Vec<[u8; ENTRY]> = Vec::new();
        let mut logical = 0;
        for run in runs {
            for skipped in (0..run.count).step_by(LONGEST as usize) {
                let count = LONGEST.min(run.count - skipped);
                entries.push(extent(logical, count, run.start + skipped));
                logical += count;
            }
        }
        let mut nodes = Vec::new();
        let mut depth = 0;
        while entries.len() > ROOT / ENTRY - 1 {
            let above = entries.chunks(BLOCK / ENTRY - 1).map(|entries| {
                let block = space.one();
                let mut node = vec![0; BLOCK];
                fill(entries, depth, &mut node);
                nodes.push((block, node));
                index(entries, block)
            });
            entries = above.collect();
            depth += 1;
        }
        let mut root = [0; ROOT];
        fill(&entries, depth, &mut root);
        Self { root, nodes }
    }
}

/// Where `count` blocks are that are the content's from `logical` on.
fn extent(logical: u64, count: u64, start: u64) -> [u8; ENTRY] {
    let mut entry = [0; ENTRY];
    put(&mut entry, 0, &(logical as u32).to_le_bytes());
    put(&mut entry, 4, &(count as u16).to_le_bytes());
    put(&mut entry, 6, &((start >> 32) as u16).to_le_bytes());
    put(&mut entry, 8, &(start as u32).to_le_bytes());
    entry
}

/// Where the node of those entries is.
fn index(entries: &[[u8; ENTRY]], block: u64) -> [u8; ENTRY] {
    let mut entry = [0; ENTRY];
    let logical = entries.first().map_or([0; 4], |first| [first[0], first[1], first[2], first[3]]);
    put(&mut entry, 0, &logical);
    put(&mut entry, 4, &(block as u32).to_le_bytes());
    put(&mut entry, 8, &((block >> 32) as u16).to_le_bytes());
    entry
}

fn fill(entries: &[[u8; ENTRY]], depth: u16, node: &mut [u8]) {
    let most = (node.len() / ENTRY - 1) as u16;
    put(node, 0, &0xF30A_u16.to_le_bytes());
    put(node, 2, &(entries.len() as u16).to_le_bytes());
    put(node, 4, &most.to_le_bytes());
    put(node, 6, &depth.to_le_bytes());
    for (index, entry) in entries.iter().enumerate() {
        put(node, (index + 1) * ENTRY, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_runs_make_a_tree_of_nodes() {
        let mut space = Space::new(1);
        // Every other block, which no file of an image is like.
        let runs: Vec<Run> = (0..2000).map(|index| Run { start: 10 + 2 * index, count: 1 }).collect();
        let Extents { root, nodes } = Extents::of(&runs, &mut space);
        let number = |node: &[u8], at: usize| u16::from_le_bytes([node[at], node[at + 1]]);
        // 2000 in six nodes, and those in one.
        assert_eq!((nodes.len(), number(&root, 2), number(&root, 4), number(&root, 6)), (7, 1, 4, 2));
        let heads: Vec<_> =
            nodes.iter().map(|(_, node)| (number(node, 0), number(node, 2), number(node, 6))).collect();
        assert_eq!(heads[0], (0xF30A, 340, 0));
        assert_eq!(heads[5], (0xF30A, 300, 0));
        assert_eq!(heads[6], (0xF30A, 6, 1));
        // The second node's first block of the content, as the node above says it.
        assert_eq!(number(&nodes[6].1, 24), 340);
        assert_eq!(u64::from(number(&nodes[6].1, 28)), nodes[1].0);
    }

    #[test]
    fn a_long_run_is_several_extents() {
        let run = Run { start: 7, count: 2 * LONGEST + 1 };
        let Extents { root, nodes } = Extents::of(&[run], &mut Space::new(1));
        assert!(nodes.is_empty());
        let number =
            |at: usize| u64::from(u32::from_le_bytes([root[at], root[at + 1], root[at + 2], root[at + 3]]));
        let said: Vec<_> = (1..4).map(|index| (number(index * 12), number(index * 12 + 8))).collect();
        assert_eq!(said, [(0, 7), (LONGEST, 7 + LONGEST), (2 * LONGEST, 7 + 2 * LONGEST)]);
    }
}
