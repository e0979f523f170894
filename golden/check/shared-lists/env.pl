// A list of lists that are the same is small, and large once each part is looked at.
component C {
  let a = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  let b = [a, a, a, a, a, a, a, a, a, a]
  let c = [b, b, b, b, b, b, b, b, b, b]
  let d = [c, c, c, c, c, c, c, c, c, c]
  let e = [d, d, d, d, d, d, d, d, d, d]
  let f = [e, e, e, e, e, e, e, e, e, e]
  let g: List<List<List<List<List<List<List<Int(1..)>>>>>>> = [f, f, f, f, f, f, f, f, f, f]
  //~ E0508 @73-74 the description computes too much
  //~ note: work and memory are limited alike on every machine
  file "/a" = text "{g.length}"
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
