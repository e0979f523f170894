archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  capacity size: Int(1..) = 5
  param name: String = "a"
  let path = "/etc/c-{size}"
  package "c-{size}"
  //~ E0401 @11-21 capacity reaches a package's name, which is part of the identity
  //~ at 3:12-16: `size` is capacity
  //~ help: compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to
  //~ note: profiles differ in capacity only: what is installed, connected and run is the same in each
  provides http: Http on 8000 + size
  //~ E0401 @26-37 capacity reaches a port, which is part of the identity
  //~ at 3:12-16: `size` is capacity
  //~ help: compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to
  //~ note: profiles differ in capacity only: what is installed, connected and run is the same in each
  file path = text "fine: {size}" { mode = size }
  //~ E0401 @8-12 capacity reaches a file's path, which is part of the identity
  //~ at 5:7-11: `path` is capacity because it is computed from `size`
  //~ at 3:12-16: `size` is capacity
  //~ help: compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to
  //~ note: profiles differ in capacity only: what is installed, connected and run is the same in each
  //~ E0401 @44-48 capacity reaches `mode`, which is part of the identity
  //~ at 3:12-16: `size` is capacity
  //~ help: compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to
  //~ note: profiles differ in capacity only: what is installed, connected and run is the same in each
  link "/etc/x" = path
  //~ E0401 @19-23 capacity reaches a link's target, which is part of the identity
  //~ at 5:7-11: `path` is capacity because it is computed from `size`
  //~ at 3:12-16: `size` is capacity
  //~ help: compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to
  //~ note: profiles differ in capacity only: what is installed, connected and run is the same in each
  service c { exec = ["/bin/c", "{size}"], environment = { SIZE = size } }
  //~ E0401 @22-42 capacity reaches `exec`, which is part of the identity
  //~ at 3:12-16: `size` is capacity
  //~ help: compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to
  //~ note: profiles differ in capacity only: what is installed, connected and run is the same in each
  check ["/bin/c", if size > 3 then "a" else "b"]
  //~ E0401 @9-50 capacity reaches a check's command, which is part of the identity
  //~ at 3:12-16: `size` is capacity
  //~ help: compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to
  //~ note: profiles differ in capacity only: what is installed, connected and run is the same in each
}
environment e {
  base = debian
  capacity n: Int(1..) = 1
  host a { run c = C { name = "{memory.mib}" } }
  //~ E0401 @31-45 capacity reaches `name` of `C`, which is part of the identity
  //~ at 46:8-9: `a.memory` is capacity
  //~ at 4:9-13: takes identity only
  //~ help: compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to
  //~ note: profiles differ in capacity only: what is installed, connected and run is the same in each
  host b * n { run c = C { size = n } }
}
