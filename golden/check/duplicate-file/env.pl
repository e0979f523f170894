archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component A { file "/etc/motd" = text "a" }
component B { file "/etc/motd" = text "b" }
//~ E0506 @20-31 `/etc/motd` is written twice on one host
//~ at 2:20-31: also written here
//~ at 13:9-10: by this instance
//~ at 12:9-10: and by this one
//~ help: a host has each path once: give one of them another path, or another host
environment e {
  base = debian
  host h {
    run a = A
    run b = B
  }
}
