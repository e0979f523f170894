//! Places that refuse capacities or versions, and that no other case tries.

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
archive other = apt { suites = ["trixie"], components = ["main"], signed_by = "debian-archive-keyring" }

component App {
  secret one
  secret two
  capacity n: Int = 2
  let v = package("php-fpm").version

  file "/run/secret" = secret (if n > 1 then one else two)
  //~ E0401 @32-58 capacity reaches a secret's file, which is part of the identity
  //~ at 9:12-13: `n` is capacity
  tree "/srv/{v.major}" = local { path = "./site" }
  //~ E0409 @8-24 a tree's path depends on a version, which is known only once it is locked
  //~ at 10:11-29: the version is asked for here
  tree "/srv/b" = local { path = "./site" } { user = "u{v.major}", group = "g{v.major}" }
  //~ E0409 @54-66 `user` depends on a version, which is known only once it is locked
  //~ at 10:11-29: the version is asked for here
  //~ E0409 @76-88 `group` depends on a version, which is known only once it is locked
  //~ at 10:11-29: the version is asked for here
}

environment e {
  base = debian
  secret s
  capacity n: Int(1..) = 2
  host app {
    run app = App { one = s, two = s, from = if n > 1 then debian else other }
    //~ E0401 @46-77 capacity reaches `from`, which is part of the identity
    //~ at 28:12-13: `n` is capacity
  }
}

profile local of e {}
