// A part that is no path or URL is found where it is written.
component C {
  param paths: List<Path> = ["/a", "b", "/c/../d", "/e/./f", "/", "/g//h"]
  //~ E0309 @36-39 `b` is no `Path`
  //~ at 3:16-26: declared here
  //~ help: a path begins with `/` and has no `.` or `..`
  //~ E0309 @41-50 `/c/../d` is no `Path`
  //~ at 3:16-26: declared here
  //~ help: a path begins with `/` and has no `.` or `..`
  //~ E0309 @52-60 `/e/./f` is no `Path`
  //~ at 3:16-26: declared here
  //~ help: a path begins with `/` and has no `.` or `..`
  param urls: Map<Url> = { a = "http://x", b = "http//x", c = "HTTP://x", d = "mailto:x", e = "http://", f = "http://a b" }
  //~ E0309 @48-57 `http//x` is no `Url`
  //~ at 13:15-23: declared here
  //~ help: a URL is written with its scheme, as `https://example.org/`
  //~ E0309 @63-73 `HTTP://x` is no `Url`
  //~ at 13:15-23: declared here
  //~ help: a URL is written with its scheme, as `https://example.org/`
  //~ E0309 @79-89 `mailto:x` is no `Url`
  //~ at 13:15-23: declared here
  //~ help: a URL is written with its scheme, as `https://example.org/`
  //~ E0309 @95-104 `http://` is no `Url`
  //~ at 13:15-23: declared here
  //~ help: a URL is written with its scheme, as `https://example.org/`
  //~ E0309 @110-122 `http://a b` is no `Url`
  //~ at 13:15-23: declared here
  //~ help: a URL is written with its scheme, as `https://example.org/`
  param site: { root: Path?, home: Url } = { root = "www", home = "www" }
  //~ E0309 @53-58 `www` is no `Path`
  //~ at 29:15-41: declared here
  //~ help: a path begins with `/` and has no `.` or `..`
  //~ E0309 @67-72 `www` is no `Url`
  //~ at 29:15-41: declared here
  //~ help: a URL is written with its scheme, as `https://example.org/`
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
