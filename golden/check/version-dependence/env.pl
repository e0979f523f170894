// Nothing that decides what is locked depends on the versions that the lock has.
protocol P { scheme = "p" }
fn at_least(v: Version, n: Int) -> Bool = v.major >= n
component Db { provides sql: MySql on 3306 }
component C {
  requires db: MySql?
  requires all: List<MySql>?
  package "php-fpm"
  let v = package("php-fpm").version
  let new = at_least(v, 8)
  let source = if new then local { path = "./new" } else local { path = "./old" }
  param p: Int = v.major
  //~ E0409 @18-25 `p` depends on a version, which is known only once it is locked
  //~ at 9:11-29: the version is asked for here
  capacity c: Int = v.major
  package "php{v.major}"
  //~ E0409 @11-25 a package's name depends on a version, which is known only once it is locked
  //~ at 9:11-29: the version is asked for here
  package if new then "aa" else "bb"
  //~ E0409 @11-37 a package's name depends on a version, which is known only once it is locked
  //~ at 9:11-29: the version is asked for here
  package match v.minor { 1 => "aa", _ => "bb" }
  //~ E0409 @11-49 a package's name depends on a version, which is known only once it is locked
  //~ at 9:11-29: the version is asked for here
  provides http: P on v.major
  //~ E0409 @23-30 a port depends on a version, which is known only once it is locked
  //~ at 9:11-29: the version is asked for here
  tree "/a" = source
  //~ E0409 @15-21 a tree depends on a version, which is known only once it is locked
  //~ at 9:11-29: the version is asked for here
  tree "/b" = git { repository = "https://example.org/x", revision = "v{v}" }
  //~ E0409 @70-76 `revision` depends on a version, which is known only once it is locked
  //~ at 9:11-29: the version is asked for here
  tree "/c" = download { url = "https://example.org/{v}", sha256 = "x" }
  //~ E0409 @32-57 `url` depends on a version, which is known only once it is locked
  //~ at 9:11-29: the version is asked for here
  tree "/d" = build { run = ["make {v}"] }
  //~ E0409 @29-41 `run` depends on a version, which is known only once it is locked
  //~ at 9:11-29: the version is asked for here
  let other = package("p{v.major}").version
  //~ E0409 @23-35 a package's name depends on a version, which is known only once it is locked
  //~ at 9:11-29: the version is asked for here
  // These may.
  file "/f/{v.major}" = text "{v}" { user = if new then "a" else "b" }
  link "/g" = "/f/{v.major}"
  state "/h/{v.major}"
  service s { exec = ["/a{v.major}"], environment = { V = v } }
  check ["/a{v.major}"]
  assert new "too old: {v}"
  cliff v.major < 8 "old"
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = if h.c.new then debian else debian
  //~ E0409 @10-44 `base` depends on a version, which is known only once it is locked
  //~ at 9:11-29: the version is asked for here
  param q: Int = h.c.v.major
  //~ E0409 @18-29 `q` depends on a version, which is known only once it is locked
  //~ at 9:11-29: the version is asked for here
  host db { run db = Db }
  host h {
    run c = C { p = c.v.major, c = c.v.major, db = if c.new then db.db.sql else none, all = if c.new then [db.db.sql] else none }
    //~ E0409 @21-30 `p` of `C` depends on a version, which is known only once it is locked
    //~ at 9:11-29: the version is asked for here
    //~ E0409 @52-85 a connection depends on a version, which is known only once it is locked
    //~ at 9:11-29: the version is asked for here
    //~ E0409 @93-128 a connection depends on a version, which is known only once it is locked
    //~ at 9:11-29: the version is asked for here
  }
}
