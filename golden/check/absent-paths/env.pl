archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component Search { provides http: Http on 9200 }
component Web { requires search: Http, provides http: Http on 80, file "/a" = text "{search.address}" }
component Proxy { requires backends: List<Http> }
environment e {
  base = debian
  let address = search.search.http.address
  host search { run search = Search }
  host web * 2 { run web = Web { search = search.search.http } }
  host edge { run proxy = Proxy { backends = [w.web.http for w in web] } }
}
profile paths of e {
  absent sarch because "typing"
  //~ E0210 @10-15 environment `e` has no host `sarch`
  //~ at 5:13-14: the environment
  //~ help: did you mean `search`?
  absent web.wob because "typing"
  //~ E0210 @14-17 host `web` runs no `wob`
  //~ at 9:8-11: the host
  //~ help: did you mean `web`?
  absent web.web.http because "typing"
  //~ E0210 @18-22 this path is too long
  //~ help: what can be absent is a `host`, or `host.instance`
}
