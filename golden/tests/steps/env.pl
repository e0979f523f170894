archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  provides http: Http on 80
  provides sql: MySql on 3306
  let own = http
  package "cc"
}
environment e {
  base = debian
  capacity n: Int(1..) = 2
  let entry = edge.c.http
  let last_of_all = last([a.c.http for a in app])
  host edge { run c = C }
  host app * n { run c = C }
  host the_db { run c = C }
}
/// What readers see, of {n} servers.
test "a page that was edited is served" of e {
  http entry
  http app.c.own { body = "" }
  http (match last_of_all { none => entry, other => other }) {
    path     = "/{n}?a=b"
    method   = "POST"
    headers  = { Content-Type = "text/plain", X-Count = n }
    body     = "one\ntwo"
    status   = 201
    contains = "text"
    within   = 30s
  }
  script "tests/edit.sh" { URL = app.c.http, DB = the_db.c.sql, N = n, MEMORY = 64MiB, FLAG = true, port = app.c.http.port, TEXT = "a\nb" }
  script "tests/{n}.sh"
  exec app ["/bin/true"]
  fault cut app the_db
  fault delay app app (50ms * n) { jitter = 5ms }
  fault loss edge app 12.5%
  fault rate edge the_db 1MiB/s
  fault kill the_db
  fault freeze app
  fault full_disk the_db
  fault full_disk the_db { free = 64KiB * n }
  heal
  exec the_db ["/bin/echo", "{n}"] { user = "nobody", status = 3, contains = "x", within = 0s }
}
profile local of e { n = 3 }
