let a = local { path = "./src", ignore = ["*.o"] }
let b = git { repository = "https://example.org/x", revision = "v1" }
let c = download { url = "https://example.org/x", sha256 = "00", unpack = true }
let d = build { from = a, packages = ["make"], run = ["make"], environment = { A = "x" }, output = "out" }
let e = apt { suites = ["trixie"] }
// These are names like any other where no `{` follows.
let local = 1
let f = [local, git.x, build("y")]
component C {
  tree "/a" = a { user = "x" }
  tree home = local { path = "./src" }
  tree "/b" = build { run = ["x"] }
}
environment e {
  base = apt { suites = ["x"] }
  host h * local { }
  host i * build { }
}
