archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  provides http: Http on 80
  provides sql: MySql on 3306
  package "cc"
  secret word
}
environment e {
  base = debian
  secret word
  capacity n: Int(1..) = 2
  host h { run c = C { word = word } }
  host many * n { run c = C { word = word } }
  host unused_one { run c = C { word = word } }
}
test "one" of e {
  http many.c.http { path = "/{many.c.http.port}", status = 20, within = 5 }
  //~ E0304 @61-63 `status` is `Int(100..=599)`, this is `20`
  //~ E0301 @74-75 `within` is `Duration(0s..)`, this is `Int`
  //~ help: write a duration with its unit, for example `30s`
  http h.c.sql
  //~ E0305 @8-15 `http` asks what speaks HTTP, and this speaks `MySql`
  //~ at std/protocols.pl: which has another scheme than `http`
  //~ help: a `script` may ask it in its own protocol, given its address: `script "file" { at = host.instance.endpoint }`
  http h.c
  //~ E0301 @8-11 `http` takes an endpoint, this is `a component's instance`
  //~ help: name one that speaks HTTP: `http host.instance.endpoint`
  http h
  //~ E0301 @8-9 `http` takes an endpoint, this is `a host`
  //~ help: name one that speaks HTTP: `http host.instance.endpoint`
  http word
  //~ E0403 @8-12 a secret reaches an endpoint
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
  http h.c.htp
  //~ E0210 @12-15 `C` provides no `htp`
  //~ at 2:11-12: the component
  //~ help: did you mean `http`?
  http h.c.http { pth = "/" }
  //~ E0209 @19-22 a request has no `pth`
  //~ help: did you mean `path`?
  http h.c.http { headers = { a = ["b"] }, body = word, status = "200", path = "/", path = "/x" }
  //~ E0301 @29-42 headers are a record of strings, numbers and flags
  //~ E0403 @51-55 a secret reaches `body`
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
  //~ E0301 @66-71 `status` is `Int(100..=599)`, this is `String`
  //~ E0202 @85-89 `path` is set twice
  //~ at 42:73-77: first here
  script "a.sh" { url = h.c.http, host = h, word = word, list = ["a"], url = 5, none_at_all = none }
  //~ E0301 @42-43 `host` of a script is a string, number, flag or endpoint, this is `a host`
  //~ E0403 @52-56 a secret reaches a variable of a script
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
  //~ E0301 @65-70 `list` of a script is a string, number, flag or endpoint, this is `List<String>`
  //~ E0202 @72-75 `url` is set twice
  //~ at 50:19-22: first here
  //~ E0301 @95-99 `none_at_all` of a script is a string, number, flag or endpoint, this is `none`
  script 5
  //~ E0301 @10-11 a script's path is `String`, this is `Int`
  //~ help: put a value into a string by interpolation: `"{value}"`
  exec g ["/bin/true"]
  //~ E0210 @8-9 environment `e` has no host `g`
  //~ at 8:13-14: the environment
  //~ help: there is `h`, `many`, `unused_one`
  exec h "true"
  //~ E0301 @10-16 a command is `List<String>`, this is `String`
  //~ help: a list is wanted: put it into `[ ]`
  exec h ["/bin/true", 5] { user = 5, status = 300, group = "x", contains = package("c").name }
  //~ E0301 @24-25 an element of a command is `String`, this is `Int`
  //~ help: put a value into a string by interpolation: `"{value}"`
  //~ E0301 @36-37 `user` is `String`, this is `Int`
  //~ help: put a value into a string by interpolation: `"{value}"`
  //~ E0304 @48-51 `status` is `Int(0..=255)`, this is `300`
  //~ E0209 @53-58 a command has no `group`
  //~ help: there is `user`, `status`, `contains`, `within`
  //~ E0515 @77-89 a package is asked for where no host is
  //~ help: ask inside a component or a host, whose packages these are
}
/// Of {many} and {nothing}.
//~ E0212 @20-27 the doc comment speaks of `nothing`, which is not there
//~ help: there is `h`, `many`, `n`, `unused_one`, `word`, `C`, `debian`, `e`
//~ note: a comment that names what is there cannot outlive it
test "one" of e {
//~ E0202 @6-11 `one` is defined twice
//~ here: again here
//~ at 16:6-11: first here
//~ help: give one of them another name
  http h.c.http
}
test "" of e { http h.c.http }
//~ E0510 @6-8 `` cannot be the name of a test
//~ help: write in one line of at most 200 letters what it shows
test "a\nb" of e { http h.c.http }
//~ E0510 @6-12 `a\nb` cannot be the name of a test
//~ help: write in one line of at most 200 letters what it shows
test "two" of f { http h.c.http }
//~ E0201 @15-16 unknown environment `f`
//~ help: there is `e`
test "three" of e { }
//~ E0303 @6-13 the test `three` has no step
//~ help: write what it does: `http host.instance.endpoint { path = "/" }`, `script "file"`, `exec host ["/command"]`, `fault cut host other`
