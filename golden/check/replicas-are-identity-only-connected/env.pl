archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component Server { provides http: Http on 80 }
component Proxy {
  requires backends: List<Http>
  param names: List<String> = []
  package ["p-{b.host}" for b in backends]
  file "/etc/proxy" = lines [b.address for b in backends]
}
environment e {
  base = debian
  capacity n: Int(1..) = 2
  host web * n { run server = Server }
  host fine { run proxy = Proxy { backends = [w.server.http for w in web] } }
  host names { run proxy = Proxy { names = [w.server.http.host for w in web], backends = [w.server.http for w in web] } }
  host some { run proxy = Proxy { backends = [w.server.http for w in web if w.server.http.host != "web-1.e.internal"] } }
  host few { run proxy = Proxy { backends = [w.server.http for w in web if n > 2] } }
}
