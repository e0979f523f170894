// What is part of the identity takes no capacity: each place says its name.
protocol P { scheme = "p" }
component C {
  capacity n: Int = 1
  capacity s: String = "a"
  capacity on: Bool = true
  package "p{n}"
  //~ E0401 @11-17 capacity reaches a package's name, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  provides http: P on n
  //~ E0401 @23-24 capacity reaches a port, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  file "/a{n}" = text "x"
  //~ E0401 @8-15 capacity reaches a file's path, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  file "/b" = text "x" { user = s, group = s, mode = n }
  //~ E0401 @33-34 capacity reaches `user`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  //~ E0401 @44-45 capacity reaches `group`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  //~ E0401 @54-55 capacity reaches `mode`, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  file "/run/c{n}" = text "x"
  //~ E0401 @8-19 capacity reaches a file's path, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  tree "/t{n}" = local { path = "./{s}" }
  //~ E0401 @8-15 capacity reaches a tree's path, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  //~ E0401 @33-40 capacity reaches `path`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  tree "/u" = (if on then local { path = "./a" } else local { path = "./b" })
  //~ E0401 @16-77 capacity reaches a tree, which is part of the identity
  //~ at 6:12-14: `on` is capacity
  tree "/v" = git { repository = "./{s}", revision = s }
  //~ E0401 @34-41 capacity reaches `repository`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  //~ E0401 @54-55 capacity reaches `revision`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  tree "/w" = download { url = "https://example.org/{s}", sha256 = s, unpack = on }
  //~ E0401 @32-57 capacity reaches `url`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  //~ E0401 @68-69 capacity reaches `sha256`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  //~ E0401 @80-82 capacity reaches `unpack`, which is part of the identity
  //~ at 6:12-14: `on` is capacity
  tree "/x" = build { from = local { path = s }, packages = [s], run = [s], environment = { A = s }, output = s }
  //~ E0401 @45-46 capacity reaches `path`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  //~ E0401 @61-64 capacity reaches `packages`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  //~ E0401 @72-75 capacity reaches `run`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  //~ E0401 @91-100 capacity reaches `environment`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  //~ E0401 @111-112 capacity reaches `output`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  tree "/y" = local { path = "./a", ignore = [s] } { user = s, group = s }
  //~ E0401 @46-49 capacity reaches `ignore`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  //~ E0401 @61-62 capacity reaches `user`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  //~ E0401 @72-73 capacity reaches `group`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  link "/l{n}" = "/x"
  //~ E0401 @8-15 capacity reaches a link's path, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  link "/m" = s
  //~ E0401 @15-16 capacity reaches a link's target, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  state s
  //~ E0401 @9-10 capacity reaches a state's path, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  state "/s" { user = s, group = s, mode = n }
  //~ E0401 @23-24 capacity reaches `user`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  //~ E0401 @34-35 capacity reaches `group`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  //~ E0401 @44-45 capacity reaches `mode`, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  service a { exec = [s] }
  //~ E0401 @22-25 capacity reaches `exec`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  service b { exec = ["/a"], user = s }
  //~ E0401 @37-38 capacity reaches `user`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  service c { exec = ["/a"], ready = [s], environment = { A = s } }
  //~ E0401 @38-41 capacity reaches `ready`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  service d { exec = ["/a"], stop_signal = if on then "SIGTERM" else "SIGQUIT" }
  //~ E0401 @44-79 capacity reaches `stop_signal`, which is part of the identity
  //~ at 6:12-14: `on` is capacity
  job e { exec = [s], environment = { A = s } }
  //~ E0401 @18-21 capacity reaches `exec`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  job f { exec = ["/a"], user = s, shared = on }
  //~ E0401 @33-34 capacity reaches `user`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  //~ E0401 @45-47 capacity reaches `shared`, which is part of the identity
  //~ at 6:12-14: `on` is capacity
  check [s]
  //~ E0401 @9-12 capacity reaches a check's command, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  check ["/a"] { user = s }
  //~ E0401 @25-26 capacity reaches `user`, which is part of the identity
  //~ at 5:12-13: `s` is capacity
  param p: Int = n
  //~ E0401 @18-19 capacity reaches `p`, which is part of the identity
  //~ at 4:12-13: `n` is capacity
  //~ at 106:12-15: takes identity only
  let v = package(s).version
  //~ E0401 @19-20 capacity reaches a package's name, which is part of the identity
  //~ at 5:12-13: `s` is capacity
}
