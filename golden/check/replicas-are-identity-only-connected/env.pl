archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component Server { provides http: Http on 80 }
component Proxy {
  requires backends: List<Http>
  param names: List<String> = []
  package ["p-{b.host}" for b in backends]
  //~ E0401 @11-43 capacity reaches a package's name, which is part of the identity
  //~ at 4:12-20: `backends` may be all replicas of a host, whose number is capacity
  file "/etc/proxy" = lines [b.address for b in backends]
}
environment e {
  base = debian
  capacity n: Int(1..) = 2
  host web * n { run server = Server }
  host fine { run proxy = Proxy { backends = [w.server.http for w in web] } }
  host names { run proxy = Proxy { names = [w.server.http.host for w in web], backends = [w.server.http for w in web] } }
  //~ E0401 @44-77 capacity reaches `names` of `Proxy`, which is part of the identity
  //~ at 14:8-11: `web` may be all replicas of a host, whose number is capacity
  //~ at 5:9-14: takes identity only
  host some { run proxy = Proxy { backends = [w.server.http for w in web if w.server.http.host != "web-1.e.internal"] } }
  //~ E0401 @46-118 capacity reaches a connection, which is part of the identity
  //~ at 14:8-11: `web` may be all replicas of a host, whose number is capacity
  //~ at 4:12-20: takes identity only
  host few { run proxy = Proxy { backends = [w.server.http for w in web if n > 2] } }
  //~ E0401 @45-82 capacity reaches a connection, which is part of the identity
  //~ at 13:12-13: `n` is capacity
  //~ at 4:12-20: takes identity only
}
