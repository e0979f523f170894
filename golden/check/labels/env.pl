use std.web { Apache, PhpFpm }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
component C {
  capacity n: Int = 1
  capacity words: List<String> = ["a"]
  requires b: List<Http>
  // Through `let`, operators, `if`, records, comprehensions and interpolation.
  let q = n * 2
  let r = { a = "/x", b = q }
  let z = not (n == 1)
  param defaulted: Int = n
  package words
  package ["p{w}" for w in words]
  package if n > 3 then "aa" else "bb"
  package if z and true then "aa" else "bb"
  package ["p{x}" for x in ["a", "b"] if n > 1]
  // How many replicas there are is capacity, too.
  package ["p" for x in b]
  provides one: Http on 80 + q
  provides two: Http on b.length + 80
  file "/a/{q}" = text "x"
  file r.a = text "x"
  file "/b" = text "{q} {r.b}" { mode = n }
  file "/c" = lines ["{x.address}" for x in b]
  file "/d" = ini { words = [w for w in words], n = n, many = b.length }
  link "/e" = "/f{n}"
  state "/g/{n}" { user = "u{n}" }
  service s {
    exec = ["/bin/x", "{n}"]
    user = "u{n}"
    environment = { N = n, B = b.length }
    ready = ["/bin/x", "{n}"]
  }
  check ["/bin/x", "{n}"]
}
environment e {
  base = debian
  capacity k: Int = 2
  host web * k {
    run a = Apache { php = f.fastcgi, root = "/x{k}", server_name = "{memory}" }
    run f = PhpFpm { port = cpus }
  }
  host h {
    run c = C { b = [w.a.http for w in web if w.a.http.port > k] }
    run d = C { b = if k > 1 then [w.a.http for w in web] else [] }
    run e = C { b = [w.a.http for w in web] }
  }
}
profile p of e { h.c.n = 3, h.c.words = ["nginx"], h.c.defaulted = 1, h.c.b = [] }
