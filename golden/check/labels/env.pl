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
  //~ E0401 @26-27 capacity reaches `defaulted`, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  //~ at 11:20-23: takes identity only
  package words
  //~ E0401 @11-16 capacity reaches a package's name, which is part of the identity
  //~ at 5:12-17: `words` is capacity
  package ["p{w}" for w in words]
  //~ E0401 @11-34 capacity reaches a package's name, which is part of the identity
  //~ at 5:12-17: `words` is capacity
  package if n > 3 then "aa" else "bb"
  //~ E0401 @11-39 capacity reaches a package's name, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  package if z and true then "aa" else "bb"
  //~ E0401 @11-44 capacity reaches a package's name, which is part of the identity
  //~ at 10:7-8: `z` is capacity because it is computed from `n`
  //~ at 4:12-13: `n` is capacity
  package ["p{x}" for x in ["a", "b"] if n > 1]
  //~ E0401 @11-48 capacity reaches a package's name, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  // How many replicas there are is capacity, too.
  package ["p" for x in b]
  //~ E0401 @11-27 capacity reaches a package's name, which is part of the identity
  //~ at 6:12-13: `b` may be all replicas of a host, whose number is capacity
  provides one: Http on 80 + q
  //~ E0401 @25-31 capacity reaches a port, which is part of the identity
  //~ at 8:7-8: `q` is capacity because it is computed from `n`
  //~ at 4:12-13: `n` is capacity
  provides two: Http on b.length + 80
  //~ E0401 @25-38 capacity reaches a port, which is part of the identity
  //~ at 6:12-13: `b` may be all replicas of a host, whose number is capacity
  file "/a/{q}" = text "x"
  //~ E0401 @8-16 capacity reaches a file's path, which is part of the identity
  //~ at 8:7-8: `q` is capacity because it is computed from `n`
  //~ at 4:12-13: `n` is capacity
  file r.a = text "x"
  //~ E0401 @8-11 capacity reaches a file's path, which is part of the identity
  //~ at 9:7-8: `r` is capacity because it is computed from `q`
  //~ at 8:7-8: `q` is capacity because it is computed from `n`
  //~ at 4:12-13: `n` is capacity
  file "/b" = text "{q} {r.b}" { mode = n }
  //~ E0401 @41-42 capacity reaches `mode`, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  file "/c" = lines ["{x.address}" for x in b]
  file "/d" = ini { words = [w for w in words], n = n, many = b.length }
  link "/e" = "/f{n}"
  //~ E0401 @15-22 capacity reaches a link's target, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  state "/g/{n}" { user = "u{n}" }
  //~ E0401 @9-17 capacity reaches a state's path, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  //~ E0401 @27-33 capacity reaches `user`, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  service s {
    exec = ["/bin/x", "{n}"]
    //~ E0401 @12-29 capacity reaches `exec`, which is part of the identity
    //~ at 4:12-13: `n` is capacity
    user = "u{n}"
    //~ E0401 @12-18 capacity reaches `user`, which is part of the identity
    //~ at 4:12-13: `n` is capacity
    environment = { N = n, B = b.length }
    ready = ["/bin/x", "{n}"]
    //~ E0401 @13-30 capacity reaches `ready`, which is part of the identity
    //~ at 4:12-13: `n` is capacity
  }
  check ["/bin/x", "{n}"]
  //~ E0401 @9-26 capacity reaches a check's command, which is part of the identity
  //~ at 4:12-13: `n` is capacity
}
environment e {
  base = debian
  capacity k: Int = 2
  host web * k {
    run a = Apache { php = f.fastcgi, root = "/x{k}", server_name = "{memory}" }
    //~ E0401 @46-53 capacity reaches `root` of `Apache`, which is part of the identity
    //~ at 82:12-13: `k` is capacity
    //~ at std/web.pl: takes identity only
    //~ E0401 @69-79 capacity reaches `server_name` of `Apache`, which is part of the identity
    //~ at 83:8-11: `web.memory` is capacity
    //~ at std/web.pl: takes identity only
    run f = PhpFpm { port = cpus }
    //~ E0401 @29-33 capacity reaches `port` of `PhpFpm`, which is part of the identity
    //~ at 83:8-11: `web.cpus` is capacity
    //~ at std/web.pl: takes identity only
  }
  host h {
    run c = C { b = [w.a.http for w in web if w.a.http.port > k] }
    //~ E0401 @21-65 capacity reaches a connection, which is part of the identity
    //~ at 83:8-11: `web` may be all replicas of a host, whose number is capacity
    //~ at 6:12-13: takes identity only
    run d = C { b = if k > 1 then [w.a.http for w in web] else [] }
    //~ E0401 @21-66 capacity reaches a connection, which is part of the identity
    //~ at 82:12-13: `k` is capacity
    //~ at 6:12-13: takes identity only
    run e = C { b = [w.a.http for w in web] }
  }
}
profile p of e { h.c.n = 3, h.c.words = ["nginx"], h.c.defaulted = 1, h.c.b = [] }
//~ E0402 @56-65 a profile sets capacities only, and `defaulted` is none
//~ at 11:9-18: declared here
//~ E0402 @75-76 a profile sets capacities only, and `b` is none
//~ at 6:12-13: declared here
