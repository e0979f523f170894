//! A suite was added to the archive after the lock was made.
archive debian = apt { suites = ["stable", "stable-security"], components = ["main"], signed_by = "test" }
component Web { package "gone", package "web" }
environment pair {
  base = debian
  host one { run web = Web {} }
}
profile local of pair {}
