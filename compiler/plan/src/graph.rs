//! The graph of derivations: nodes by hash, edges from a derivation to each of its inputs.

use std::{
    collections::HashMap,
    fmt,
    hash::{BuildHasherDefault, Hasher},
};

use petgraph::{
    Direction,
    algo::tarjan_scc,
    graph::{DiGraph, NodeIndex},
    visit::EdgeRef,
};
use plc_store::DerivationHash;

use crate::derivation::{Derivation, Role};

/// A derivation with its hash.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its hash.
    pub hash: DerivationHash,
    /// What it is.
    pub derivation: Derivation,
}

/// Index of a node in its [`Graph`].
pub type NodeId = NodeIndex<u32>;

/// Derivations, closed over their inputs, without a cycle.
#[derive(Clone, Debug)]
pub struct Graph {
    nodes: DiGraph<Node, Role, u32>,
    by_hash: HashMap<DerivationHash, NodeId, BuildHasherDefault<Prefix>>,
    order: Vec<NodeId>,
}

/// Derivations that become a graph.
#[derive(Debug, Default)]
pub(crate) struct Growing {
    nodes: DiGraph<Node, Role, u32>,
    by_hash: HashMap<DerivationHash, NodeId, BuildHasherDefault<Prefix>>,
}

impl Growing {
    /// With room for so many.
    pub(crate) fn with_capacity(derivations: usize) -> Self {
        let by_hash = HashMap::with_capacity_and_hasher(derivations, BuildHasherDefault::default());
        Self { nodes: DiGraph::with_capacity(derivations, 0), by_hash }
    }

    /// A derivation that was added.
    pub(crate) fn get(&self, hash: &DerivationHash) -> Option<&Derivation> {
        self.by_hash.get(hash).map(|id| &self.nodes[*id].derivation)
    }

    /// Adds a derivation, unless it is there.
    pub(crate) fn add(&mut self, node: Node) {
        self.by_hash.entry(node.hash).or_insert_with_key(|_| self.nodes.add_node(node));
    }
}

/// The first bytes of a derivation hash, which are as good as any hash of it.
#[derive(Clone, Copy, Debug, Default)]
struct Prefix(u64);

impl Hasher for Prefix {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    /// The length that arrays write before their content.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What is not a graph of derivations.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// An input that no node of the graph is.
    #[error("`{of}` takes {input} as {role}, which is not in the graph")]
    Missing {
        /// Name of the derivation.
        of: String,
        /// The input's hash.
        input: DerivationHash,
        /// What it would be to the builder.
        role: Role,
    },
    /// Derivations that wait for each other.
    #[error("derivations wait for each other: {}", edges.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    Cycle {
        /// Each edge, in the order of the cycle.
        edges: Vec<Edge>,
    },
}

/// One edge of a cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Name of the derivation that takes the other.
    pub from: String,
    /// As what.
    pub role: Role,
    /// Name of the derivation taken.
    pub to: String,
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` takes `{}` as {}", self.from, self.to, self.role)
    }
}

impl Graph {
    /// A graph of these derivations; the same one given twice counts once. The hashes are believed.
    ///
    /// # Errors
    /// One takes what is not among them, or some wait for each other.
    pub fn new(derivations: impl IntoIterator<Item = Node>) -> Result<Self, GraphError> {
        let derivations = derivations.into_iter();
        let mut growing = Growing::with_capacity(derivations.size_hint().0);
        derivations.for_each(|node| growing.add(node));
        Self::closed(growing)
    }

    /// A graph of what has been gathered.
    pub(crate) fn closed(Growing { mut nodes, by_hash }: Growing) -> Result<Self, GraphError> {
        let mut edges = Vec::new();
        for from in nodes.node_indices() {
            let node: &Node = &nodes[from];
            for input in &node.derivation.inputs {
                let to = by_hash.get(&input.derivation).ok_or_else(|| GraphError::Missing {
                    of: node.derivation.name.clone(),
                    input: input.derivation,
                    role: input.role,
                })?;
                edges.push((from, *to, input.role));
            }
        }
        nodes.reserve_exact_edges(edges.len());
        for (from, to, role) in edges {
            nodes.add_edge(from, to, role);
        }
        // Tarjan's algorithm gives the components with what they point to first: inputs before those that take them.
        let components = tarjan_scc(&nodes);
        let mut order = Vec::with_capacity(components.len());
        for component in components {
            match component.as_slice() {
                [single] if !nodes.contains_edge(*single, *single) => order.push(*single),
                _ => return Err(GraphError::Cycle { edges: cycle_in(&nodes, &component) }),
            }
        }
        Ok(Self { nodes, by_hash, order })
    }

    /// The node with an index of this graph.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    /// The index of a derivation.
    pub fn find(&self, hash: &DerivationHash) -> Option<NodeId> {
        self.by_hash.get(hash).copied()
    }

    /// All nodes, inputs before those that take them.
    pub fn order(&self) -> &[NodeId] {
        &self.order
    }

    /// The inputs of a node, in the order of its derivation; one that is taken twice comes twice.
    pub fn inputs(&self, id: NodeId) -> impl Iterator<Item = (Role, NodeId)> {
        self.nodes[id].derivation.inputs.iter().filter_map(|i| Some((i.role, self.find(&i.derivation)?)))
    }

    /// The nodes that take a node.
    pub fn users(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.nodes.neighbors_directed(id, Direction::Incoming)
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.node_count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Walks inside a strongly connected component until a node comes again, and gives the edges of that round.
fn cycle_in(nodes: &DiGraph<Node, Role, u32>, component: &[NodeId]) -> Vec<Edge> {
    let mut path: Vec<(NodeId, Role)> = Vec::new();
    let mut at = component[0];
    loop {
        if let Some(start) = path.iter().position(|(node, _)| *node == at) {
            let round = &path[start..];
            let name = |id: NodeId| nodes[id].derivation.name.clone();
            return (0..round.len())
                .map(|i| Edge {
                    from: name(round[i].0),
                    role: round[i].1,
                    to: name(round[(i + 1) % round.len()].0),
                })
                .collect();
        }
        let next = nodes.edges(at).find(|edge| component.contains(&edge.target()));
        match next {
            Some(edge) => {
                path.push((at, *edge.weight()));
                at = edge.target();
            }
            None => return Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derivation::{Builder, ImageArguments, ImageFormat, Input};

    fn hash(n: u8) -> DerivationHash {
        DerivationHash::from_bytes([n; 32])
    }

    fn node(n: u8, inputs: &[u8]) -> Node {
        let inputs = inputs.iter().map(|i| Input { role: Role::Root, derivation: hash(*i) }).collect();
        let builder = Builder::Image(ImageArguments { format: ImageFormat::Tar });
        let derivation = Derivation { name: format!("n{n}"), platform: "amd64".into(), inputs, builder };
        Node { hash: hash(n), derivation }
    }

    #[test]
    fn inputs_come_before_their_users() {
        let graph = Graph::new([node(1, &[2, 3]), node(2, &[3]), node(3, &[]), node(3, &[])]).unwrap();
        let names: Vec<_> = graph.order().iter().map(|id| graph.node(*id).derivation.name.as_str()).collect();
        assert_eq!(names, ["n3", "n2", "n1"]);
        assert_eq!(graph.len(), 3);
    }

    #[test]
    fn a_cycle_names_each_edge() {
        let error = Graph::new([node(1, &[2]), node(2, &[3]), node(3, &[2])]).unwrap_err();
        let GraphError::Cycle { edges } = &error else { panic!("{error}") };
        assert_eq!(edges.len(), 2);
        let text = error.to_string();
        assert!(
            text.contains("`n2` takes `n3` as root") && text.contains("`n3` takes `n2` as root"),
            "{text}"
        );
        assert!(!text.contains("n1"), "{text}");
    }

    #[test]
    fn a_node_that_takes_itself_is_a_cycle() {
        assert!(matches!(Graph::new([node(1, &[1])]), Err(GraphError::Cycle { edges }) if edges.len() == 1));
    }

    #[test]
    fn an_input_outside_is_refused() {
        assert!(matches!(Graph::new([node(1, &[2])]), Err(GraphError::Missing { .. })));
    }
}
