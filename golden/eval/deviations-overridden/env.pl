//! A deviation that a variant or the command line sets something else for is not in force, and is not told.

component C {
  param a: Int = 1
  param b: Int = 1
  param c: Int = 1
  param d: Int = 1
}

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
archive other = apt { suites = ["trixie"], components = ["main"], signed_by = "debian-archive-keyring" }

environment e {
  base = debian
  param n: Int = 1
  host h { run c = C }
}

profile base of e {
  deviate h.c.d = 2 because "kept of what is extended"
  deviate n = 2 because "set by the command line"
}

profile local of e extends base {
  deviate h.c.a = 2 because "in force"
  deviate h.c.b = 2 because "set by a variant"
  deviate h.c.c = 2 because "deviates in a variant"
  deviate h.c.from = other because "set by the command line"
}

variant v of e {
  h.c.b = 3
  deviate h.c.c = 3 because "of the variant"
}
