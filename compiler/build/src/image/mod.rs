//! Images of root file systems.

mod layer;
pub mod oci;
pub mod tar;
