fn page(base: Url, of: String) -> Url = "{base}/{of}"
//~ E0309 @41-54 `https://example.org/no path` is no `Url`
//~ at 1:35-38: declared here
//~ at 20:22-55: called here
//~ help: a URL is written with its scheme, as `https://example.org/`
component C {
  param word: String = "no path"
  param computed: Path = word
  //~ E0309 @26-30 `no path` is no `Path`
  //~ at 8:9-17: declared here
  //~ help: a path begins with `/` and has no `.` or `..`
  param listed: List<Path> = [word, "/a"]
  //~ E0309 @31-35 `no path` is no `Path`
  //~ at 12:9-15: declared here
  //~ help: a path begins with `/` and has no `.` or `..`
  param site: { root: Path?, home: Url } = { root = "/{word}", home = "http://{word}" }
  //~ E0309 @71-86 `http://no path` is no `Url`
  //~ at 16:9-13: declared here
  //~ help: a URL is written with its scheme, as `https://example.org/`
  file "/a" = lines [page("https://example.org", word), page("{word}", "x")]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
