archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  param text: String = "x"
  file "/c" = text text
}
environment e {
  base = debian
  host a { kind = "jail", run c = C }
  //~ E0301 @19-25 `kind` is `"container" | "vm"`, this is `String`
  //~ help: there is `container`, `vm`
  host d { kind = "vm", run c = C { text = kind } }
  //~ E0201 @44-48 unknown name `kind`
  //~ help: there is `c`, `cpus`, `disk`, `memory`, `a`, `d`, `f`, `C`, `debian`, `e`, `p`
  host f { kind = true, run kernel = C }
  //~ E0301 @19-23 `kind` is `"container" | "vm"`, this is `Bool`
  //~ E0202 @29-35 `kernel` of a host is how it runs
  //~ help: give the instance another name
}
profile p of e {
  every host { kernel = 5 }
  //~ E0301 @25-26 `kernel` is `String`, this is `Int`
  //~ help: put a value into a string by interpolation: `"{value}"`
  a.kinds = "vm"
  //~ E0209 @5-10 a profile cannot set `kinds` of host `a`
  //~ at 8:8-9: the host
  //~ help: did you mean `kind`?
}
