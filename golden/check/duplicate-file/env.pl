archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component A { file "/etc/motd" = text "a" }
component B { file "/etc/motd" = text "b" }
environment e {
  base = debian
  host h {
    run a = A
    run b = B
  }
}
