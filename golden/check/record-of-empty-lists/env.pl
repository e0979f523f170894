archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
// An empty list has no type of its own; the other record says it.
component C {
  let l = [{ a = [1], b = { c = [] } }, { a = [], b = { c = ["x"] } }]
  file "/a" = lines [[y + "x" for y in r.a] for r in l]
  file "/b" = lines [[y + 1 for y in r.b.c] for r in l]
}
environment e {
  base = debian
  host h { run c = C }
}
