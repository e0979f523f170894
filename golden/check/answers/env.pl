component C {
  capacity n: Int
  secret word
  param all: Map<String> = { }
  package "aa" { answers = { "aa/name" = "x", "aa/ask" = true, "aa/number" = 3, "aa/kinds" = ["a", "b"] } }
  package "bb" { answers = all }
  package "cc" { answers = { "cc/n" = n } }
  //~ E0401 @28-42 capacity reaches `answers`, which is part of the identity
  //~ at 2:12-13: `n` is capacity
  //~ help: compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to
  //~ note: profiles differ in capacity only: what is installed, connected and run is the same in each
  package "dd" { answers = { "dd/version" = package("dd").version.major } }
  //~ E0409 @28-74 `answers` depends on a version, which is known only once it is locked
  //~ at 12:45-58: the version is asked for here
  //~ help: versions may go into files, links, commands and assertions of the component that asks for them
  //~ note: packages are resolved first, and what a description asks for is the same whatever they come to
  package "ee" { answers = { "ee/word" = word } }
  //~ E0403 @28-48 a secret reaches one of the answers
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
  package "ff" { answers = { "ff/lists" = [["a"]] } }
  //~ E0301 @28-52 answers are a record of strings, numbers and flags, and lists of them
  package "gg" { answers = ["a"] }
  //~ E0301 @28-33 answers are a record of strings, numbers and flags, and lists of them
}
