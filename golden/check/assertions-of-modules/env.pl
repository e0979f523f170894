//! The assertions of every module hold, whether or not an environment is in it, and each is told once for all profiles.

use lib.used { workers }

let own = 3

assert own > workers "own of the entry"
//~ E0512 @8-21 refused: own of the entry
//~ here: this does not hold

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

environment e {
  base = debian
  capacity n: Int = workers
}

environment f { base = debian }

profile one of e { n = 2 }

profile two of e { n = 3 }
