use std.data { MariaDB }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
environment e {
  base = debian
  host db { run mariadb = MariaDB { buffer_pool = 64 } }
  //~ E0301 @51-53 `buffer_pool` of `MariaDB` is `Size(5MiB..)`, this is `Int`
  //~ at std/data.pl: declared here
  //~ help: write a size with its unit, for example `64MiB`
}
