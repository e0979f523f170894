//! What a build would have to do: which derivations are there already, and which must be looked at.

use plc_plan::{
    derivation::Builder,
    graph::{Graph, NodeId},
};
use plc_store::{DerivationHash, Output, Realisation, Store, StoreError};

/// Where each node of a graph stands before a build.
#[derive(Debug)]
pub struct Survey {
    /// By node index: what the store has for a node that the targets need.
    pub(super) realised: Vec<Option<Realisation>>,
    /// By node index: whether the targets need it and the store does not have it.
    pub(super) wanted: Vec<bool>,
}

impl Survey {
    /// Goes from the targets down, and no further below what the store has. With `rebuild`, only downloads and
    /// sources count as being there.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(
        graph: &Graph,
        targets: &[DerivationHash],
        store: &Store,
        rebuild: bool,
    ) -> Result<Self, StoreError> {
        let mut survey = Self { realised: vec![None; graph.len()], wanted: vec![false; graph.len()] };
        let mut needed = vec![false; graph.len()];
        for id in targets.iter().filter_map(|hash| graph.find(hash)) {
            needed[id.index()] = true;
        }
        for id in graph.order().iter().rev().copied() {
            if !needed[id.index()] {
                continue;
            }
            let node = graph.node(id);
            let is_given = matches!(node.derivation.builder, Builder::Source(_));
            if !rebuild || is_given || node.derivation.builder.is_download() {
                survey.realised[id.index()] =
                    store.realised(&node.hash)?.filter(|realisation| is_there(store, realisation));
            }
            if survey.realised[id.index()].is_none() {
                survey.wanted[id.index()] = true;
                for (_, input) in graph.inputs(id) {
                    needed[input.index()] = true;
                }
            }
        }
        Ok(survey)
    }

    /// The nodes that must be looked at, inputs first.
    pub fn wanted(&self, graph: &Graph) -> Vec<NodeId> {
        graph.order().iter().copied().filter(|id| self.wanted[id.index()]).collect()
    }

    /// The nodes that are there and that the wanted ones, or the targets, rest on.
    pub fn reused(&self, graph: &Graph) -> Vec<NodeId> {
        graph.order().iter().copied().filter(|id| self.realised[id.index()].is_some()).collect()
    }
}

/// A realisation counts only while the store holds what it names.
pub(crate) fn is_there(store: &Store, realisation: &Realisation) -> bool {
    match &realisation.output {
        Output::Blob { digest, .. } => store.has_blob(digest),
        Output::Tree(digest) => {
            store.has_tree(digest) && realisation.layers.iter().all(|layer| store.has_tree(layer))
        }
    }
}
