archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
component C { package "nginx" }
environment e {
  base = debian
  host h {
    memory = 1GiB
    run memory = C
    //~ E0202 @9-15 `memory` of a host is how much it has
    //~ help: give the instance another name
  }
}
