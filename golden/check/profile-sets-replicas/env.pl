archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  capacity n: Int(1..) = 1
  host web * n { }
  host db { }
}
profile p of e {
  web = 3
  //~ E0402 @3-6 a profile cannot set how many of host `web` there are
  //~ at 5:14-15: declared here
  //~ help: set `n`, by which it is declared: `n = …`
  web.replicas = 3
  //~ E0402 @7-15 a profile cannot set how many of host `web` there are
  //~ at 5:14-15: declared here
  //~ help: set `n`, by which it is declared: `n = …`
  db.replicas = 2
  //~ E0402 @6-14 a profile cannot set how many of host `db` there are
  //~ at 6:8-10: declared here
  //~ help: declare it as `host db * n`, with `capacity n: Int(1..) = 1`, and set `n`
}
