//! Root file systems from unpacked packages: composition, dpkg's database, maintainer scripts, normalisation.
//!
//! ```text
//! base tree ─┐                                ┌ preinsts, dpkg --configure, in the sandbox
//! packages ──┴→ compose → U: all unpacked ────┴→ delta → normalise → trees, overlays → R: the result
//! ```
//!
//! Nothing is unpacked onto a disk: composition merges manifests in memory, and the sandbox lays out what is new as one
//! more layer. Without packages there is nothing to run, and the overlays are merged in memory too. Packages upon a base
//! come in [`stages`], each made as above.

mod answers;
mod apt;
mod build;
mod compose;
mod database;
mod delta;
mod draft;
mod error;
mod installed;
mod live;
mod mount;
pub mod normalise;
mod order;
mod overlay;
mod package;
mod prefork;
mod replaces;
mod rounds;
mod runner;
mod scripts;
mod stages;
mod steps;
mod triggers;
mod users;
mod verify;

pub use answers::Answer;
pub use build::{Inputs, RootfsOutput, build};
pub use error::RootfsError;
pub use runner::{Runner, SandboxRunner};
pub use stages::{Stage, stages};

#[cfg(test)]
pub(crate) mod tests;
