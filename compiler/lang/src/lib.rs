//! The language of `env.pl`, from text to an evaluated [`Topology`]. Pure: no file, clock, network or environment.

pub mod diag;
pub mod source;
pub mod topology;
