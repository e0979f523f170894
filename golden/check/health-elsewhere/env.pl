protocol Web { scheme = "http" }
protocol Other { scheme = "other" }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  requires next: Web
  provides web: Web on 80
  provides other: Other on 81
  service next { exec = ["/bin/c"], health = "{next.url}/" }
  //~ E0510 @46-59 `http://d.e.internal:80/` is nothing that this service answers over HTTP
  //~ help: a path below the `url` of an endpoint of its component: `health = "{http.url}/health"`
  service unlike { exec = ["/bin/c"], health = "{other.url}/" }
  //~ E0510 @48-62 `other://127.0.0.1:81/` is nothing that this service answers over HTTP
  //~ help: a path below the `url` of an endpoint of its component: `health = "{http.url}/health"`
  service longer { exec = ["/bin/c"], health = "{web.url}0/" }
  //~ E0510 @48-61 `http://127.0.0.1:800/` is nothing that this service answers over HTTP
  //~ help: a path below the `url` of an endpoint of its component: `health = "{http.url}/health"`
  service path { exec = ["/bin/c"], health = "/health" }
  //~ E0510 @46-55 `/health` is nothing that this service answers over HTTP
  //~ help: a path below the `url` of an endpoint of its component: `health = "{http.url}/health"`
  service blank { exec = ["/bin/c"], health = "{web.url}/a b" }
  //~ E0510 @47-62 `http://127.0.0.1:80/a b` is nothing that this service answers over HTTP
  //~ help: a path below the `url` of an endpoint of its component: `health = "{http.url}/health"`
  service part { exec = ["/bin/c"], health = "{web.url}/#a" }
  //~ E0510 @46-60 `http://127.0.0.1:80/#a` is nothing that this service answers over HTTP
  //~ help: a path below the `url` of an endpoint of its component: `health = "{http.url}/health"`
  service sign { exec = ["/bin/c"], health = "{web.url}/a<b" }
  //~ E0510 @46-61 `http://127.0.0.1:80/a<b` is nothing that this service answers over HTTP
  //~ help: a path below the `url` of an endpoint of its component: `health = "{http.url}/health"`
  service lines { exec = ["/bin/c"], health = "{web.url}/\n" }
  //~ E0505 @47-61 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
}
component D { provides web: Web on 80 }
environment e {
  base = debian
  host h { run c = C { next = d.d.web } }
  host d { run d = D }
}
profile local of e { }
