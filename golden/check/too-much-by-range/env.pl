component C {
  file "/a" = lines ["{n}" for n in range(1000000000)]
  //~ E0508 @37-54 the description computes too much
  //~ note: work and memory are limited alike on every machine
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
