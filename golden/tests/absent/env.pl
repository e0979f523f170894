archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { provides http: Http on 80, package "cc" }
component Stub { provides http: Http on 8080, package "ss" }
environment e {
  base = debian
  host a { run c = C, run d = C { } }
  host b { run c = C }
  host stood_in { run c = C }
  host off { run c = C }
}
test "here" of e { http b.c.http }
test "gone" of e { http b.c.http, http a.d.http }
test "a whole host" of e { exec off ["/bin/true"] }
test "a double" of e { http stood_in.c.http }
profile local of e {
  absent a because "it is not under test"
  absent off because "nor is this"
  double stood_in with Stub because "it is large"
}
profile whole of e { absent a.c because "of its port" }
