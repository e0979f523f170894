// An assertion holds under every profile; the message says under which it does not.
assert 1 < 2 "fine"
component C {
  capacity workers: Int = 4
  param kind: "a" | "b" = "a"
  assert workers <= 8 "{workers} workers are too many"
  //~ E0512 @10-22 refused: 16 workers are too many
  //~ here: this does not hold
  //~ at 29:20-21: for this instance
  //~ at 32:9-14: under this profile
  //~ at 34:9-13: under this profile
  assert kind == "a" or workers > 1 "of kind {kind}"
  assert 10 / (workers - 4) > 0 "never said"
  //~ E0512 @10-32 refused: never said
  //~ here: this does not hold
  //~ at 29:20-21: for this instance
  //~ at 32:9-14: under this profile
  //~ at 34:9-13: under this profile
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  capacity n: Int(1..) = 1
  assert n < 3 "only {n} of three"
  //~ E0512 @10-15 refused: only 3 of three
  //~ here: this does not hold
  //~ at 33:9-13: under this profile
  //~ at 34:9-13: under this profile
  host h * n { run c = C { workers = 5 }, memory = 1GiB }
}
profile small of e { }
profile large of e { h.c.workers = 16 }
profile wide of e { n = 3 }
profile both of e extends large { n = 3 }
