//! A comment of the file may come first.
// And any other.
edition = 1
/// The first item.
let a = 1
