// Each kind of source has its own fields.
component C {
  tree "/a" = local { }
  //~ E0303 @15-20 a local source needs `path`
  //~ help: write `path = …` between its `{` and `}`
  tree "/b" = local { path = "./a", ignored = ["x"] }
  //~ E0209 @37-44 a local source has no `ignored`
  //~ help: did you mean `ignore`?
  tree "/c" = git { repository = "./a" }
  //~ E0303 @15-18 a Git source needs `revision`
  //~ help: write `revision = …` between its `{` and `}`
  tree "/d" = download { url = "https://example.org/x", sha256 = 5, unpack = "yes" }
  //~ E0301 @66-67 `sha256` is `String`, this is `Int`
  //~ help: put a value into a string by interpolation: `"{value}"`
  //~ E0301 @78-83 `unpack` is `Bool`, this is `String`
  tree "/e" = build { from = "./src" }
  //~ E0303 @15-20 a build needs `run`
  //~ help: write `run = …` between its `{` and `}`
  //~ E0301 @30-37 `from` is `Tree`, this is `String`
  //~ help: files of the project are `local { path = "./directory" }`
  tree "/f" = build { run = "make", packages = "gcc", output = 5 }
  //~ E0301 @29-35 `run` is `List<String>`, this is `String`
  //~ help: a list is wanted: put it into `[ ]`
  //~ E0301 @48-53 `packages` is `List<String>`, this is `String`
  //~ help: a list is wanted: put it into `[ ]`
  //~ E0301 @64-65 `output` is `String`, this is `Int`
  //~ help: put a value into a string by interpolation: `"{value}"`
  tree "/g" = build { run = ["make"], environment = { A = ["x"] } }
  //~ E0301 @53-66 environment variables are a record of strings, numbers and flags
  tree "/h" = "./src"
  //~ E0301 @15-22 a tree is `Tree`, this is `String`
  //~ help: files of the project are `local { path = "./directory" }`
  tree "/i" = apt { suites = ["x"] }
  //~ E0301 @15-37 a tree is `Tree`, this is `Archive`
  tree "/j" = svn { path = "./a" }
  //~ E0201 @15-18 unknown name `svn`
  //~ help: there is `a`, `b`, `c`, `d`, `e`, `f`, `g`, `C`
  tree k = local { path = "./a" }
  //~ E0201 @8-9 unknown name `k`
  //~ help: there is `a`, `b`, `c`, `d`, `e`, `f`, `g`, `C`
  tree "/l" = local { path = "./a" } { mode = 0755 }
  //~ E0209 @40-44 a tree has no `mode`
  //~ help: there is `user`, `group`
  param a: Source = build { run = ["make"] }
  //~ E0301 @21-45 `a` is `Source`, this is `Tree`
  //~ at 44:12-18: declared here
  param b: Tree = local { path = "./a" }
  param c: List<Tree> = [local { path = "./a" }, build { run = ["make"] }]
  param d: Archive = apt { components = ["main"] }
  //~ E0303 @22-25 an archive needs `suites`
  //~ help: write `suites = …` between its `{` and `}`
  let e = local { path = "./a" } == local { path = "./a" }
  //~ E0302 @11-33 `==` does not apply to `Source` and `Source`
  //~ here: `Source`
  //~ at 52:37-59: `Source`
  let f = "{local { path = "./a" }}"
  //~ E0301 @13-35 a string cannot hold `Source`
  let g = local { path = "./a" }.path
  //~ E0210 @34-38 `Source` has no `path`
}
