//! What happens during a build, for whoever shows it.

use plc_plan::graph::{Graph, NodeId};

/// How a node came to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// A builder ran.
    Built,
    /// The same inputs had been built before under another derivation: the change ended here.
    Reused,
}

/// Follows a build. Called from several threads.
pub trait Observer: Sync {
    /// Which nodes the build will have to look at; the rest is there already.
    fn begins(&self, graph: &Graph, wanted: &[NodeId]);
    /// A builder starts.
    fn starts(&self, graph: &Graph, node: NodeId);
    /// So many more bytes of a download have arrived.
    fn received(&self, bytes: u64);
    /// A node is done.
    fn done(&self, graph: &Graph, node: NodeId, how: How);
    /// A builder failed.
    fn failed(&self, graph: &Graph, node: NodeId);
}

/// Shows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Observer for Quiet {
    fn begins(&self, _: &Graph, _: &[NodeId]) {}
    fn starts(&self, _: &Graph, _: NodeId) {}
    fn received(&self, _: u64) {}
    fn done(&self, _: &Graph, _: NodeId, _: How) {}
    fn failed(&self, _: &Graph, _: NodeId) {}
}
