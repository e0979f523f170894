archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
protocol Grpc
component Search { param language: String = "en", provides http: Http on 9200, provides admin: Http on 9300, provides unused: Http on 9400 }
component Cache { provides http: Http on 9200, provides admin: Grpc on 9300 }
component Empty { param size: Int, requires of: Http }
component Web { provides http: Http on 80, requires search: Http, requires admin: List<Http>, file "/a" = text "{search.address}" }
environment e {
  base = debian
  host search { run search = Search, expose search.http }
  host many * 2 { run search = Search, run other = Empty { size = 1, of = search.http } }
  host bare { }
  host web {
    run web = Web { search = search.search.http, admin = [x.search.admin for x in many] + [search.search.admin] }
  }
}
profile paths of e {
  double web with Nothing because "smaller"
  //~ E0208 @19-26 unknown component `Nothing`
  //~ help: there is `Cache`, `Empty`, `Search`, `Web`
  //~ note: a component is declared in this file or named in a `use`
  double many with Cache because "smaller"
  //~ E0209 @10-14 host `many` runs several instances
  //~ at 10:8-12: the host
  //~ help: say which: `double many.search with Cache`, `double many.other with Cache`
  double many.serch with Cache because "smaller"
  //~ E0210 @15-20 host `many` runs no `serch`
  //~ at 10:8-12: the host
  //~ help: did you mean `search`?
  double may with Cache because "smaller"
  //~ E0210 @10-13 environment `e` has no host `may`
  //~ at 7:13-14: the environment
  //~ help: did you mean `many`?
  double many.search.http with Cache because "smaller"
  //~ E0210 @22-26 this path is too long
  //~ help: a double stands in for an instance: `host.instance`
  double bare with Cache because "smaller"
  //~ E0209 @10-14 host `bare` runs nothing
  //~ at 11:8-12: the host
  //~ help: a double stands in for an instance
}
profile arguments of e { double search with Empty { sise = memory } because "smaller" }
//~ E0303 @45-50 `Empty` needs `size`
//~ at 5:25-29: declared here, without a default
//~ help: set it: `size = …`, a `Int`
//~ E0303 @45-50 `search` is not connected: it requires `of`
//~ at 5:45-47: required here
//~ help: connect it: `of = web.web.http`
//~ E0209 @53-57 `Empty` has no parameter `sise`
//~ at 5:11-16: the component
//~ help: did you mean `size`?
profile capacity of e { double search with Empty { size = cpus, of = web.web.http } because "smaller" }
//~ E0401 @59-63 capacity reaches `size` of `Empty`, which is part of the identity
//~ at 9:8-14: `search.cpus` is capacity
//~ at 5:25-29: takes identity only
//~ help: compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to
//~ note: profiles differ in capacity only: what is installed, connected and run is the same in each
