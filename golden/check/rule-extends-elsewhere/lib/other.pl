archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

component Web {
  capacity n: Int = 1
}

environment e {
  base = debian
  capacity x: Int = 1
  host h { run app = Web }
}

profile larger of e { x = 5, h.app.n = 7 }
