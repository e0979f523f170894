// An optional requirement may be left out, and is not used as if it were there; a list that is there is not empty.
component Server { provides http: Http on 80 }
component Client {
  requires one: Http?
  requires many: List<Http>?
  file "/a" = lines [p.url for p in many]
  //~ E0301 @37-41 `for` goes through a list or the replicas of a host, not `List<Endpoint<Http>>?`
  //~ help: it may be `none`: say what is meant then, as `(list ?? [])`
  file "/b" = text one.url
  //~ E0210 @24-27 `Endpoint<Http>?` has no `url`
  //~ help: it may be `none`: say what is meant then, as `value ?? other`
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  capacity n: Int(1..) = 1
  host s * 2 { run s = Server }
  host t { run s = Server }
  host a { run c = Client }
  host b { run c = Client { one = none, many = none } }
  host c { run c = Client { one = t.s.http, many = [t.s.http] } }
  host d { run c = Client { one = [t.s.http], many = t.s.http } }
  //~ E0305 @35-45 `one` of `Client` is `Endpoint<Http>?`, this is `List<Endpoint<Http>>`
  //~ at 4:12-15: required here
  //~ E0305 @54-62 `many` of `Client` is `List<Endpoint<Http>>?`, this is `Endpoint<Http>`
  //~ at 5:12-16: required here
  //~ help: a list is wanted: put it into `[ ]`
  host f { run c = Client { one = t.s, many = [x.s.http for x in s] } }
  //~ E0305 @35-38 `one` of `Client` is `Endpoint<Http>?`, this is an instance of `Server`
  //~ at 4:12-15: required here
  //~ help: name one of its endpoints: `host.instance.endpoint`
  host g { run c = Client { one = if n > 1 then t.s.http else none } }
  //~ E0401 @35-67 capacity reaches a connection, which is part of the identity
  //~ at 16:12-13: `n` is capacity
  //~ at 4:12-15: takes identity only
  //~ help: compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to
  //~ note: profiles differ in capacity only: what is installed, connected and run is the same in each
}
