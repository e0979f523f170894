//! A kernel lies beside the root file system, whose derivation is that of a container; it is gathered, and never configured.
archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "test" }
component Web { package "web" }
environment several {
  base = debian
  host one { run web = Web }
  host two { kind = "vm", run web = Web }
  host three { kind = "vm", run web = Web }
}
profile local of several {}
