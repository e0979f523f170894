//! Brings built environments up on this machine.
//!
//! ```text
//! plc ── client               says what is to run, and shows what happens; may be killed at any moment
//!  └─ keeper                  one for each environment: its user namespace, its network, what runs, what is published
//!      ├─ init                process 1 of a host: its other namespaces and its root file system
//!      │   └─ services, jobs, shells
//!      └─ machine             the same of a host that is a virtual machine: passes on what is said
//!          └─ QEMU ── guest   process 1 in it, which is an init as above
//! ```
//!
//! All of them are the same program. The keeper is the owner of everything: it needs no daemon and no root, and when it
//! is gone, so are its hosts, with all that ran on them. What outlives it lies in a directory of the store ([`place`]).

pub mod change;
pub mod client;
pub mod control;
mod copy;
pub mod deployment;
mod guest;
mod init;
mod keeper;
pub mod limits;
pub mod link;
pub mod machine;
mod multiplex;
mod network;
pub mod order;
pub mod place;
mod wire;

use std::process::ExitCode;

pub use init::Ended;

/// The first argument of the program that makes it a keeper or a host.
pub const RUN_ARGUMENT: &str = "__run";

/// What the program does when its first argument is [`RUN_ARGUMENT`]: everything, up to the exit code.
#[must_use]
pub fn main() -> ExitCode {
    match std::env::args_os().nth(2) {
        Some(argument) if argument == keeper::HOST_ARGUMENT => init::main(),
        Some(argument) if argument == machine::GUEST_ARGUMENT => guest::main(),
        _ => keeper::main(),
    }
}
