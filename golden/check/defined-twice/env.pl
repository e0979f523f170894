let a = 1
let a = 2
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  param x: Int = 1
  capacity x: Int = 1
  file "/etc/x" = ini { a = 1, a = 2 }
}
environment e {
  base = debian
  base = debian
  host h { run c = C { x = 1, x = 2 } }
  host h { }
}
profile p of e { h.memory = 1GiB, h.memory = 2GiB }
