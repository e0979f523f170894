//! A module is there for others: what it declares is not judged, what it uses is.

use lib.more { limit_of, never }
//~ warning W0213 @26-31 nothing uses `never`
//~ help: leave it out of the `use`

let limit = limit_of

let public = 1

component Cache {
  capacity size: Int = 1
  param level: Int = 1
  param spare: Int = 1
}

component Unused { }

archive testing = apt { suites = ["trixie"], components = ["main"], signed_by = "debian-archive-keyring" }
