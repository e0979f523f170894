//! Packages of another archive upon the base that all share; a variant that holds a package of the base gives hosts one of
//! their own, which they share too. A host of another archive has that one's.
archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "test" }
archive next = apt { suites = ["next"], components = ["main"], signed_by = "test" }
component Db { package "db", file "/etc/db" = text "{package("libc6").version} {package("db").version.major}" }
component Web { package "web" }
environment mixed {
  base = debian
  host one   { run db = Db { from = next } }
  host two   { run web = Web { } }
  host three { base = next, run web = Web { } }
}
profile local of mixed { }
variant newer of mixed { package "libc6" from next }
