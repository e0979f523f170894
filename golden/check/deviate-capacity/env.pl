archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { param p: String = "a", capacity n: Int = 1, requires peer: Http }
component D { provides http: Http on 80 }
environment e {
  base = debian
  param town: String = "Turku"
  capacity number: Int(1..) = 1
  let other = "x"
  host h { run c = C { peer = j.d.http } }
  host i * number { run d = D }
  host j { run d = D }
}
let capacity = 1
profile local of e {
  deviate number = 2 because "x"
  //~ E0407 @11-17 `number` is a capacity: set it without `deviate`
  //~ at 7:12-18: declared here
  //~ help: write `number = …`
  //~ note: profiles may differ in capacity without a reason
  deviate h.memory = 1GiB because "x"
  //~ E0407 @13-19 `memory` is a capacity: set it without `deviate`
  //~ help: write `h.memory = …`
  //~ note: profiles may differ in capacity without a reason
  deviate h.c.n = 2 because "x"
  //~ E0407 @15-16 `n` is a capacity: set it without `deviate`
  //~ at 2:47-48: declared here
  //~ help: write `h.c.n = …`
  //~ note: profiles may differ in capacity without a reason
  deviate town = 5 because "x"
  //~ E0301 @18-19 `town` is `String`, this is `Int`
  //~ at 6:9-13: declared here
  //~ help: put a value into a string by interpolation: `"{value}"`
  deviate other = "y" because "x"
  //~ E0209 @11-16 environment `e` has no parameter `other`
  //~ at 8:7-12: declared here, and not as a parameter
  deviate h.c.peer = "y" because "x"
  //~ E0209 @15-19 `C` has no parameter `peer`
  //~ at 2:68-72: declared here, and not as a parameter
  deviate h.c.q = "y" because "x"
  //~ E0209 @15-16 `C` has no parameter `q`
  //~ help: there is `p`, `n`, `from`
  deviate h = "y" because "x"
  //~ E0209 @11-12 `h` is a host, not something that can be set
  //~ at 9:8-9: declared here
  //~ help: set `h.base`, `h.memory`, or a parameter of what it runs
  deviate h.base = "y" because "x"
  //~ E0301 @20-23 `base` is `Archive`, this is `String`
  //~ at 9:8-9: declared here
  //~ help: name an archive of the top level: `archive name = apt { … }`
  deviate h.c.from = debian because "fine"
  deviate h.c.p = "{capacity}" because "fine"
  deviate h.nothing.p = "" because "x"
  //~ E0210 @13-20 host `h` runs no `nothing`
  //~ at 9:8-9: the host
  //~ help: there is `c`
  deviate a.b.c.d = "" because "x"
  //~ E0210 @17-18 this path is too long
  //~ help: what can be set is `parameter`, `host.memory`, `host.base` or `host.instance.parameter`
  h.c.from = debian
  //~ E0402 @7-11 a profile sets capacities only, and `from` is none
  //~ at 9:16-17: declared here
  //~ help: set it in the environment, for every profile; or say why it differs: `deviate h.c.from = … because "…"`
  //~ note: profiles differ in capacity only, so that what works in one works in the others
  h.base = debian
  //~ E0402 @5-9 a profile sets capacities only, and `base` is none
  //~ at 9:8-9: declared here
  //~ help: set it in the environment, for every profile; or say why it differs: `deviate h.base = … because "…"`
  //~ note: profiles differ in capacity only, so that what works in one works in the others
  base = debian
  //~ E0402 @3-7 a profile sets capacities only, and `base` is none
  //~ at 5:10-16: declared here
  //~ help: set it in the environment, for every profile; or say why it differs: `deviate base = … because "…"`
  //~ note: profiles differ in capacity only, so that what works in one works in the others
}
