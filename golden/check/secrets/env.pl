archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
component C {
  secret password
  param name: String = "x"
  file "/run/c/password" = secret password { mode = 0400 }
  file "/etc/a" = ini { password = password }
  //~ E0403 @23-46 a secret reaches the content of a file
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
  file "/etc/b" = lines ["password {password}"]
  //~ E0403 @37-45 a secret reaches a string
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
  file "/etc/c" = json upper(password)
  //~ E0403 @30-38 a secret reaches `upper`
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
  let d = password + "x"
  //~ E0403 @11-19 a secret reaches `+`
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
  file "/run/c/e" = secret name
  //~ E0403 @28-32 a secret's file is a secret, this is `String`
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
}
environment e {
  base = debian
  secret p
  host h { run c = C { password = p, name = p } }
  //~ E0403 @45-46 a secret reaches `name` of `C`
  //~ at 4:9-13: declared here
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
  host i { run c = C { password = "hunter2" } }
  //~ E0403 @35-44 `password` of `C` is a secret, this is `String`
  //~ at 3:10-18: declared here
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
  host j { run c = C }
  //~ E0303 @20-21 `C` needs the secret `password`
  //~ at 3:10-18: declared here
  //~ help: declare `secret name` in the environment, and set `password = name`
}
