use lib.own { Own }
protocol Admin { scheme = "adm" }
protocol My_Own
// One's own comes before that which everybody knows.
protocol Http { scheme = "h2c" }
component Server {
  provides http: Http on 80
  provides admin: Admin on 8080
  provides own: My_Own on 81
  provides git: Git on 9418
}
component Client {
  requires http: Http
  requires admin: Admin
  requires other: My_Own?
  requires all: List<Git>?
  param at: Endpoint<Admin>
  file "/a" = lines [
    http.url, admin.url, at.url, "{http.protocol} {http.host} {http.port} {http.address}",
    match other { none => "alone", o => o.url },
    [g.url for g in all ?? []],
  ]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  host a { run s = Server, run o = Own }
  host b { run c = Client { http = a.s.http, admin = a.s.admin, at = a.s.admin } }
  host cs * 2 {
    run s = Server
    run c = Client { http = s.http, admin = a.s.admin, at = s.admin, other = s.own, all = [s.git, a.s.git] }
  }
  host d { run c = Client { http = a.s.http, admin = a.s.admin, at = a.s.admin, all = [x.s.git for x in cs] } }
}
profile local of e { }
