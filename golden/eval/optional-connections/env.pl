component Server { provides http: Http on 80 }
component Client {
  requires one: Http?
  requires many: List<Http>?
  file "/a" = lines [
    match one { none => "alone", o => o.url },
    [p.address for p in many ?? []],
    if many == none then "nobody" else "{(many ?? []).length}",
  ]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  host s * 2 { run s = Server }
  host t { run s = Server }
  host a { run c = Client }
  host b { run c = Client { one = t.s.http, many = [t.s.http] } }
  host c { run c = Client { many = [x.s.http for x in s] } }
}
profile local of e { }
