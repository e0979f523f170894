//! What the command line says uses the names of the entry.

let of_the_command_line = 4

component C {
  param n: Int = 1
  file "/n" = text "{n}"
}

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

environment e {
  base = debian
  host h { run c = C }
}
