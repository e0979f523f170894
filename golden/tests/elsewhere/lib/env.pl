archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { provides http: Http on 80, package "cc" }
let text = "the module's"
environment e {
  base = debian
  host app * 2 { run c = C }
}
environment other {
  base = debian
  host app { run c = C }
}
test "of the module" of e { script "x.sh" { a = text } }
test "of another" of other { http app.c.http }
