//! Why packages do not go together, in words.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use resolvo::{
    Interner, SolvableId,
    conflict::{ConflictCause, ConflictEdge, ConflictGraph, ConflictNode},
};

use super::provider::Provider;

/// More than so many reasons help nobody.
const MOST: usize = 12;

/// The reasons of a conflict: from what is asked for, along what needs what, to what is missing or excluded.
pub(super) fn reasons(graph: &ConflictGraph, provider: &Provider<'_>) -> Vec<String> {
    let edges = edges(graph);
    let mut open = VecDeque::from([graph.root_node.index()]);
    let mut seen = BTreeSet::from([graph.root_node.index()]);
    let mut reasons: Vec<String> = Vec::new();
    while let Some(from) = open.pop_front() {
        for (to, edge) in edges.get(&from).into_iter().flatten() {
            let reason = reason(graph, provider, from, *to, edge);
            if let Some(reason) = reason.filter(|reason| !reasons.contains(reason)) {
                reasons.push(reason);
            }
            if seen.insert(*to) {
                open.push_back(*to);
            }
        }
    }
    // What is in the way comes last and matters most.
    if reasons.len() > MOST {
        reasons.drain(..reasons.len() - MOST);
    }
    reasons
}

type Edges = BTreeMap<usize, Vec<(usize, ConflictEdge)>>;

fn edges(graph: &ConflictGraph) -> Edges {
    let mut edges = Edges::new();
    for index in graph.graph.edge_indices() {
        if let (Some((from, to)), Some(edge)) =
            (graph.graph.edge_endpoints(index), graph.graph.edge_weight(index))
        {
            edges.entry(from.index()).or_default().push((to.index(), *edge));
        }
    }
    edges
}

fn node(graph: &ConflictGraph, index: usize) -> ConflictNode {
    let found = graph.graph.node_indices().find(|node| node.index() == index);
    found.map_or(ConflictNode::Root, |node| graph.graph[node])
}

fn reason(
    graph: &ConflictGraph,
    provider: &Provider<'_>,
    from: usize,
    to: usize,
    edge: &ConflictEdge,
) -> Option<String> {
    let (from, to) = (node(graph, from), node(graph, to));
    let name = |id: SolvableId| provider.shown(id);
    match (edge, from, to) {
        (ConflictEdge::Requires(what), ConflictNode::Solvable(from), ConflictNode::UnresolvedDependency) => {
            Some(format!("{} needs `{}`, {}", name(from), provider.text(*what), provider.why_missing(*what)))
        }
        (ConflictEdge::Requires(what), ConflictNode::Solvable(from), _) => {
            Some(format!("{} needs `{}`", name(from), provider.text(*what)))
        }
        (
            ConflictEdge::Conflict(ConflictCause::Constrains(what)),
            ConflictNode::Solvable(from),
            ConflictNode::Solvable(to),
        ) => {
            let what = provider.display_version_set(*what).to_string();
            Some(format!("{} does not go with `{what}`, and so not with {}", name(from), name(to)))
        }
        (
            ConflictEdge::Conflict(ConflictCause::ForbidMultipleInstances),
            ConflictNode::Solvable(from),
            ConflictNode::Solvable(to),
        ) => Some(format!("{} and {} cannot both be there", name(from), name(to))),
        _ => None,
    }
}
