component C {
  let many = range(100000)
  let long = join(many, ", ")
  file "/a" = text join(many, long)
  //~ E0508 @20-36 the description computes too much
  //~ note: work and memory are limited alike on every machine
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
