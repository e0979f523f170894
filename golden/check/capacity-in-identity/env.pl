archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  capacity size: Int(1..) = 5
  param name: String = "a"
  let path = "/etc/c-{size}"
  package "c-{size}"
  provides http: Http on 8000 + size
  file path = text "fine: {size}" { mode = size }
  link "/etc/x" = path
  service c { exec = ["/bin/c", "{size}"], environment = { SIZE = size } }
  check ["/bin/c", if size > 3 then "a" else "b"]
}
environment e {
  base = debian
  capacity n: Int(1..) = 1
  host a { run c = C { name = "{memory.mib}" } }
  host b * n { run c = C { size = n } }
}
