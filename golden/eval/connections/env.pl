protocol Admin
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component Server { param port: Int(1..=65535) = 80, provides http: Http on port, provides admin: Admin on port + 1 }
component Proxy {
  requires backends: List<Http>
  requires peer: Http
  provides http: Http on peer.port + 100
  file "/c" = lines [["{b.address} {b.host} {b.port} {b.protocol}" for b in backends], ["{peer.address} {http.address}"]]
}
environment my_env {
  base = debian
  capacity n: Int(1..) = 3
  // What is declared later may be used before.
  host Edge_1 {
    run proxy = Proxy {
      backends = [w.server.http for w in web_server] + [s.server.http for s in single] + [single.server.http]
      peer = local.http
    }
    run local = Server { port = 8080 }
    expose proxy.http
    expose local.admin
  }
  host web_server * n { run server = Server }
  host single { run server = Server { port = 81 } }
}
profile local of my_env { }
