// A secret's file is below `/run`, and a secret is given to whoever needs it.
component C {
  secret key
  file "/etc/key" = secret key
  file "/run" = secret key
  file "/runtime/key" = secret key
  file "/run/../etc/key" = secret key
  file "/run/key" = secret key { mode = 400 }
  //~ E0308 @41-44 the mode `400` is not octal
  //~ help: write `0400`, as `chmod` means it
  file "/run/other" = secret key { owner = "x" }
  //~ E0209 @36-41 a file has no `owner`
  //~ help: there is `user`, `group`, `mode`
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  secret word
  host a { run c = C { key = word } }
}
