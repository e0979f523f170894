archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
archive next = apt { suites = ["sid"], components = ["main"], signed_by = "debian-archive-keyring" }
let ten = 10
component C {
  param collation: String = "a"
  param root: String = "/"
  param list: List<String> = []
  param name: String = "c"
  capacity workers: Int = 1
  param site: Source = local { path = "site" }
  param release: String = "0"
  param version: Version = version("0")
  param where: Path = "/x"
  tree "/srv/{name}" = site
  file "/{name}" = lines ["{collation} {workers} {root}", list]
}
environment e {
  base = debian
  capacity n: Int(1..) = 1
  host x * n { run c = C }
  host y { run c = C, run d = C { name = "d" }, run f = C { name = "f" } }
}
environment other { base = debian, capacity n: Int = 1, host z { run c = C } }
profile local of e { n = 2, x.c.workers = 3 }
profile another of other { }
variant v of e { x.c.workers = 4, y.f.workers = 4 }
