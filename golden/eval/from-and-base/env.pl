//! Archives of hosts and instances: each once in the topology, under a name of its own.
use lib.other { debian, next }
archive trixie = apt { suites = ["trixie-but-another"], components = ["main"], signed_by = "k" }
let testing = apt { suites = ["forky", "forky-security"], components = ["main", "contrib"] }
component C { package "cc" }
environment e {
  base = debian
  host a { run c = C }
  host b { base = next, run c = C, run d = C { from = debian }, run f = C { from = next } }
  host c { run c = C { from = apt { suites = ["trixie"] } } }
  host d { base = apt { suites = ["trixie"], components = ["main"] }, run c = C { from = testing } }
  host f { base = apt { suites = ["bookworm"], signed_by = "other.asc" }, run c = C }
  host g { base = apt { suites = ["bookworm"] }, run c = C }
}
profile local of e { }
