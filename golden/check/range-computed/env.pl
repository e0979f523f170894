archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component D { capacity n: Int(1..10) = 9 }
environment e {
  base = debian
  capacity k: Int = 5
  host h { run d = D { n = k * 3 } }
  //~ E0304 @28-33 `n` is `Int(1..=9)`, this is `12`
  //~ at 2:24-25: the range is declared here
  //~ at 12:9-10: under this profile
}
profile p of e { k = 2 }
profile q of e { k = 4 }
