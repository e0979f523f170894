use std.data { MariaDB }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
environment e {
  base = debian
  host db { run mariadb = MariaDB { buffer_pool = memory / 2 } }
  //~ E0504 @51-57 nobody says how much `memory` host `db` has
  //~ here: needed here
  //~ at 5:8-10: the host
  //~ help: write `memory = …` in the host, or `db.memory = …` in the profile
}
profile local of e { }
