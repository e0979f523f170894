//! A file without an environment is for others to use: only what it uses itself is judged.

use std.web { HAProxy, Apache }
//~ warning W0213 @15-22 nothing uses `HAProxy`
//~ help: leave it out of the `use`

let public = 1

component Edge {
  param size: Int = 1
  let shown = 2
}

fn of(server: Apache) -> Int = server.workers
