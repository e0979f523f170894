archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component Server {
  param port: Int(1..=65535) = 80
  provides http: Http on port
}
environment e {
  base = debian
  host web {
    run one = Server { }
    run two = Server { }
    //~ E0507 @9-12 `two.http` and `one.http` both listen on port 80 of host `web`
    //~ at 9:9-12: `one.http`
    //~ help: give one of them another port, or another host
    run three = Server { port = 81 }
  }
}
