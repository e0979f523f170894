/// What readers see.
test "a page is served" of e {
  // The front alone answers.
  http edge.web.http { path = "/x?y=1", headers = { Accept-Language = "de" }, within = 30s }
  /// As a person would.
  script "tests/edit.sh" { url = edge.web.http, PAGES = 5 }
  script "tests/{name}"
  exec app ["/bin/true"] { user = "nobody" }
  exec app commands
  fault cut app db
  fault delay app db (a + b) { jitter = 5ms }
  fault full_disk db { free = 1MiB }
  heal
}
test "nothing" of e { }
