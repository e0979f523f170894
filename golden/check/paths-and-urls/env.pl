archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
component C {
  param a: Path = "srv/www"
  //~ E0309 @19-28 `srv/www` is no `Path`
  //~ help: a path begins with `/` and has no `.` or `..`
  param b: Path = "/srv/../www"
  //~ E0309 @19-32 `/srv/../www` is no `Path`
  //~ help: a path begins with `/` and has no `.` or `..`
  param c: Url = "example.org"
  //~ E0309 @18-31 `example.org` is no `Url`
  //~ help: a URL is written with its scheme, as `https://example.org/`
  param d: Url = "https://example.org/"
  file "/e" = text "{a} {b} {c} {d}"
}
environment e {
  base = debian
  host h { run c = C }
}
