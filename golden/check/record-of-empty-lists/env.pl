archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
// An empty list has no type of its own; the other record says it.
component C {
  let l = [{ a = [1], b = { c = [] } }, { a = [], b = { c = ["x"] } }]
  file "/a" = lines [[y + "x" for y in r.a] for r in l]
  //~ E0302 @23-24 `+` does not apply to `Int` and `String`
  //~ here: `Int`
  //~ at 5:27-30: `String`
  //~ help: put values into strings by interpolation: `"{value}"`
  file "/b" = lines [[y + 1 for y in r.b.c] for r in l]
  //~ E0302 @23-24 `+` does not apply to `String` and `Int`
  //~ here: `String`
  //~ at 10:27-28: `Int`
  //~ help: put values into strings by interpolation: `"{value}"`
}
environment e {
  base = debian
  host h { run c = C }
}
