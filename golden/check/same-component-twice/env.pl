use std.data { MariaDB }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
// One message, not one for each thing that the two have in common.
environment e {
  base = debian
  host db {
    run a = MariaDB
    run b = MariaDB
    //~ E0507 @9-10 `b.sql` and `a.sql` both listen on port 3306 of host `db`
    //~ at 7:9-10: `a.sql`
    //~ help: give one of them another port, or another host
  }
}
