//! Where what each node has is.

use plc_store::Kind;

use super::{
    BLOCK,
    attributes::Attributes,
    directory,
    extents::Extents,
    space::{Run, Space},
};
use crate::image::{
    ImageError,
    nodes::{Node, Nodes},
};

/// The longest target of a symbolic link that its inode has itself.
pub(super) const FAST_LINK: usize = 59;

/// The places of what a node has.
pub(super) struct Placed {
    /// The content's blocks: of a file, a directory, or a symbolic link with a long target.
    pub(super) runs: Vec<Run>,
    /// The tree that leads to them; none where the inode holds the content itself, or there cannot be any.
    pub(super) extents: Option<Extents>,
    /// Attributes, and the block of those that the inode has no place for.
    pub(super) attributes: Attributes,
    pub(super) attribute_block: Option<u64>,
}

/// Gives all nodes their places: first what names are looked up in, then what files hold.
///
/// # Errors
/// A node has attributes that there is no place for.
pub(super) fn all(nodes: &Nodes<'_>, space: &mut Space) -> Result<Vec<Placed>, ImageError> {
    let mut all = Vec::with_capacity(nodes.all().len());
    for node in nodes.all() {
        let attributes = Attributes::of(node)?;
        let attribute_block = attributes.block.is_some().then(|| space.one());
        let mut placed = Placed { runs: Vec::new(), extents: None, attributes, attribute_block };
        let count = match &node.entry.kind {
            Kind::Directory => Some(directory::blocks(node)),
            Kind::Symlink(target) if target.len() > FAST_LINK => Some(1),
            _ => None,
        };
        if let Some(count) = count {
            placed.fill(count, space);
        }
        all.push(placed);
    }
    for (node, placed) in nodes.all().iter().zip(&mut all) {
        if let Some(size) = size(node) {
            placed.fill(size.div_ceil(BLOCK as u64), space);
        }
    }
    Ok(all)
}

fn size(node: &Node<'_>) -> Option<u64> {
    match node.entry.kind {
        Kind::File { size, .. } => Some(size),
        _ => None,
    }
}

impl Placed {
    fn fill(&mut self, count: u64, space: &mut Space) {
        self.runs = space.take(count);
        self.extents = Some(Extents::of(&self.runs, space));
    }

    /// How many blocks the node takes, those that lead to others included.
    pub(super) fn blocks(&self) -> u64 {
        let content: u64 = self.runs.iter().map(|run| run.count).sum();
        let nodes = self.extents.as_ref().map_or(0, |extents| extents.nodes.len() as u64);
        content + nodes + u64::from(self.attribute_block.is_some())
    }
}
