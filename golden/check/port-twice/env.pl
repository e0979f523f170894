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
    run three = Server { port = 81 }
  }
}
