archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component D {
  capacity n: Int = 9
  file "/a" = text "{9223372036854775807 + n}"
  file "/b" = text "{1 / (n - 9)}"
  file "/c" = text "{8388607TiB * 2}"
  file "/d" = text "{1.0 / 0.0}"
}
environment e {
  base = debian
  host h { run d = D }
}
