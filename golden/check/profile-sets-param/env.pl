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
  //~ E0402 @3-9 a profile sets capacities only, and `colour` is none
  //~ at 10:9-15: declared here
  //~ help: set it in the environment, for every profile; declare it `capacity colour: …` if it only says how much; or say why it differs: `deviate colour = … because "…"`
  //~ note: profiles differ in capacity only, so that what works in one works in the others
  web.server.title = "b"
  //~ E0402 @14-19 a profile sets capacities only, and `title` is none
  //~ at 4:9-14: declared here
  //~ help: set it in the environment, for every profile; declare it `capacity title: …` if it only says how much; or say why it differs: `deviate web.server.title = … because "…"`
  //~ note: profiles differ in capacity only, so that what works in one works in the others
  web.server.db = 5
  //~ E0402 @14-16 a profile sets capacities only, and `db` is none
  //~ at 5:12-14: declared here
  //~ help: set it in the environment, for every profile
  //~ note: profiles differ in capacity only, so that what works in one works in the others
}
