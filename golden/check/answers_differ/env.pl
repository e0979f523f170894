archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  param relay: String
  package "aa" { answers = { "aa/relay" = relay } }
  //~ E0518 @28-50 `aa/relay` is answered with `one` and with `two` on host `a`
  //~ at 4:28-50: the other answer
  //~ help: a host has each package once, which is told one thing: leave one of them out
}
environment e {
  base = debian
  host a {
    run c = C { relay = "one" }
    run d = C { relay = "two" }
  }
}
profile local of e { }
