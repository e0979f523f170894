//! From a topology and a lock to the graph of derivations: what must be built. Pure.

pub mod derivation;
pub mod diff;
pub mod fidelity;
pub mod graph;
pub mod identity;
pub mod lock;
mod lower;
mod parts;
pub mod provenance;
pub mod request;
pub mod sbom;
pub mod sources;

pub use lower::{LowerError, LowerOptions, Lowered, LoweredHost, download_of, fetch_of, lower};
