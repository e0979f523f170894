archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
component D {
  state "/var/a"
  //~ E0506 @9-17 `/var/a` is written twice on one host
  //~ at 8:8-16: also written here
  //~ at 29:9-10: by this instance
  //~ help: a host has each path once: give one of them another path, or another host
  file "/var/a" = text "x"
  file "/etc/b" = text "x"
  file "/etc/b/c" = text "x"
  //~ E0506 @8-18 `/etc/b/c` is below something that is a file
  //~ at 9:8-16: this file
  //~ help: a path is a file or a directory: give one of them another path
  state "/var/d" { mode = 0700 }
  // A state is a directory: there may be files in it.
  file "/var/d/e" = text "x"
}
component F {
  state "/var/a"
  //~ E0506 @9-17 `/var/a` is written twice on one host
  //~ at 8:8-16: also written here
  //~ at 30:9-10: by this instance
  //~ at 29:9-10: and by this one
  //~ help: a host has each path once: give one of them another path, or another host
}
environment e {
  base = debian
  host h {
    run d = D
    run f = F
  }
}
