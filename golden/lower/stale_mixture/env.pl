//! What differs is told against the closure of the host that is nearest.
archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "test" }
archive next = apt { suites = ["next"], components = ["main"], signed_by = "test" }
component Db { package "db" }
environment stale { base = debian, host one { run db = Db { } } }
profile local of stale { }
variant newer of stale { package "libc6" = "2" from next }
