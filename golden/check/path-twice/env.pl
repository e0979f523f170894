// Trees and secrets have their paths for themselves, too; a file may be in a tree.
component A {
  secret key
  tree "/srv/a" = local { path = "./a" }
  file "/srv/a/in" = text "x"
  state "/srv/a/cache"
  file "/run/key" = secret key
}
component B {
  secret key
  tree "/srv/a" = local { path = "./b" }
  //~ E0506 @8-16 `/srv/a` is written twice on one host
  //~ at 4:8-16: also written here
  //~ at 45:43-44: by this instance
  //~ at 45:18-19: and by this one
  //~ help: a host has each path once: give one of them another path, or another host
}
component C {
  secret key
  file "/run/key" = secret key
  //~ E0506 @8-18 `/run/key` is written twice on one host
  //~ at 7:8-18: also written here
  //~ at 46:43-44: by this instance
  //~ at 46:18-19: and by this one
  //~ help: a host has each path once: give one of them another path, or another host
}
component D {
  secret key
  file "/srv/d" = text "x"
  tree "/srv/d/e" = local { path = "./b" }
  //~ E0506 @8-18 `/srv/d/e` is below something that is a file
  //~ at 29:8-16: this file
  //~ help: a path is a file or a directory: give one of them another path
  state "/srv/f"
  tree "/srv/f" = local { path = "./b" }
  //~ E0506 @8-16 `/srv/f` is written twice on one host
  //~ at 34:9-17: also written here
  //~ at 47:20-21: by this instance
  //~ help: a host has each path once: give one of them another path, or another host
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  secret key
  host one { run a = A { key = key }, run b = B { key = key } }
  host two { run a = A { key = key }, run c = C { key = key } }
  host three { run d = D { key = key } }
}
