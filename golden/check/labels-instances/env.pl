// Members of an instance have the label of what they are: a parameter's, a capacity's, or that of what is computed.
component Db {
  param name: String = "main"
  capacity pool: Int = 5
  let shown = "{name}-x"
  let much = pool * 2
  provides sql: MySql on 3306
}
component App {
  param db: Db
  param a: String = db.name
  param b: Int = db.pool
  //~ E0401 @18-25 capacity reaches `b`, which is part of the identity
  //~ at 4:12-16: `pool` is capacity
  //~ at 12:12-15: takes identity only
  param c: String = db.shown
  param d: Int = db.much
  //~ E0401 @18-25 capacity reaches `d`, which is part of the identity
  //~ at 6:7-11: `much` is capacity because it is computed from `pool`
  //~ at 4:12-16: `pool` is capacity
  //~ at 17:12-15: takes identity only
  param e: Int = db.sql.port
  package "a{db.pool}"
  //~ E0401 @11-23 capacity reaches a package's name, which is part of the identity
  //~ at 4:12-16: `pool` is capacity
  file "/a" = text "{db.pool} {db.much} {db.sql.url}"
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  host one { run db = Db }
  host two { run app = App { db = one.db } }
  host three * 2 { run app = App { db = one.db, a = "x{one.db.pool}", c = one.db.shown } }
  //~ E0401 @53-69 capacity reaches `a` of `App`, which is part of the identity
  //~ at 4:12-16: `pool` is capacity
  //~ at 11:9-10: takes identity only
}
