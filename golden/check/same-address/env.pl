archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
environment e {
  base = debian
  host app * 2 { }
  host app_1 { }
  //~ E0511 @8-13 two hosts would be `app-1.e.internal`
  //~ at 4:8-11: the other one
  //~ note: in network names, `_` becomes `-`, and a replica's number follows a `-`
}
