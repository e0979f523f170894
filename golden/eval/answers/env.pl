//! What packages are told when they ask: sorted by question, once each, without what is `none`.
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  param relay: String?
  param kinds: List<String> = ["one", "two"]
  package ["aa", "bb"] { recommends = true, answers = { "bb/relay" = relay, "aa/kinds" = kinds, "aa/ask" = true } }
  package "cc" { answers = { "aa/ask" = true, "cc/number" = 3 } }
}
environment e {
  base = debian
  host a { run c = C }
  host c { run c = C { kinds = ["green, raw", "black"] } }
  host b { run c = C { relay = "mail.example.org", kinds = [] } }
}
profile local of e { }
