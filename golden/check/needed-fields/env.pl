archive debian = apt { suites = ["bookworm"], sign = "x" }
//~ E0303 @9-15 an archive needs `components`
//~ help: write `components = …` between its `{` and `}`
//~ E0303 @9-15 an archive needs `signed_by`
//~ help: write `signed_by = …` between its `{` and `}`
//~ E0209 @47-51 an archive has no `sign`
//~ help: did you mean `signed_by`?
archive other = yum { suites = [], components = [], signed_by = "x" }
//~ E0201 @17-20 unknown kind of archive `yum`
//~ help: there is `apt`
component C {
  service c { user = "x" }
  //~ E0303 @11-12 a service needs `exec`
  //~ help: write `exec = …` between its `{` and `}`
  job d { user = "x", ready = ["/bin/x"] }
  //~ E0303 @7-8 a job needs `exec`
  //~ help: write `exec = …` between its `{` and `}`
  //~ E0209 @23-28 a job has no `ready`
  //~ help: there is `exec`, `user`, `environment`, `shared`, `once_for`
  param a: Int
}
environment e {
//~ E0303 @13-14 environment `e` has no `base`
//~ help: say which archive the hosts are made of: `base = debian`
  host h { run c = C { } }
  //~ E0303 @20-21 `C` needs `a`
  //~ at 20:9-10: declared here, without a default
  //~ help: set it: `a = …`, a `Int`
  param b: Int
  //~ E0303 @9-10 `b` of an environment needs a value
  //~ help: write `= value` after its type
}
environment f { base = 5 }
//~ E0301 @24-25 `base` is `Archive`, this is `Int`
//~ help: name an archive of the top level: `archive name = apt { … }`
