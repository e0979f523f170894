//! The program as its users have it: run from the outside, against archives that are made here, or the real one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that panics has failed, and says why"
)]

mod listings;
mod real;
mod support;
