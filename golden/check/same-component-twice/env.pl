use std.data { MariaDB }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
// One message, not one for each thing that the two have in common.
environment e {
  base = debian
  host db {
    run a = MariaDB
    run b = MariaDB
  }
}
