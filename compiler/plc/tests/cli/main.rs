//! The program as its users have it: run from the outside, against archives that are made here, or the real one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that panics has failed, and says why"
)]

#[path = "../support/archive/mod.rs"]
mod archive;
mod broken;
mod difficult;
mod explain;
mod faults;
mod fidelity;
mod fixture;
mod format;
mod hostile;
mod images;
mod incremental;
mod limits;
mod listings;
mod locks;
mod machines;
mod mixtures;
mod packages;
mod provenance;
mod reading;
mod real;
mod reproducible;
mod running;
mod sbom;
mod selecting;
#[path = "../support/server.rs"]
mod server;
mod shell;
mod snapshot;
mod support;
mod testing;
mod trees;
mod vendor;
