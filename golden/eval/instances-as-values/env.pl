component Db {
  param name: String = "main"
  capacity pool: Int = 5
  requires replica_of: MySql?
  let of = match replica_of { none => "alone", primary => "replica of {primary.address}" }
  let much = pool * 2
  provides sql: MySql on 3306
}
fn shown(db: Db) -> String = "{db.name} {db.sql.url} {db.much} {db.of}"
component App {
  param db: Db
  param dbs: List<Db> = []
  param by_name: Map<Db> = {}
  file "/a" = lines [shown(db), [shown(d) for d in dbs], ["{k}: {shown(d)}" for k, d in by_name], "{dbs.length}"]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  let first = one.primary
  host one { run primary = Db }
  host two * 2 { run db = Db { name = "second", pool = 7, replica_of = one.primary.sql } }
  host app { run local = Db { name = "here" }, run app = App { db = local, dbs = [one.primary, local], by_name = { p = first } } }
}
profile local of e { one.primary.pool = 50 }
