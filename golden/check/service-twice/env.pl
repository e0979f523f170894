archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
component C {
  service s { exec = ["/bin/a"] }
  service s { exec = ["/bin/b"] }
}
environment e {
  base = debian
  host h { run c = C }
}
