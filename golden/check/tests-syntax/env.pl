archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { provides http: Http on 80, package "cc" }
environment e {
  base = debian
  host h { run c = C }
}
test of e { }
//~ E0107 @6-8 expected what the test shows, as a string, found `of`
//~ help: write `test "what it shows" of environment { … }`
test "a {name}" of e { }
//~ E0107 @6-16 expected a test's name without interpolation, found a string
//~ help: write `test "what it shows" of environment { … }`
test "a" { http h.c.http }
//~ E0107 @10-11 expected `of`, found `{`
//~ help: write `test "what it shows" of environment { … }`
test "b" of e
//~ E0107 @13-14 expected `{` after this
//~ help: write `test "what it shows" of environment { … }`
test "c" of e {
  run "x.sh"
  //~ E0107 @3-6 expected a step of the test, found `run`
  //~ help: this belongs into a `host`
  fetch h.c.http
  //~ E0107 @3-8 expected a step of the test, found `fetch`
  //~ help: there is `http`, `script`, `exec`, `fault`, `heal`
  http { path = "/" }
  //~ E0301 @8-22 `http` takes an endpoint, this is `{ path: String }`
  //~ help: name one that speaks HTTP: `http host.instance.endpoint`
  http h.c.http { path "/" }
  //~ E0107 @24-27 expected `=`, found a string
  //~ help: write `key = value`
  exec ["/bin/true"]
  //~ E0107 @8-9 expected a host, found `[`
  //~ help: write `exec host ["/usr/bin/program"]`
  exec h { user = "root" }
  //~ E0301 @10-27 a command is `List<String>`, this is `{ user: String }`
  script
  //~ E0107 @3-9 expected a value after this
  //~ help: write `script "tests/file.sh" { name = value }`
  http h.c.http
}
http h.c.http
//~ E0107 @1-5 expected an item of the top level, as `use`, `let`, `component` or `profile`, found `http`
//~ help: this is a step of a `test`
test "open" of e {
  http h.c.http {
  //~ E0108 @17-18 the `{` of this request is not closed
  //~ at 51:1-5: a `}` is missing before this
  //~ help: add the `}`
    path = "/"
test "after it" of e { http h.c.http }
