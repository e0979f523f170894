archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  param dir: String
  file "{dir}/x" = text "a"
  //~ E0509 @8-17 `/a//x` is not a path in the root file system
  //~ help: write it from `/`, without `.`, `..`, `//` or a `/` at the end
  file "/etc/../x" = text "a"
  //~ E0509 @8-19 `/etc/../x` is not a path in the root file system
  //~ help: write it from `/`, without `.`, `..`, `//` or a `/` at the end
  file "etc/x" = text "a"
  //~ E0509 @8-15 `etc/x` is not a path in the root file system
  //~ help: write it from `/`, without `.`, `..`, `//` or a `/` at the end
  link "/etc/y" = ""
  //~ E0509 @19-21 a link needs a target
  state "/"
  //~ E0509 @9-12 `/` is not a path in the root file system
  //~ help: write it from `/`, without `.`, `..`, `//` or a `/` at the end
}
environment e {
  base = debian
  host h { run c = C { dir = "/a/" } }
}
