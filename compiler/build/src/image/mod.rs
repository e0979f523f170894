//! Images of root file systems: a tree in a form that other programs take, the same tree always in the same bytes.

mod content;
mod error;
pub mod ext4;
mod layer;
mod nodes;
pub mod oci;
pub mod squashfs;
pub mod tar;
#[cfg(test)]
mod tests;

pub use error::ImageError;
