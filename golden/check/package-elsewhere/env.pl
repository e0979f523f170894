// A package is one of a host: elsewhere there is none to ask.
fn major() -> Int = package("php-fpm").version.major
//~ E0515 @21-39 a package is asked for where no host is
//~ help: ask inside a component or a host, whose packages these are
let v = package("php-fpm")
//~ E0515 @9-27 a package is asked for where no host is
//~ help: ask inside a component or a host, whose packages these are
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  let w = package("php-fpm").version
  //~ E0515 @11-29 a package is asked for where no host is
  //~ help: ask inside a component or a host, whose packages these are
  host h { memory = package("php-fpm").version.major * 1GiB }
  //~ E0515 @21-39 a package is asked for where no host is
  //~ help: ask inside a component or a host, whose packages these are
}
