// What tests are written with are names everywhere else.
let script = "script"
archive test = apt { suites = ["stable"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  param exec: String = script
  provides http: Http on 80
  file "/{exec}" = json { test = 1, script = exec, exec = 2, http = http.port }
  package "cc"
}
environment http {
  base = test
  host exec { run script = C }
  host testing { run http = C }
}
test "words" of http {
  http exec.script.http
  http testing.http.http
  exec exec ["/bin/true"]
  exec testing ["/bin/true"]
  script script { test = testing.http.http, script = script, http = exec.script.http }
}
