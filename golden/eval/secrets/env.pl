// A secret goes by its name from the environment to the file that the running host writes.
component Db {
  /// The password of root.
  secret root
  secret other
  param admin: String = "root"
  file "/run/db/root" = secret root { user = "mysql", group = "mysql" }
  file "/run/db/chosen" = secret (if admin == "root" then root else other) { mode = 0440 }
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  /// Of all databases.
  secret db_root
  secret spare
  host a { run db = Db { root = db_root, other = spare } }
  host b { run db = Db { root = spare, other = db_root, admin = "other" } }
}
profile local of e { }
