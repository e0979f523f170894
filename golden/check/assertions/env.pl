archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
assert 1 + 1 == 2 "arithmetic"
component C {
  capacity workers: Int(1..) = 4
  capacity connections: Int(1..) = 4
  assert connections >= workers "{workers} workers and {connections} connections"
  assert workers "not a condition"
  //~ E0301 @10-17 a condition is `Bool`, this is `Int(1..)`
  cliff replicas < 2 "what happens when one fails"
}
environment e {
  base = debian
  host h { run c = C }
}
profile good of e { }
