//! One channel between this machine and a virtual one, for all that otherwise goes over a socket with descriptors beside it.
//!
//! ```text
//! kind (1 byte) │ stream (8) │ length (4) │ content
//! ```
//!
//! A descriptor becomes a *stream*: whoever holds it reads or writes it, and the other side has a pipe or a pseudo-terminal in
//! its place. Of each stream, no more is on its way than the other side has room for, so that one that nobody reads holds up no
//! other.

mod frame;
mod streams;

pub(crate) use self::{
    frame::{CONTENT, Frame},
    streams::{Link, Streams, stream},
};
