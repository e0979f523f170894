//! Debian: archives and their trust, indices, resolution, the lock, the `.deb` format.
//!
//! The way of a lock: [`sources`] says which mirrors serve a suite, [`archive`] fetches its signed Release file and the
//! indices that it vouches for, [`trust`] judges the signature and the dates, [`index`] reads the packages, [`resolve`]
//! picks them, and [`lock`] puts it all together.

pub mod archive;
pub mod date;
pub mod deb;
pub mod index;
pub mod lock;
pub mod resolve;
pub mod sources;
pub mod trust;

/// Debian's order of versions. A text that is no Debian version is compared as text.
pub fn compare_versions(a: &str, b: &str) -> std::cmp::Ordering {
    match (a.parse::<debversion::Version>(), b.parse::<debversion::Version>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.cmp(b),
    }
}

/// A small signed archive of the tests' own.
#[cfg(test)]
#[path = "../../../plc/tests/support/archive/mod.rs"]
mod fixture;
