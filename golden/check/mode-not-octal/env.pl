archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
component C {
  file "/a" = text "" { mode = 644 }
  //~ E0308 @32-35 the mode `644` is not octal
  //~ help: write `0644`, as `chmod` means it
  file "/b" = text "" { mode = 0644 }
  state "/c" { mode = 0o700 }
}
environment e {
  base = debian
  host h { run c = C }
}
