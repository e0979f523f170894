//! What labels promise, tried on generated programs: that profiles differ in capacities only, and that the identity hash
//! is of everything else. `PROPTEST_CASES=20000 cargo test -p plc-plan --test properties` tries more of them.
#![allow(clippy::disallowed_methods, reason = "`PROPTEST_CASES` is read here; the crate reads nothing")]

mod code;
mod component;
mod expression;
mod lists;
mod members;
mod mutate;
mod program;
mod properties;
mod scalars;
mod tape;
mod types;
