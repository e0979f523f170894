//! What a builder receives: the derivation, spelled out, with what its inputs turned out to be. Nothing else.

use plc_plan::derivation::{Derivation, Role};
use plc_store::{BlobDigest, DerivationHash, Output, Realisation, ResolvedHash, TreeDigest, encode};

/// The domain of a resolved hash.
pub const DOMAIN: &str = "plc 2 resolved";

/// One derivation with its inputs realised.
#[derive(Clone, Debug)]
pub struct Request {
    /// The derivation's hash.
    pub hash: DerivationHash,
    /// What to build.
    pub derivation: Derivation,
    /// The inputs in the derivation's order.
    pub inputs: Vec<(Role, Realisation)>,
}

impl Request {
    /// The derivation with each input replaced by its content. Names are for people and do not count, so that two
    /// derivations that ask for the same by another name share what was made.
    pub fn resolved(&self) -> ResolvedHash {
        let inputs: Vec<(Role, bool, [u8; 32])> = self
            .inputs
            .iter()
            .map(|(role, input)| match &input.output {
                Output::Blob { digest, .. } => (*role, false, *digest.as_bytes()),
                Output::Tree(digest) => (*role, true, *digest.as_bytes()),
            })
            .collect();
        let encoding = encode::encode(&(&self.derivation.platform, &self.derivation.builder, inputs));
        ResolvedHash::from_bytes(encode::hash(DOMAIN, &encoding))
    }

    /// The realisations of the inputs with a role.
    pub fn inputs_as(&self, role: Role) -> impl Iterator<Item = &Realisation> {
        self.inputs.iter().filter(move |(is, _)| *is == role).map(|(_, input)| input)
    }

    /// The trees of the inputs with a role.
    pub fn trees(&self, role: Role) -> impl Iterator<Item = TreeDigest> {
        self.inputs_as(role).filter_map(|input| match input.output {
            Output::Tree(digest) => Some(digest),
            Output::Blob { .. } => None,
        })
    }

    /// The first blob among the inputs with a role.
    pub fn blob(&self, role: Role) -> Option<BlobDigest> {
        self.inputs_as(role).find_map(|input| match input.output {
            Output::Blob { digest, .. } => Some(digest),
            Output::Tree(_) => None,
        })
    }
}
