// A version can be asked of what the lock has on that host.
component C {
  param of: String
  let v = package(of).version
  //~ E0513 @23-30 host `b` has no package `php-fpm` in the lock
  //~ help: a version can be asked of a package that the host's packages bring with them
  //~ E0514 @23-30 `1_2` is no version of a Debian package
  file "/a" = text "{v.major}"
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  host a { run c = C { of = "php-fpm" } }
  host b { run c = C { of = "php-fpm" } }
  host c { run c = C { of = "odd" } }
}
profile local of e { }
