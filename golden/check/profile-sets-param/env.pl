archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component Server {
  /// What it is called.
  param title: String = "a"
  requires db: MySql
}
component Db { provides sql: MySql on 3306 }
environment e {
  base = debian
  param colour: String = "red"
  host db { run db = Db }
  host web { run server = Server { db = db.db.sql } }
}
profile local of e {
  colour = "blue"
  web.server.title = "b"
  web.server.db = 5
}
