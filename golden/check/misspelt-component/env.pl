use std.data { MariaDB }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
environment e {
  base = debian
  host db { run mariadb = MariaBD { } }
  //~ E0208 @27-34 unknown component `MariaBD`
  //~ help: did you mean `MariaDB`?
  //~ note: a component is declared in this file or named in a `use`
}
