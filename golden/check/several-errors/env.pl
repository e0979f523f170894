use std.data { MariaDB }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

component C {
  param a: Strin = "x"
  param b Int = 5
  file "/etc/c" = ini {
    a = 5 +
    b = [1, 2
    c = 3
  }
  servce x { }
  package "c"
}

environment e {
  base = debain
  host h {
    run m = MariaDB { buffer_pool = 1, colation = "x" }
    run = MariaDB
    memory = 5
  }
  hots i { }
}

profile p of f { }
let = 5
