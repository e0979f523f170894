archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
let a = package("nginx").version
//~ E0515 @9-25 a package is asked for where no host is
//~ help: ask inside a component or a host, whose packages these are
fn b(name: String) -> String = "{package("nginx").version}"
//~ E0515 @34-50 a package is asked for where no host is
//~ help: ask inside a component or a host, whose packages these are
component C {
  package "nginx"
  file "/a" = text "{package("nginx").version}"
}
environment e {
  base = debian
  host h { run c = C }
}
