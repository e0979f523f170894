component Server { provides http: Http on 80 }
component Client {
  requires many: List<Http>?
  file "/a" = lines [p.url for p in many ?? []]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  host a { run c = Client { many = [] } }
  //~ E0303 @20-26 `c` is not connected: `many` is an empty list
  //~ at 3:12-16: required here
  host b { run c = Client }
}
