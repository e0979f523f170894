archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
component C {
  package "php-fpm"
  let major = package("php-fpm").version.major
  package "php{major}-mysql"
  //~ E0409 @11-29 a package's name depends on a version, which is known only once it is locked
  //~ at 4:15-33: the version is asked for here
  //~ help: versions may go into files, links, commands and assertions of the component that asks for them
  //~ note: packages are resolved first, and what a description asks for is the same whatever they come to
  package if package("php-fpm").version > version("8") then "a" else "b"
  //~ E0409 @11-73 a package's name depends on a version, which is known only once it is locked
  //~ at 10:14-32: the version is asked for here
  //~ help: versions may go into files, links, commands and assertions of the component that asks for them
  //~ note: packages are resolved first, and what a description asks for is the same whatever they come to
  tree "/srv/a" = git { repository = "./site", revision = "v{major}" }
  //~ E0409 @59-69 `revision` depends on a version, which is known only once it is locked
  //~ at 4:15-33: the version is asked for here
  //~ help: versions may go into files, links, commands and assertions of the component that asks for them
  //~ note: packages are resolved first, and what a description asks for is the same whatever they come to
  // These do not go into the lock.
  file "/etc/php{major}" = text "{package("php-fpm").version}"
  check ["/usr/sbin/php-fpm{major}", "--test"]
}
environment e {
  base = debian
  host h { run c = C }
}
