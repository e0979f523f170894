//! The lock knows nothing of the host.
archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "test" }
component Web { package "web" }
environment pair {
  base = debian
  host one { run web = Web {} }
}
profile local of pair {}
