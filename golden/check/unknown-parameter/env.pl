use std.data { MariaDB }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
environment e {
  base = debian
  host db { run mariadb = MariaDB { bufer_pool = 64MiB } }
  //~ E0209 @37-47 `MariaDB` has no parameter `bufer_pool`
  //~ at std/data.pl: the component
  //~ help: did you mean `buffer_pool`?
}
