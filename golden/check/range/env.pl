archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  param port: Int(1..=65535) = 0
  //~ E0304 @32-33 `port` is `Int(1..=65535)`, this is `0`
  //~ at 3:15-29: the range is declared here
  capacity n: Int(1..10) = 10
  //~ E0304 @28-30 `n` is `Int(1..=9)`, this is `10`
  //~ at 6:15-25: the range is declared here
  capacity m: Size(1MiB..) = 1KiB
  //~ E0304 @30-34 `m` is `Size(1MiB..)`, this is `1KiB`
  //~ at 9:15-27: the range is declared here
  provides http: Http on 70000
  //~ E0304 @26-31 a port is `Int(1..=65535)`, this is `70000`
}
component D { capacity n: Int(1..10) = 9 }
environment e {
  base = debian
  capacity k: Int = 5
  host h * 0 { run d = D }
  //~ E0304 @12-13 the number of replicas is `Int(1..=10000)`, this is `0`
}
profile p of e { h.d.n = 20, h.cpus = 0 }
//~ E0304 @26-28 `n` is `Int(1..=9)`, this is `20`
//~ at 15:24-25: the range is declared here
//~ E0304 @39-40 `cpus` is `Int(1..)`, this is `0`
