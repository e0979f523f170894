//! Why a tree cannot be an image.

use std::io;

use plc_store::{BlobDigest, StoreError, TreePath};

/// Why a tree was not written.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The image could not be written.
    #[error("cannot write the image: {0}")]
    Io(#[from] io::Error),
    /// The store lacks what the tree names.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A blob does not hold what its name promises.
    #[error("blob {0} is damaged in the store")]
    Damaged(BlobDigest),
    /// A name that is gone, and that a layer cannot say so of.
    #[error("`{0}` is gone, and its name is too long for a layer to say so: at most 251 bytes")]
    LongName(TreePath),
    /// What should be a layer is none: the derivation was not made by this program.
    #[error("what should be a layer has no blob")]
    NoLayer,
    /// A name that means something else in a layer.
    #[error("`{0}` cannot be in a layer: names that begin with `.wh.` say there what is gone")]
    Mark(TreePath),
    /// A blob is not as long as the tree says.
    #[error("the content of `{0}` is not as long as its tree says")]
    Length(TreePath),
    /// Something that files of a tree may have, and files of a format may not.
    #[error("{format} cannot hold `{path}`: {why}")]
    Unfit {
        /// The format.
        format: &'static str,
        /// Of what.
        path: TreePath,
        /// What there is no place for.
        why: &'static str,
    },
    /// More than a format has numbers for.
    #[error("the root file system is too large for {0}")]
    TooLarge(&'static str),
}
