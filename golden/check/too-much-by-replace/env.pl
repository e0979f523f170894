// Functions are charged for what they make before they make it.
component C {
  let ten = join(["xxxxxxxxxx" for n in range(100)], "")
  let million = join([ten for n in range(1000)], "")
  file "/a" = text replace(million, "x", million)
  //~ E0508 @20-50 the description computes too much
  //~ note: work and memory are limited alike on every machine
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
