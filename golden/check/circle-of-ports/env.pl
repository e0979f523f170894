archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component D {
  param p: Int(1..=65535)
  provides http: Http on p
  //~ E0207 @26-27 `p` is computed from itself
}
environment e {
  base = debian
  host a { run d = D { p = b.d.http.port } }
  host b { run d = D { p = a.d.http.port } }
}
