//! Two hosts with the same packages share both layers of packages; a host without any is the base itself.
archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "test" }
component Web { package "web", check ["/bin/true"] }
component Nothing { check ["/bin/true"] }
environment pair {
  base = debian
  host one   { run web = Web {} }
  host two   { run web = Web {} }
  host three { run nothing = Nothing {} }
}
profile local of pair {}
