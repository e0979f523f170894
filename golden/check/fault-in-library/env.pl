use std.data { MariaDB }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
// The message names the instance whose parameter is at fault.
environment e {
  base = debian
  host db { run a = MariaDB { databases = ["a\n; DROP"] } }
  //~ E0505 @std/data.pl this value holds a line break, and stands in one line
  //~ at 6:17-18: for this instance
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
}
