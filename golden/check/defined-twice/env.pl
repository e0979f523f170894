let a = 1
let a = 2
//~ E0202 @5-6 `a` is defined twice
//~ here: again here
//~ at 1:5-6: first here
//~ help: give one of them another name
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  param x: Int = 1
  capacity x: Int = 1
  //~ E0202 @12-13 `x` is defined twice
  //~ here: again here
  //~ at 9:9-10: first here
  //~ help: give one of them another name
  file "/etc/x" = ini { a = 1, a = 2 }
  //~ E0202 @32-33 `a` is set twice
  //~ at 15:25-26: first here
}
environment e {
  base = debian
  base = debian
  //~ E0202 @10-16 `base` is set twice
  //~ at 20:10-16: first here
  host h { run c = C { x = 1, x = 2 } }
  //~ E0202 @31-32 `x` is set twice
  //~ at 24:24-25: first here
  host h { }
  //~ E0202 @8-9 `h` is defined twice
  //~ here: again here
  //~ at 24:8-9: first here
  //~ help: give one of them another name
}
profile p of e { h.memory = 1GiB, h.memory = 2GiB }
//~ E0202 @35-43 `h.memory` is set twice
//~ at 33:18-26: first here
