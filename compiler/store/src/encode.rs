//! The canonical encoding: what every hash but a blob's is taken over.
//!
//! A value's fields in the order of their declaration, as [postcard](https://postcard.jamesmunns.com/wire-format) lays
//! them out (lengths and integers as varints, no names, no padding), hashed with BLAKE3's `derive_key` under a domain
//! that carries the kind and the version of what is encoded (`plc 1 derivation`), so that no two kinds of thing can
//! have the same hash. The same `Serialize` implementation writes the JSON form that people read, so the two cannot
//! drift apart. Encoded types therefore hold no hash maps, no floats, and skip no fields.

mod pieces;

use std::{convert::Infallible, sync::OnceLock};

use blake3::hazmat::{ContextKey, HasherExt, hash_derive_key_context};
use serde::{Serialize, de::DeserializeOwned};

pub use pieces::Pieces;

/// Bytes that are not the canonical encoding of the type asked for.
#[derive(Debug, thiserror::Error)]
#[error("not a canonical encoding of {what}")]
pub struct BadEncoding {
    /// The type asked for.
    pub what: &'static str,
}

/// Bytes that few encodings of derivations exceed: there are very many, and growing costs more than the writing.
const USUAL: usize = 256;

/// The canonical encoding of a value.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_extend(value, Vec::with_capacity(USUAL))
        .expect("writing to memory fails only for types of unknown length, which are not encoded")
}

/// A value from its canonical encoding.
///
/// # Errors
/// Refuses trailing bytes and any other bytes than [`encode`] would have written.
pub fn decode<T: Serialize + DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Result<T, BadEncoding> {
    match postcard::take_from_bytes::<T>(bytes) {
        // postcard reads `80 00` as the varint 0, and some types read several texts as one value.
        Ok((value, [])) if encode(&value) == bytes => Ok(value),
        _ => Err(BadEncoding { what }),
    }
}

/// A domain under which very many small things are hashed: its name is hashed once, not again with each of them.
#[derive(Debug)]
pub struct Domain {
    name: &'static str,
    key: OnceLock<ContextKey>,
}

impl Domain {
    /// The domain of a name.
    pub const fn new(name: &'static str) -> Self {
        Self { name, key: OnceLock::new() }
    }

    /// The same as [`hash`] of a value's encoding under its name. The buffer's content is lost; one that is kept saves
    /// asking for memory with each value.
    pub fn hash<T: Serialize>(&self, value: &T, buffer: &mut Vec<u8>) -> [u8; 32] {
        let key = self.key.get_or_init(|| hash_derive_key_context(self.name));
        let mut hasher = blake3::Hasher::new_from_context_key(key);
        let mut pieces = Pieces::new(buffer, |piece| {
            hasher.update(piece);
            Ok::<_, Infallible>(())
        });
        let Ok(()) = pieces.encode(value).and_then(|()| pieces.finish());
        *hasher.finalize().as_bytes()
    }
}

/// The hash of an encoding under a domain.
pub fn hash(domain: &'static str, encoding: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key(domain);
    hasher.update(encoding);
    *hasher.finalize().as_bytes()
}
