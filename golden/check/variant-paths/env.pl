archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { param p: Int(1..) = 1, capacity n: Int = 1, requires peer: Http }
component D { provides http: Http on 80, param from: String = "a" }
//~ E0202 @48-52 `from` of a component is the archive that its packages come from
//~ help: give this another name
component E { requires from: Http, let x = 1 }
//~ E0202 @24-28 `from` of a component is the archive that its packages come from
//~ help: give this another name
environment e {
  base = debian
  capacity n: Int(1..) = 1
  host h * n { run c = C { peer = i.d.http } }
  host i { run d = D, run base = D }
  //~ E0202 @27-31 `base` of a host is what it is made of
  //~ help: give the instance another name
}
variant v of e {
  h.c.p = 0
  //~ E0304 @11-12 `p` is `Int(1..)`, this is `0`
  //~ at 2:21-22: the range is declared here
  h.c.peer = 1
  //~ E0209 @7-11 `C` has no parameter `peer`
  //~ at 2:68-72: declared here, and not as a parameter
  h.c.q = 1
  //~ E0209 @7-8 `C` has no parameter `q`
  //~ help: there is `p`, `n`, `from`
  h.c.frum = debian
  //~ E0209 @7-11 `C` has no parameter `frum`
  //~ help: did you mean `from`?
  h.c.from = "trixie"
  //~ E0301 @14-22 `from` is `Archive`, this is `String`
  //~ at 12:20-21: declared here
  //~ help: name an archive of the top level: `archive name = apt { … }`
  h.base = apt { components = ["main"] }
  //~ E0303 @12-15 an archive needs `suites`
  //~ help: write `suites = …` between its `{` and `}`
  i.base = apt { suites = [n] }
  //~ E0201 @28-29 unknown name `n`
  //~ help: there is `C`, `D`, `E`, `debian`, `e`, `v`, `w`
  h.replicas = 2
  //~ E0402 @5-13 a variant cannot set how many of host `h` there are
  //~ at 12:12-13: declared here
  //~ help: set `n`, by which it is declared: `n = …`
  h = 1
  //~ E0209 @3-4 `h` is a host, not something that can be set
  //~ at 12:8-9: declared here
  //~ help: set `h.base`, `h.memory`, or a parameter of what it runs
  h.c = 1
  //~ E0209 @5-6 there is no `c` of host `h`
  //~ at 12:8-9: the host
  //~ help: name one of its parameters: `h.c.parameter = …`
  h.c.p.x = 1
  //~ E0210 @9-10 this path is too long
  //~ help: what can be set is `parameter`, `host.memory`, `host.base` or `host.instance.parameter`
  every = 1
  //~ E0209 @3-8 environment `e` has no parameter `every`
  //~ help: there is `n`
  package "libc6" = 6
  //~ E0301 @21-22 a package's version is `String`, this is `Int`
  //~ help: put a value into a string by interpolation: `"{value}"`
  package "libc7" from "trixie"
  //~ E0301 @24-32 where a package is from is `Archive`, this is `String`
  //~ help: name an archive of the top level: `archive name = apt { … }`
}
variant w of nothing { n = 2 }
//~ E0201 @14-21 unknown environment `nothing`
//~ help: there is `e`
