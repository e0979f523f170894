use std.web { HAProxy }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component Server { provides http: Http on 80 }
environment e {
  base = debian
  host web * 2 { run server = Server }
  host edge { run haproxy = HAProxy { backends = [web.server.http] } }
}
