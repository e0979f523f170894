archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
protocol Web { scheme = "http" }
component C {
  capacity many: Int(1..) = 1
  provides web: Web on 80
  service number { exec = ["/bin/c"], health = 1 }
  //~ E0301 @48-49 `health` is `String?`, this is `Int`
  //~ help: put a value into a string by interpolation: `"{value}"`
  service large { exec = ["/bin/c"], health = "{web.url}/{many}" }
  //~ E0401 @47-65 capacity reaches `health`, which is part of the identity
  //~ at 4:12-16: `many` is capacity
  //~ help: compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to
  //~ note: profiles differ in capacity only: what is installed, connected and run is the same in each
}
environment e {
  base = debian
  host h { run c = C {} }
}
profile local of e { }
