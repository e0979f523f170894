//! Names that nothing uses, in an entry: what it declares for itself, and what it uses of others. Settings are no uses.

use lib.parts { Cache, Unused, limit, testing }
//~ warning W0213 @24-30 nothing uses `Unused`
//~ help: leave it out of the `use`
use std.web { HAProxy }
//~ warning W0213 @15-22 nothing uses `HAProxy`
//~ help: leave it out of the `use`

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

type Mode = "fast" | "safe"
type Word = String
//~ warning W0213 @6-10 nothing uses `Word`
//~ help: remove it, or begin its name with `_`

let few = 2
let left_over = 3
//~ warning W0213 @5-14 nothing uses `left_over`
//~ help: remove it, or begin its name with `_`
let _kept = 4

/// Doubles what {of} is; {left_over} is only spoken of.
fn twice(of: Int) -> Int = of * 2
fn thrice(of: Int) -> Int = of * 3
//~ warning W0213 @4-10 nothing uses `thrice`
//~ help: remove it, or begin its name with `_`

component Server {
  capacity workers: Int = few
  capacity threads: Int = few
  //~ warning W0213 @12-19 nothing uses `threads`
  //~ help: what is set of it has no effect: use it, remove it, or begin its name with `_`
  param mode: Mode = "fast"
  param seen: Int = 1
  param path: Path = "/etc/link"
  secret key
  secret other
  //~ warning W0213 @10-15 nothing uses `other`
  //~ help: remove it, or begin its name with `_`
  let both = workers + limit
  let shown = 1
  let neither = 2
  //~ warning W0213 @7-14 nothing uses `neither`
  //~ help: remove it, or begin its name with `_`
  let target = "/etc/target"
  provides http: Http on 80
  file "/etc/server" = ini { workers = both, mode = mode }
  file path = text "{twice(workers)}"
  file "/run/key" = secret key
  link target = path
}

component Same {
  param threads: Int = 1
  let workers = 2
  //~ warning W0213 @7-14 nothing uses `workers`
  //~ help: remove it, or begin its name with `_`
  file "/etc/same" = ini { threads = threads }
}

environment e {
  base = debian
  capacity count: Int = 1
  capacity lost: Int = 1
  //~ warning W0213 @12-16 nothing uses `lost`
  //~ help: what is set of it has no effect: use it, remove it, or begin its name with `_`
  param told: Int = 1
  secret root
  secret gone
  //~ warning W0213 @10-14 nothing uses `gone`
  //~ help: remove it, or begin its name with `_`
  let used = told
  let stray = 1
  //~ warning W0213 @7-12 nothing uses `stray`
  //~ help: remove it, or begin its name with `_`

  host web * count {
    run server = Server { threads = used, seen = 2, key = root, other = root }
    run same = Same { threads = 2 }
    run cache = Cache { size = server.shown, level = server.seen }
  }
}

profile local of e {
  lost = 2
  web.server.threads = 4
}

variant v of e { web.cache.size = 3 }
