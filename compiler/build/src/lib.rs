//! Makes derivations real: archives, downloads, the sandbox, root file systems, images, and the scheduler over them.
//!
//! [`schedule::build`] is the way in: it takes the graph, asks the store what is there, and has [`job::run`] make the rest.

pub mod cpio;
pub mod debian;
pub mod fetch;
pub mod image;
pub mod job;
pub mod progress;
pub mod request;
pub mod rootfs;
pub mod sandbox;
pub mod schedule;
pub mod source;
