//! The canonical encoding: what every hash but a blob's is taken over.
//!
//! A sequence of length-prefixed fields under a domain. The domain is a BLAKE3 `derive_key` context that carries the
//! kind and the version of what is encoded (`plc 1 derivation`), so that no two kinds of thing can have the same
//! hash. Integers are 8 bytes little-endian; byte strings are their length as an integer, then the bytes; lists are
//! their number of elements, then the elements; an option is the integer 0, or 1 and the value. Nothing is padded,
//! nothing is optional: one value has one encoding.

/// Collects fields, and hashes or returns them.
#[derive(Debug)]
pub struct Encoder {
    bytes: Vec<u8>,
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Encoder {
    /// An empty encoding.
    pub fn new() -> Self {
        Self { bytes: Vec::with_capacity(256) }
    }

    /// An integer.
    pub fn integer(&mut self, value: u64) -> &mut Self {
        self.bytes.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// A signed integer, as its two's complement.
    pub fn signed(&mut self, value: i64) -> &mut Self {
        self.bytes.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// A byte string.
    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.integer(value.len() as u64);
        self.bytes.extend_from_slice(value);
        self
    }

    /// A text.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.bytes(value.as_bytes())
    }

    /// The number of elements of a list, before the elements.
    pub fn list(&mut self, length: usize) -> &mut Self {
        self.integer(length as u64)
    }

    /// A digest: 32 bytes without a length.
    pub fn digest(&mut self, value: &[u8; 32]) -> &mut Self {
        self.bytes.extend_from_slice(value);
        self
    }

    /// What was collected.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// The hash of what was collected, under a domain.
    pub fn hash(&self, domain: &'static str) -> [u8; 32] {
        hash(domain, &self.bytes)
    }
}

/// The hash of an encoding under a domain.
pub fn hash(domain: &'static str, encoding: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key(domain);
    hasher.update(encoding);
    *hasher.finalize().as_bytes()
}
