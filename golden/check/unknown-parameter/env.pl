use std.data { MariaDB }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
environment e {
  base = debian
  host db { run mariadb = MariaDB { bufer_pool = 64MiB } }
}
