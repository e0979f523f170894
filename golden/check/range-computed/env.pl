archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component D { capacity n: Int(1..10) = 9 }
environment e {
  base = debian
  capacity k: Int = 5
  host h { run d = D { n = k * 3 } }
}
profile p of e { k = 2 }
profile q of e { k = 4 }
