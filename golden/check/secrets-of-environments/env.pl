// A component's secret takes a secret of the environment.
component C {
  secret key
  param word: String = ""
  requires db: MySql?
}
component D { param c: C, file "/a" = text c.key }
//~ E0210 @46-49 `C` provides no `key`
//~ at 2:11-12: the component
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  secret word
  param p: String = word
  //~ E0403 @21-25 a secret reaches `p`
  //~ at 14:12-18: declared here
  capacity n: Int(1..) = 1
  secret other
  host a * word { memory = word, run c = C { key = word } }
  //~ E0403 @12-16 a secret reaches the number of replicas
  //~ E0403 @28-32 a secret reaches `memory`
  host b { run c = C { key = "word", word = word } }
  //~ E0403 @30-36 `key` of `C` is a secret, this is `String`
  //~ at 3:10-13: declared here
  //~ E0403 @45-49 a secret reaches `word` of `C`
  //~ at 4:9-13: declared here
  host c { run c = C }
  //~ E0303 @20-21 `C` needs the secret `key`
  //~ at 3:10-13: declared here
  host d { run c = C { key = if n > 1 then word else other, db = word } }
  //~ E0401 @30-59 capacity reaches `key` of `C`, which is part of the identity
  //~ at 17:12-13: `n` is capacity
  //~ at 3:10-13: takes identity only
  //~ E0403 @66-70 a secret reaches a connection
  //~ at 5:12-14: required here
  host f { run d = D { c = b.c } }
}
