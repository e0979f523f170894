// A function makes a source of what it is given, and what that is, is judged where it goes.
fn repository(name: String, revision: String) -> Source =
  git { repository = "https://example.org/{name}.git", revision = revision }
fn built(from: Source, target: String) -> Tree = build { from = from, run = ["make {target}"], output = "out" }
fn suite(name: String) -> Archive = apt { suites = [name, "{name}-updates"] }
component C {
  param name: String = "wiki"
  capacity n: Int = 1
  package "php-fpm"
  let v = package("php-fpm").version
  tree "/a" = repository(name, "v1")
  tree "/b" = built(repository(name, "v1"), "all")
  tree "/c" = repository(name, "v{n}")
  //~ E0401 @15-39 capacity reaches a tree, which is part of the identity
  //~ at 13:15-25: `repository(…)` is capacity because it is computed from `n`
  //~ at 8:12-13: `n` is capacity
  tree "/d" = built(repository("x", "v1"), "-j{n}")
  //~ E0401 @15-52 capacity reaches a tree, which is part of the identity
  //~ at 17:15-20: `built(…)` is capacity because it is computed from `n`
  //~ at 8:12-13: `n` is capacity
  tree "/e" = repository("x", "v{v}")
  //~ E0409 @15-38 a tree depends on a version, which is known only once it is locked
  //~ at 10:11-29: the version is asked for here
  capacity much: Source = repository("x", "v{n}")
  tree "/f" = much
  //~ E0401 @15-19 capacity reaches a tree, which is part of the identity
  //~ at 24:12-16: `much` is capacity
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  host h { run c = C }
  host i { base = suite(if h.c.v.major > 1 then "a" else "b"), run c = C { from = suite("x{h.c.v.major}") } }
  //~ E0409 @19-62 `base` depends on a version, which is known only once it is locked
  //~ at 10:11-29: the version is asked for here
  //~ E0409 @83-106 `from` depends on a version, which is known only once it is locked
  //~ at 10:11-29: the version is asked for here
}
