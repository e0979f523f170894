use lib.text { shown, Kind }
let suffix = "here"
component C {
  param suffix: String = "component"
  param kind: Kind = "long"
  file "/a" = lines [shown("x", kind), shown("a-b", "short"), suffix]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }
