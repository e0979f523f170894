//! Two hosts with the same packages and the same answers share both layers of packages; other answers make another layer, and
//! answers without a package that could ask are for the builder to refuse.
archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "test" }
component Web {
  param kind: String
  package "web" { answers = { "web/kind" = kind, "web/ask" = true } }
  check ["/bin/true"]
}
component Nothing {
  package [] { answers = { "dpkg/kind" = "x" } }
  check ["/bin/true"]
}
environment pair {
  base = debian
  host one   { run web = Web { kind = "large" } }
  host two   { run web = Web { kind = "large" } }
  host four  { run web = Web { kind = "small" } }
  host three { run nothing = Nothing {} }
}
profile local of pair {}
