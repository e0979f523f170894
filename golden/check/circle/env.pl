archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
let a = b
let b = a + 1
component D {
  let x = y
  let y = x
  param p: Int(1..=65535) = 5
  provides http: Http on http.port
}
profile p of e extends q { }
profile q of e extends p { }
environment e { base = debian }
