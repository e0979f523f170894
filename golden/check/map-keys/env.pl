archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
component C {
  let twice = { "{name}" = 1 for name in ["a", "b", "a"] }
  //~ E0516 @17-25 the key `a` comes twice
  //~ help: a map has each key once: make the keys of something that differs
  let once = { "{name}" = 1 for name in unique(["a", "b", "a"]) }
  file "/a" = json twice
  file "/b" = json once
}
environment e {
  base = debian
  host h { run c = C }
}
