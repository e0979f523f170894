//! What the file is for.
//! Two lines.

use std.web { HAProxy, Apache }
use lib.own { x, }

/// A number.
let a: Int(1..=5) = 1
// a comment that nobody keeps
let b = { key = 1, with-hyphen = 2, "quoted key" = 3, dotted.key = 4 }

/// An archive.
archive debian = apt { suites = ["bookworm"], mirror = "file:///x" }
