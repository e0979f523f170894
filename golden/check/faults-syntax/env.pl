archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { provides http: Http on 80, package "cc" }
environment e {
  base = debian
  host h { run c = C }
  host other { run c = C }
}
test "one" of e {
  fault cuts h other
  //~ E0107 @9-13 expected what goes wrong, found `cuts`
  //~ help: did you mean `cut`?
  fault cut h
  fault delay h other
  //~ E0107 @9-14 expected `,`, a new line or `}`, found `delay`
  fault delay h other { jitter = 5ms }
  //~ E0301 @23-39 a delay is `Duration(0s..)`, this is `{ jitter: Duration }`
  //~ help: write a duration with its unit, for example `30s`
  fault freeze h 5ms
  //~ E0107 @18-21 expected `,`, a new line or `}`, found a duration
  heal h
  //~ E0107 @8-9 expected `,`, a new line or `}`, found `h`
  http h.c.http
}
fault cut h other
//~ E0107 @1-6 expected an item of the top level, as `use`, `let`, `component` or `profile`, found `fault`
//~ help: this is a step of a `test`
