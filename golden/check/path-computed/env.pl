archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
// What is computed is held to its shape when it is evaluated.
component C {
  param name: String = "www"
  let here: Path = "srv/{name}"
  //~ E0309 @20-32 `srv/www` is no `Path`
  //~ help: a path begins with `/` and has no `.` or `..`
  let there: Url = "{name}"
  //~ E0309 @20-28 `www` is no `Url`
  //~ help: a URL is written with its scheme, as `https://example.org/`
  file "/a" = text "{here}"
  file "/b" = text "{there}"
}
environment e {
  base = debian
  host h { run c = C }
}
