//! A closure is found by what is asked for, whatever the host is called.
archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "test" }
archive next = apt { suites = ["next"], components = ["main"], signed_by = "test" }
component Db { package "db" }
environment other { base = debian, host renamed { run db = Db { from = next } } }
profile local of other { }
