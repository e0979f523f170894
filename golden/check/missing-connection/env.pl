use std.web { HAProxy, Apache, PhpFpm }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
environment e {
  base = debian
  host edge { run haproxy = HAProxy { } }
  host web * 2 {
    run apache = Apache { root = "/srv" }
    run fpm = PhpFpm { }
  }
}
