//! Encodings handed on by pieces, so that no large one is ever whole in memory a second time.

use std::fmt;

use postcard::ser_flavors::Flavor;
use serde::Serialize;

/// From so many bytes on a piece is handed on.
const PIECE: usize = 256 * 1024;

/// Gathers encodings in a buffer and hands it on whenever it is full.
pub struct Pieces<'b, E, F: FnMut(&[u8]) -> Result<(), E>> {
    buffer: &'b mut Vec<u8>,
    hand_on: F,
    /// Bytes handed on.
    gone: u64,
    /// Why the last encoding stopped, which its own kind of error cannot hold.
    failed: Option<E>,
}

impl<E, F: FnMut(&[u8]) -> Result<(), E>> fmt::Debug for Pieces<'_, E, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pieces").field("gone", &self.gone).finish_non_exhaustive()
    }
}

impl<'b, E, F: FnMut(&[u8]) -> Result<(), E>> Pieces<'b, E, F> {
    /// Gathers in a buffer, whose content is lost; one that is kept saves asking for memory again.
    pub fn new(buffer: &'b mut Vec<u8>, hand_on: F) -> Self {
        buffer.clear();
        Self { buffer, hand_on, gone: 0, failed: None }
    }

    /// How many bytes came, handed on or not.
    pub fn length(&self) -> u64 {
        self.gone + self.buffer.len() as u64
    }

    /// Adds the canonical encoding of a value.
    ///
    /// # Errors
    /// A piece could not be handed on.
    pub fn encode<T: Serialize>(&mut self, value: &T) -> Result<(), E> {
        let encoded = postcard::serialize_with_flavor(value, &mut *self);
        match self.failed.take() {
            Some(error) => Err(error),
            None => {
                encoded.expect("fails only for types of unknown length, which are not encoded");
                Ok(())
            }
        }
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// A piece could not be handed on.
    pub fn extend(&mut self, bytes: &[u8]) -> Result<(), E> {
        if bytes.len() < PIECE {
            self.buffer.extend_from_slice(bytes);
            return if self.buffer.len() < PIECE { Ok(()) } else { self.finish() };
        }
        // Past the buffer, which would grow with it.
        self.finish()?;
        self.gone += bytes.len() as u64;
        (self.hand_on)(bytes)
    }

    /// Hands on what is left.
    ///
    /// # Errors
    /// It could not be.
    pub fn finish(&mut self) -> Result<(), E> {
        (self.hand_on)(self.buffer)?;
        self.gone += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}

impl<E, F: FnMut(&[u8]) -> Result<(), E>> Flavor for &mut Pieces<'_, E, F> {
    type Output = ();

    // Single bytes are lengths and numbers, between longer ones: whether the buffer is full, those find out.
    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.buffer.push(byte);
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.extend(bytes).map_err(|error| {
            self.failed = Some(error);
            postcard::Error::SerializeBufferFull
        })
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::encode::encode;

    #[test]
    fn the_pieces_are_the_encoding() {
        let (small, large) = ("small".to_owned(), "large".repeat(PIECE));
        let value = vec![small.clone(), large, small.clone(), "x".repeat(PIECE - 1), small];
        let (mut buffer, mut all, mut longest) = (Vec::new(), Vec::new(), 0);
        let mut pieces = Pieces::new(&mut buffer, |piece| {
            all.extend_from_slice(piece);
            longest = longest.max(piece.len());
            Ok::<_, Infallible>(())
        });
        pieces.encode(&value).unwrap();
        pieces.encode(&7u8).unwrap();
        pieces.finish().unwrap();
        let (length, room) = (pieces.length(), pieces.buffer.capacity());
        let mut expected = encode(&value);
        expected.extend(encode(&7u8));
        assert_eq!((all.len() as u64, &all), (length, &expected));
        // What is large goes past the buffer.
        assert_eq!(longest, 5 * PIECE);
        assert!(room <= 2 * PIECE, "{room} bytes");
    }

    #[test]
    fn what_cannot_be_handed_on_is_told() {
        let mut buffer = Vec::new();
        let mut pieces = Pieces::new(&mut buffer, |_| Err("full"));
        assert_eq!(pieces.encode(&"x".repeat(2 * PIECE)), Err("full"));
    }
}
