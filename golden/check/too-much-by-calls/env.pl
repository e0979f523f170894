// A function is computed anew for each call.
fn many(x: Int) -> Int = sum([x + n for n in range(100000)])
//~ E0508 the description computes too much
component C {
  capacity n: Int = 1
  file "/a" = lines ["{many(n + m)}" for m in range(1000)]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
