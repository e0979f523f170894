archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  param name: String
  file "/a" = ini { a = name, s = { b = name } }
  file "/b" = lines ["x {name}"]
  file "/c" = json { a = name }
  service c { exec = ["/bin/c", name], environment = { NAME = name } }
}
environment e {
  base = debian
  host h { run c = C { name = "a\nb = 1" } }
}
