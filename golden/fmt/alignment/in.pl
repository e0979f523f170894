use std.web {HAProxy,Apache}
use std.data   {   MariaDB   }

use lib { x }
let record = {
  a = 1
  bb = 2
  ccc-ddd = 3
  "quoted key" = 4

  after.a.blank = 5
  x = 6
  // after a comment
  long = 7
  y = 8
  several = [
    1
  ]
  z = 9
  w = { a = 1, bbb = 2 }
  v = 10 // with a comment
}
let far = {
  a = "a string that is so long that there is no room to align it with the name of the other one below it"
  a_name_that_is_rather_long = 1
}
component NotAligned {
  param a: Int = 1
  param bb: Int = 2
  link "/a" = "b"
  link "/aaa" = "b"
  let c = 1
  let ddd = 2
}
environment e {
  base = debian
  host h {
    memory = 1GiB
    cpus = 2
    run a = A
    run bbb = Bbb { x = 1 }
    run cc = Cc { x = 1, y = 2 }
    run d = A { }
    expose a.b

    run eeee = E {
      x = 1
    }
    run f = F
  }
}
profile p of e {
  n = 1, h.memory = 2GiB
  every host { cpus = 1 }
  h.a.x = 2
  h.a.longer = 3
  deviate h.a.b = 1 because "x"
  h.c = 2
}
