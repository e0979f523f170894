//! What to start first: what most time is still to come after.
//!
//! The longest path from a node to a target, each node on it weighed by what its builder is likely to take. So the
//! packages of a base that every host waits for are unpacked before those of a role, and among equals the largest go
//! first, so that none is left over for the end.

use plc_plan::{
    derivation::{Builder, Role},
    graph::{Graph, NodeId},
};

/// Microseconds that the maintainer scripts of a package are likely to take.
const CONFIGURE: u64 = 80_000;
/// Microseconds to start a program in the sandbox.
const RUN: u64 = 50_000;
/// Microseconds that commands which make a tree are likely to take.
const MAKE: u64 = 10_000_000;
/// Microseconds that a download of unknown length is likely to take.
const DOWNLOAD: u64 = 2_000_000;
/// Bytes of a `.deb` that are unpacked in a microsecond.
const UNPACK: u64 = 15;
/// Bytes that arrive in a microsecond.
const FETCH: u64 = 10;

/// By node index: the likely time in microseconds from the node's start to the last target's end.
pub(super) fn of(graph: &Graph) -> Vec<u64> {
    let mut urgency = vec![0; graph.len()];
    // Whatever takes a node comes after it in the order.
    for id in graph.order().iter().rev() {
        let after = graph.users(*id).map(|user| urgency[user.index()]).max().unwrap_or(0);
        urgency[id.index()] = after + cost(graph, *id);
    }
    urgency
}

fn cost(graph: &Graph, id: NodeId) -> u64 {
    match &graph.node(id).derivation.builder {
        Builder::Fetch(fetch) => fetch.size / FETCH,
        Builder::Unpack(_) => graph.inputs(id).map(|(_, deb)| size(graph, deb)).sum::<u64>() / UNPACK,
        Builder::Rootfs(_) => {
            graph.inputs(id).filter(|(role, _)| *role == Role::Package).count() as u64 * CONFIGURE
        }
        Builder::Check(_) => RUN,
        Builder::Run(_) => MAKE,
        Builder::Download(_) => DOWNLOAD,
        Builder::Tree(_)
        | Builder::Image(_)
        | Builder::Layer
        | Builder::Kernel
        | Builder::Environment(_)
        | Builder::Source(_)
        | Builder::Extract(_) => 0,
    }
}

fn size(graph: &Graph, id: NodeId) -> u64 {
    match &graph.node(id).derivation.builder {
        Builder::Fetch(fetch) => fetch.size,
        _ => 0,
    }
}
