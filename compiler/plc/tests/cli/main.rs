//! The program as its users have it: run from the outside, against archives that are made here, or the real one.

mod real;
mod support;
