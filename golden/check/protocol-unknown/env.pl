archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
protocol Gopher
component Server {
  provides http: Htpp on 80
  //~ E0211 @18-22 unknown protocol `Htpp`
  //~ help: did you mean `Http`?
  provides gopher: Gopher on 70
}
component Client {
  requires a: Gofer
  //~ E0211 @15-20 unknown protocol `Gofer`
  //~ help: declare it: `protocol Gofer`
  requires b: List<Carrier>
  //~ E0211 @20-27 unknown protocol `Carrier`
  //~ help: declare it: `protocol Carrier`
}
