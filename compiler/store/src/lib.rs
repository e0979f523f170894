//! Bytes on disk: blobs, trees, derivations, realisations, roots. Knows nothing of the language.

mod digest;
pub mod encode;
pub mod tree;

pub use digest::{BadDigest, BlobDigest, DerivationHash, ResolvedHash, TreeDigest};
pub use tree::{Entry, Kind, Meta, Tree, TreePath, Xattr};
