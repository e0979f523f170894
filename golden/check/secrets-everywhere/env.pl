// A secret goes to a component's secret and to a secret file, and nowhere else.
protocol P { scheme = "p" }
fn same(x: String) -> String = x
component C {
  secret key
  secret other
  requires end: P?
  param p: String = key
  //~ E0403 @21-24 a secret reaches `p`
  //~ at 8:12-18: declared here
  capacity c: Int = key
  //~ E0403 @21-24 a secret reaches `c`
  //~ at 11:15-18: declared here
  let renamed = key
  let text = "{key}"
  //~ E0403 @16-19 a secret reaches a string
  let joined = "a" + key
  //~ E0403 @22-25 a secret reaches `+`
  let equal = key == other
  //~ E0403 @15-18 a secret reaches `==`
  let negated = not key
  //~ E0403 @21-24 a secret reaches `not`
  let less = key < other
  //~ E0403 @14-17 a secret reaches `<`
  let otherwise = key ?? "x"
  //~ E0403 @19-22 a secret reaches `??`
  let passed = same(key)
  //~ E0403 @21-24 a secret reaches `x` of `same`
  //~ at 3:9-10: declared here
  let upper = upper(key)
  //~ E0403 @21-24 a secret reaches `upper`
  let in_list = contains([key], key)
  //~ E0403 @26-31 a secret reaches `contains`
  let mixed = ["a", key]
  //~ E0403 @21-24 a secret reaches a list of other values
  //~ at 34:16-19: `String` by this
  let all = [key, other]
  let record = { k = key }
  let member = key.length
  //~ E0403 @20-26 a secret reaches `.length`
  let by_key = { a = 1 }[key]
  //~ E0403 @26-29 a secret reaches a key
  let for_each = [x for x in key]
  //~ E0301 @30-33 `for` goes through a list or the replicas of a host, not `a secret`
  let made = { "{key}" = 1 for n in range(2) }
  //~ E0403 @18-21 a secret reaches a string
  let typed: String = key
  //~ E0403 @23-26 a secret reaches `typed`
  let kept: { k: String } = { k = key }
  //~ E0403 @35-38 a secret reaches `k`
  let chosen = if key then 1 else 2
  //~ E0403 @19-22 a secret reaches a condition
  let matched = match key { "a" => 1, _ => 2 }
  //~ E0403 @29-32 a secret reaches a pattern
  let either = if true then key else "x"
  //~ E0301 @38-41 `then` gives `a secret`, `else` gives `String`
  //~ at 55:29-32: `a secret`
  package key
  //~ E0403 @11-14 a secret reaches a package's name
  provides http: P on key
  //~ E0403 @23-26 a secret reaches a port
  file key = text "x"
  //~ E0403 @8-11 a secret reaches a file's path
  file "/a" = text key
  //~ E0403 @20-23 a secret reaches the text of a file
  file "/b" = lines [key]
  //~ E0403 @22-25 a secret reaches the content of a file
  file "/c" = ini { k = key }
  //~ E0403 @19-30 a secret reaches the content of a file
  file "/d" = json { k = [key] }
  //~ E0403 @20-33 a secret reaches the content of a file
  file "/e" = yaml record
  //~ E0403 @20-26 a secret reaches the content of a file
  file "/f" = toml { k = { k = key } }
  //~ E0403 @20-39 a secret reaches the content of a file
  file "/g" = php { k = key }
  //~ E0403 @19-30 a secret reaches the content of a file
  file "/h" = text "x" { user = key, mode = key }
  //~ E0403 @33-36 a secret reaches `user`
  //~ E0403 @45-48 a secret reaches `mode`
  file "/run/i" = secret "word"
  //~ E0403 @26-32 a secret's file is a secret, this is `String`
  file "/run/j" = secret all
  //~ E0403 @26-29 a secret reaches a secret's file
  file "/run/k" = secret (if true then key else other)
  file "/run/l" = secret renamed { mode = 0440 }
  link "/m" = key
  //~ E0403 @15-18 a secret reaches a link's target
  state "/n" { user = key }
  //~ E0403 @23-26 a secret reaches `user`
  tree "/o" = key
  //~ E0403 @15-18 a secret reaches a tree
  tree "/p" = git { repository = key, revision = "{key}" }
  //~ E0403 @34-37 a secret reaches `repository`
  //~ E0403 @52-55 a secret reaches a string
  service s { exec = ["/a", key], environment = { K = key } }
  //~ E0403 @29-32 a secret reaches an element of `exec`
  //~ E0403 @49-60 a secret reaches one of the environment variables
  job j { exec = ["/a"], environment = { K = key }, shared = key }
  //~ E0403 @40-51 a secret reaches one of the environment variables
  //~ E0403 @62-65 a secret reaches `shared`
  check [key]
  //~ E0403 @10-13 a secret reaches an element of a check's command
  assert key "a secret"
  //~ E0403 @10-13 a secret reaches a condition
  cliff true "{key}"
  //~ E0403 @16-19 a secret reaches a string
}
