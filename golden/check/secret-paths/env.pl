component C {
  secret key
  file "/etc/key" = secret key
  //~ E0509 @8-18 a secret is not kept in `/etc/key`
  //~ help: a secret's file is below `/run`, which is in memory: `file "/run/secrets/name" = secret name`
  file "/run" = secret key
  //~ E0509 @8-14 a secret is not kept in `/run`
  //~ help: a secret's file is below `/run`, which is in memory: `file "/run/secrets/name" = secret name`
  file "/runtime/key" = secret key
  //~ E0509 @8-22 a secret is not kept in `/runtime/key`
  //~ help: a secret's file is below `/run`, which is in memory: `file "/run/secrets/name" = secret name`
  file "/run/../etc/key" = secret key
  //~ E0509 @8-25 `/run/../etc/key` is not a path in the root file system
  //~ help: write it from `/`, without `.`, `..`, `//` or a `/` at the end
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  secret word
  host a { run c = C { key = word } }
}
