//! Where a pin says whose the version is, nobody else is asked.

component C {
  package "db"
}

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
archive trixie = apt { suites = ["trixie"], components = ["main"], signed_by = "debian-archive-keyring" }
archive same = apt { suites = ["trixie"], components = ["main"], signed_by = "debian-archive-keyring" }

environment e {
  base = debian
  host h { run c = C }
}

profile local of e { }

variant newer of e {
  package "libc6" = "2.41-12" from trixie
}
