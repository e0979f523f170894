archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
component C {
  package "nginx"
  let a = package("nginx").version > version("1.20")
  file "/a" = text "{a}"
  file "/b" = text "{package("php-fpm").version}"
  //~ E0513 @41-48 host `h` has no package `php-fpm` in the lock
  //~ help: a version can be asked of a package that the host's packages bring with them
  file "/c" = text "{version("{a}")}"
  //~ E0514 @22-36 `true` is no version of a Debian package
  //~ help: a version is `[epoch:]upstream[-revision]`, as `1:10.11.14-0+deb12u2`
}
environment e {
  base = debian
  host h { run c = C }
}
profile local of e { }
