use std.web { HAProxy }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
environment e {
  base = debian
  host edge { run haproxy = HAProxy { backends = [] } }
  //~ E0303 @29-36 `haproxy` is not connected: `backends` is an empty list
  //~ at std/web.pl: required here
}
