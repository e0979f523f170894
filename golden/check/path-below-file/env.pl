archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
component D {
  state "/var/a"
  file "/var/a" = text "x"
  file "/etc/b" = text "x"
  file "/etc/b/c" = text "x"
  state "/var/d" { mode = 0700 }
  // A state is a directory: there may be files in it.
  file "/var/d/e" = text "x"
}
component F {
  state "/var/a"
}
environment e {
  base = debian
  host h {
    run d = D
    run f = F
  }
}
