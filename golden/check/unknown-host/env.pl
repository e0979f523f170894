use std.web { HAProxy }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component Server { provides http: Http on 80 }
environment e {
  base = debian
  host web { run server = Server }
  host edge { run haproxy = HAProxy { backends = [wbe.server.http, web.servr.http, web.server.htp] } }
  //~ E0201 @51-54 unknown name `wbe`
  //~ help: did you mean `web`?
  //~ E0210 @72-77 host `web` runs no `servr`
  //~ at 6:8-11: the host
  //~ help: did you mean `server`?
  //~ E0210 @95-98 `Server` provides no `htp`
  //~ at 3:11-17: the component
  //~ help: did you mean `http`?
}
profile local of e { wbe.memory = 1GiB }
//~ E0210 @22-25 environment `e` has no host `wbe`
//~ at 4:13-14: the environment
//~ help: did you mean `web`?
