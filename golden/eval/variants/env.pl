//! Variants compose, and count more than everything else.
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
archive trixie = apt { suites = ["trixie"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  param a: String = "default"
  param b: String = "default"
  capacity n: Int = 1
  file "/c" = text "{a} {b} {n}"
}
component D { package "dd" }
environment e {
  base = debian
  param p: String = "declared"
  host x { memory = 1GiB, run c = C { a = "argument", b = p } }
  host y { run d = D { from = trixie } }
}
profile local of e {
  x.c.n = 2
  deviate x.c.b = "deviation" because "to see what counts"
  deviate x.c.a = "deviation" because "to see what counts"
}
variant first of e {
  x.c.a = "first"
  x.c.n = 3
  p = "first"
  x.memory = 2GiB
  y.d.from = debian
  package "libc6" = "2.41-12"
  package "openssl" from trixie
}
variant second of e {
  x.c.n = 4
  y.base = trixie
  package "openssl" = "3.5.1-1" from apt { suites = ["trixie", "trixie-security"] }
  absent y.d because "it is not ported"
}
