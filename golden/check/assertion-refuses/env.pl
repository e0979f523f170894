archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
component C {
  capacity workers: Int(1..) = 4
  capacity connections: Int(1..) = 4
  assert connections >= workers "{workers} workers and {connections} connections"
  //~ E0512 @10-32 refused: 8 workers and 4 connections
  //~ here: this does not hold
  //~ at 13:16-17: for this instance
  //~ at 16:9-12: under this profile
}
environment e {
  base = debian
  host h { run c = C }
}
profile good of e { h.c.workers = 2 }
profile bad of e { h.c.workers = 8 }
