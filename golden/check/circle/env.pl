archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
let a = b
//~ E0207 @5-6 `a` is computed from itself
//~ at 5:5-6: through this
let b = a + 1
component D {
  let x = y
  //~ E0207 @7-8 `x` is computed from itself
  //~ at 10:7-8: through this
  let y = x
  param p: Int(1..=65535) = 5
  provides http: Http on http.port
}
profile p of e extends q { }
//~ E0207 @9-10 profile `p` extends itself
//~ at 17:24-25: through this
profile q of e extends p { }
//~ E0207 @9-10 profile `q` extends itself
//~ at 14:24-25: through this
environment e { base = debian }
