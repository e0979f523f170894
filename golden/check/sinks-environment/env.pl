// In an environment: archives, `base`, parameters and connections take no capacity; how much and how many do.
component C {
  param p: Int = 1
  capacity c: Int = 1
  requires one: Http?
  provides http: Http on 80
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
archive other = apt { suites = ["trixie"], components = ["main"], signed_by = "k" }
environment e {
  base = if n > 1 then debian else other
  //~ E0401 @10-41 capacity reaches `base`, which is part of the identity
  //~ at 14:12-13: `n` is capacity
  capacity n: Int(1..) = 1
  param q: Int = n
  //~ E0401 @18-19 capacity reaches `q`, which is part of the identity
  //~ at 14:12-13: `n` is capacity
  //~ at 15:12-15: takes identity only
  host a * n {
    memory = n * 1GiB
    cpus = n
    disk = n * 1GiB
    run c = C { p = n, c = n, one = if n > 1 then b.c.http else none }
    //~ E0401 @21-22 capacity reaches `p` of `C`, which is part of the identity
    //~ at 14:12-13: `n` is capacity
    //~ at 3:9-10: takes identity only
    //~ E0401 @37-69 capacity reaches a connection, which is part of the identity
    //~ at 14:12-13: `n` is capacity
    //~ at 5:12-15: takes identity only
  }
  host b { run c = C { p = cpus, c = cpus } }
  //~ E0401 @28-32 capacity reaches `p` of `C`, which is part of the identity
  //~ at 31:8-9: `b.cpus` is capacity
  //~ at 3:9-10: takes identity only
}
