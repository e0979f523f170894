archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  param dir: String
  file "{dir}/x" = text "a"
  file "/etc/../x" = text "a"
  file "etc/x" = text "a"
  link "/etc/y" = ""
  state "/"
}
environment e {
  base = debian
  host h { run c = C { dir = "/a/" } }
}
