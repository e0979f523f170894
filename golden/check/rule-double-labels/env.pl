//! What stands in for an instance goes no less far than that: what may be the name of a package stays so.

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

component Db {
  param collation: String = "utf8"
  capacity size: Int = 1
  let word = "a{collation}"
  let plain = "plain"
  let missing = "missing"
  package "mariadb-server"
  provides sql: MySql on 3306
}

component Stub {
  capacity collation: String = "x"
  param size: Int = 1
  let word = package("stub").version.upstream
  param plain: String = "also plain"
  package "stub"
  provides sql: MySql on 3306
}

component App {
  param collation: String
  param word: String = ""
  param plain: String = ""
  param missing: String = ""
  capacity size: Int = 1
  package ["app-{collation}", "app-{word}"]
}

environment e {
  base = debian
  capacity m: String = "u"
  host db { run db = Db }
  host app { run app = App { collation = db.db.collation, size = db.db.size } }
  host words { run app = App { collation = "b", word = db.db.word, plain = db.db.plain, missing = db.db.missing } }
}

profile local of e {}
profile stubbed of e { double db with Stub { collation = m } because "the database is not under test" }
//~ E0404 @39-43 `collation` of `Stub` is capacity, and not of what it stands in for
//~ at 37:48-57: used here, as `String`
//~ at 6:9-18: `String` here
//~ at 16:12-21: is capacity here
//~ at 37:18-21: this uses it
//~ help: a double of it needs `param collation: String`
//~ E0404 @39-43 `word` of `Stub` depends on a version, and not of what it stands in for
//~ at 38:62-66: used here, as `String`
//~ at 8:7-11: `String` here
//~ at 18:7-11: depends on a version here
//~ at 38:20-23: this uses it
//~ help: a double of it needs `param word: String`
//~ E0404 @39-43 `plain` of `Stub` is `String`, and of what it stands in for `"plain"`
//~ at 38:82-87: used here, as `"plain"`
//~ at 9:7-12: `"plain"` here
//~ at 19:9-14: `String` here
//~ at 38:20-23: this uses it
//~ help: a double of it needs `let plain = "plain"`, or write `let plain: String = …` where it is declared
//~ E0404 @39-43 `Stub` has no `missing`, which is used of what it stands in for
//~ at 38:105-112: used here, as `"missing"`
//~ at 10:7-14: `"missing"` here
//~ at 15:11-15: the double
//~ at 38:20-23: this uses it
//~ help: a double of it needs `let missing = "missing"`, or write `let missing: String = …` where it is declared
