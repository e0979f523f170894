use std.data { MariaDB }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
// The message names the instance whose parameter is at fault.
environment e {
  base = debian
  host db { run a = MariaDB { databases = ["a\n; DROP"] } }
}
