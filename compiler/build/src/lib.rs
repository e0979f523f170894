//! Makes derivations real: archives, downloads, the sandbox, root file systems, images.

pub mod debian;
pub mod fetch;
pub mod image;
pub mod rootfs;
pub mod sandbox;
