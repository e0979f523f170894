archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  capacity a: Int = 1
  capacity b: Int = 1
  file "/c" = text "{a} {b}"
}
let big = 3GiB
environment e {
  base = debian
  capacity n: Int(1..) = 1
  host x * n { disk = 5GiB, run c = C { a = 2, b = cpus } }
  host y { memory = 1GiB, cpus = 1 }
}
profile base of e {
  n = 2
  every host { memory = 2GiB, cpus = 2 }
  x.memory = big
}
/// Smaller.
profile local of e extends base {
  every host { cpus = 4 }
  x.c.a = 7
}
