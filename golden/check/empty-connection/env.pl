use std.web { HAProxy }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
environment e {
  base = debian
  host edge { run haproxy = HAProxy { backends = [] } }
}
