use std.web { HAProxy }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component Server { provides http: Http on 80 }
environment e {
  base = debian
  host web * 2 { run server = Server }
  host edge { run haproxy = HAProxy { backends = [web.server.http] } }
  //~ E0306 @51-54 `web` is several hosts
  //~ at 6:8-11: declared with replicas here
  //~ help: go through them: `[x.server… for x in web]`
}
