//! Bytes on disk: blobs, trees, derivations, realisations, roots. Knows nothing of the language.
//!
//! ```text
//! <store>/                    its owner's only
//!   version                   "plc store 2"
//!   blobs/ab/cdef…            a file's content, named by its BLAKE3, perhaps compressed, mode 0444    truth
//!   trees/ab/cdef…            a manifest, named by its hash                                           truth
//!   derivations/<hash>.pack   the new derivations of one evaluation, with an index                    truth
//!   realisations/log          what derivations turned out to be, a line each, append-only             truth
//!   roots/<name>              a derivation to keep                                                    truth
//!   logs/<derivation>.log     what its builder said                                                   kept
//!   checkouts/                manifests laid out as directories, to run things in                     cache
//!   outcomes/<tree>/          manifests laid out as plain files, to look at                           cache
//!   indices/<sha256>          what archives say they have                                             cache
//!   sources/                  what is remembered of sources, and copies of repositories               cache
//!   locks/<hash>.lock         exact packages of what no project's own lock has                        kept
//!   environments/NAME/        what environments keep that run, or ran, on this machine                kept
//!   tmp/session-…/            one running program's: incoming/, pending/{blobs,trees}/, scratch       gone with it
//! ```
//!
//! [`Store`] is the way in. [`Store::commit`] says how things become durable; `spec/store.md` says what survives what.

mod commit;
mod compression;
mod digest;
mod disk;
pub mod encode;
mod error;
mod layout;
mod objects;
mod packs;
mod present;
mod realisations;
mod remove;
mod roots;
mod session;
mod store;
pub mod tree;
mod verify;

pub use compression::BlobReader;
pub use digest::{BadDigest, BlobDigest, DerivationHash, IdentityHash, ResolvedHash, TreeDigest};
pub use disk::{Call, Fault};
pub use error::{Object, Result, StoreError};
pub use objects::{BlobWriter, VerifyingReader};
pub use packs::Encoding;
pub use realisations::{Output, Realisation};
pub use store::Store;
pub use tree::{Entry, Kind, Meta, Tree, TreePath, Xattr};
pub use verify::{Problem, Report};

/// The guarded value, also when a thread has panicked while it held the lock: each is whole between two statements.
fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
