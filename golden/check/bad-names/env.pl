archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  package "Apache 2"
  //~ E0510 @11-21 `Apache 2` is not a package's name
  //~ help: lower case letters, digits, `+`, `-` and `.`
  file "/x" = text "a" { user = "root:x", group = "" }
  //~ E0510 @33-41 `root:x` is not a user's or group's name
  //~ help: at most 32 lower case letters, digits, `_` and `-`, beginning with a letter or `_`
  service c { exec = ["c"], environment = { "a b" = 1 } }
  //~ E0510 @22-27 a command begins with the absolute path of its program
  //~ help: for example `["/usr/sbin/mariadbd", "--help"]`
  check []
  //~ E0510 @9-11 a command begins with the absolute path of its program
  //~ help: for example `["/usr/sbin/mariadbd", "--help"]`
}
environment e_ {
//~ E0510 @13-15 `e_` cannot be part of a network name
//~ help: at most 56 letters, and no `_` at either end
  base = debian
  host h { run c = C }
}
