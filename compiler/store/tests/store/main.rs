//! The store from outside: one file for each promise of `spec/store.md`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod compression;
mod crash;
mod damage;
mod derivations;
mod encoding;
mod faults;
mod full_disk;
mod objects;
mod realisations;
mod removal;
mod roots;
mod sessions;
mod support;
mod threads;
mod trees;
