//! The lock was made when the host asked for something else.
archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "test" }
component Web { package "web", package "more" }
environment pair {
  base = debian
  host one { run web = Web {} }
}
profile local of pair {}
