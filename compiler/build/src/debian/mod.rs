//! Debian: archives and their trust, indices, resolution, the lock, the `.deb` format.

pub mod deb;
