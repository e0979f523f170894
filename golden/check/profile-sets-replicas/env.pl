archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  capacity n: Int(1..) = 1
  host web * n { }
  host db { }
}
profile p of e {
  web = 3
  web.replicas = 3
  db.replicas = 2
}
