use std.web { HAProxy }
use std.data { MariaDB }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
environment e {
  base = debian
  host db { run mariadb = MariaDB }
  host edge { run haproxy = HAProxy { backends = [db.mariadb.sql] } }
  host one { run haproxy = HAProxy { backends = edge.haproxy.http } }
  host two { run haproxy = HAProxy { backends = [edge.haproxy] } }
}
