//! Secrets that may be left out: of components only, and looked at for nothing but whether they are there.

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

component App {
  secret needed
  secret key?
  param name: String = key ?? "x"
  //~ E0403 @24-27 a secret reaches `??`
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
  let there = key != none
  let text = "{key}"
  //~ E0403 @16-19 a secret reaches a string
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
  let equal = key == needed
  //~ E0403 @15-18 a secret reaches `==`
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
  let word = if key == none then "none" else "some"
  file "/etc/app" = lines [word]
  file "/run/app/key" = secret key
  file "/run/app/either" = secret (key ?? needed)
  file "/run/app/word" = secret word
  //~ E0403 @33-37 a secret's file is a secret, this is `String`
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
}

environment e {
  base = debian
  secret one
  secret other?
  //~ E0107 @15-16 expected `,`, a new line or `}`, found `?`
  //~ help: a choice is `if … then … else …`; `a ?? b` is `b` where `a` is `none`
  host app {
    run app = App { needed = one }
    run more = App { key = "word" }
    //~ E0403 @28-34 `key` of `App` is a secret, this is `String`
    //~ at 7:10-13: declared here
    //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
    //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
  }
}
