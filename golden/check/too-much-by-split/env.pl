component C {
  let commas = replace("..........", ".", "{join(["," for n in range(300000)], "")}")
  file "/a" = lines split(commas, ",")
  //~ E0508 @21-39 the description computes too much
  //~ note: work and memory are limited alike on every machine
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
