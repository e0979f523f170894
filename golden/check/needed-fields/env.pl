archive debian = apt { suites = ["bookworm"], sign = "x" }
archive other = yum { suites = [], components = [], signed_by = "x" }
component C {
  service c { user = "x" }
  param a: Int
}
environment e {
  host h { run c = C { } }
  param b: Int
}
environment f { base = 5 }
