//! The file's.
//! Two lines.

/// The item's, though nothing but a blank line is between the two.
let a = 1
/// Two lines
/// of an item.
// (And a comment that nobody documents anything with.)
let b = 2
