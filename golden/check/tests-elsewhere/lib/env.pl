archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { provides http: Http on 80, package "cc" }
environment e {
  base = debian
  host app { run c = C }
  host db { run c = C }
}
test "shared" of e { http db.c.http }
//~ E0202 @6-14 `shared` is defined twice
//~ here: again here
//~ at env.pl:6:6-14: first here
//~ help: give one of them another name
