archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  package "Apache 2"
  file "/x" = text "a" { user = "root:x", group = "" }
  service c { exec = ["c"], environment = { "a b" = 1 } }
  check []
}
environment e_ {
  base = debian
  host h { run c = C }
}
