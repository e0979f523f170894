use std.web { HAProxy }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component Server { provides http: Http on 80 }
environment e {
  base = debian
  host web { run server = Server }
  host edge { run haproxy = HAProxy { backends = [wbe.server.http, web.servr.http, web.server.htp] } }
}
profile local of e { wbe.memory = 1GiB }
