archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  param port: Int(1..=65535) = 0
  capacity n: Int(1..10) = 10
  capacity m: Size(1MiB..) = 1KiB
  provides http: Http on 70000
}
component D { capacity n: Int(1..10) = 9 }
environment e {
  base = debian
  capacity k: Int = 5
  host h * 0 { run d = D }
}
profile p of e { h.d.n = 20, h.cpus = 0 }
