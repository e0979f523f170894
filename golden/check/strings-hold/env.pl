// A string holds scalars; of anything else it is said which part to take.
component C {
  requires end: Http
  requires ends: List<Http>
  secret key
  param list: List<Int> = []
  param record: { a: Int } = { a = 1 }
  param map: Map<Int> = {}
  param may: Int?
  param tree: Tree = local { path = "./a" }
  let of = package("php-fpm")
  let a = "{list} {record} {map} {may} {tree} {end} {ends} {of} {key} {none}"
  //~ E0301 @13-17 a string cannot hold `List<Int>`
  //~ help: make one string of it: `join(list, ", ")`
  //~ E0301 @20-26 a string cannot hold `{ a: Int }`
  //~ E0301 @29-32 a string cannot hold `Map<Int>`
  //~ E0301 @35-38 a string cannot hold `Int?`
  //~ help: say what stands there instead of `none`: `value ?? ""`
  //~ E0301 @41-45 a string cannot hold `Tree`
  //~ E0301 @48-51 a string cannot hold `Endpoint<Http>`
  //~ help: take its `.address`, `.host` or `.port`
  //~ E0301 @54-58 a string cannot hold `List<Endpoint<Http>>`
  //~ help: make one string of it: `join(list, ", ")`
  //~ E0301 @61-63 a string cannot hold `Package`
  //~ help: take its `.name` or `.version`
  //~ E0403 @66-69 a secret reaches a string
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
  //~ E0301 @72-76 a string cannot hold `none`
  //~ help: say what stands there instead of `none`: `value ?? ""`
  let b = "{1} {1.5} {true} {1MiB} {1s} {1%} {1MiB/s} {"x"} {version("1")} {of.version} {of.name} {end.url}"
}
