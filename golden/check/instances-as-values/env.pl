// An instance is a value of its component's type; outside, its endpoints, parameters and values are had.
component Db {
  param name: String = "main"
  capacity pool: Int = 5
  secret password
  requires other: MySql?
  let url = "{name}@{pool}"
  let hidden = other
  provides sql: MySql on 3306
  package "a"
}
component Other { provides sql: MySql on 3307 }
component App {
  param db: Db
  param dbs: List<Db> = []
  param by_name: Map<Db> = {}
  param may: Db?
  param end: Endpoint<MySql> = db.sql
  let all = [db.name, db.url, db.sql.url, "{db.pool}"]
  let a = db.password
  //~ E0210 @14-22 `Db` provides no `password`
  //~ at 2:11-13: the component
  //~ help: there is `sql`, `name`, `pool`, `url`, `hidden`
  let b = db.other
  //~ E0210 @14-19 `Db` provides no `other`
  //~ at 2:11-13: the component
  //~ help: there is `sql`, `name`, `pool`, `url`, `hidden`
  let c = db.port
  //~ E0210 @14-18 `Db` provides no `port`
  //~ at 2:11-13: the component
  //~ help: there is `sql`, `name`, `pool`, `url`, `hidden`
  let d = "{db}"
  //~ E0301 @13-15 a string cannot hold `Db`
  let e = db == db
  //~ E0302 @11-13 `==` does not apply to `Db` and `Db`
  //~ here: `Db`
  //~ at 34:17-19: `Db`
  let f = may.name
  //~ E0210 @15-19 `Db?` has no `name`
  //~ help: it may be `none`: say what is meant then, as `value ?? other`
  let g = [x.name for x in dbs]
  let h = (may ?? db).name
  let i = match may { none => "none", x => x.name }
  let j = [db, db]
  let k = dbs["a"]
  //~ E0301 @11-14 a key is taken of a map, this is `List<Db>`
  //~ help: elements of a list have no keys: `first(list)`, or go through it
  let l = { db = db }.db.name
  package db
  //~ E0301 @11-13 `package` takes a name or a list of names, this is `Db`
  file "/a" = json db
  //~ E0301 @20-22 `json` takes records, maps, lists and scalars, this is `Db`
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  secret p
  host one { run db = Db { password = p }, run other = Other }
  host many * 2 { run db = Db { password = p } }
  host a { run app = App { db = one.db, dbs = [one.db], by_name = { x = one.db }, may = one.db } }
  host b { run app = App { db = one.other } }
  //~ E0301 @33-42 `db` of `App` is `Db`, this is an instance of `Other`
  //~ at 14:9-11: declared here
  host c { run app = App { db = one.db.sql } }
  //~ E0301 @33-43 `db` of `App` is `Db`, this is `Endpoint<MySql>`
  //~ at 14:9-11: declared here
  //~ help: the instance itself is wanted, without one of its endpoints
  host d { run app = App { db = one } }
  //~ E0301 @33-36 `db` of `App` is `Db`, this is `a host`
  //~ at 14:9-11: declared here
  //~ help: name one of its instances: `host.instance`
  host f { run app = App { db = many.db } }
  //~ E0306 @33-37 `many` is several hosts
  //~ at 59:8-12: declared with replicas here
  //~ help: go through them: `[x.db… for x in many]`
  host g { run app = App { db = one.db, dbs = [x.db for x in many] } }
  //~ E0401 @47-67 capacity reaches `dbs` of `App`, which is part of the identity
  //~ at 59:8-12: `many` may be all replicas of a host, whose number is capacity
  //~ at 15:9-12: takes identity only
  //~ help: compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to
  //~ note: profiles differ in capacity only: what is installed, connected and run is the same in each
  host h { run app = App { db = one.db, dbs = [one.db, one.other] } }
  //~ E0301 @56-65 an element of `dbs` of `App` is `Db`, this is an instance of `Other`
  //~ at 15:9-12: declared here
  host i { run db = Db { password = p }, run app = App { db = db } }
  host j { run app = App }
  //~ E0303 @22-25 `App` needs `db`
  //~ at 14:9-11: declared here, without a default
  //~ help: set it: `db = …`, a `Db`
}
