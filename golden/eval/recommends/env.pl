//! Packages that are asked for with what they recommend: once is enough, and what is false asks for nothing.
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  param all: Bool = true
  package ["aa", "bb"] { recommends = all }
  package "cc" { recommends = not all }
  package "bb"
  package "dd"
  package "dd" { recommends = true }
}
environment e {
  base = debian
  host a { run c = C }
  host b { run c = C { all = false } }
}
profile local of e { }
