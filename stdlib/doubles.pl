//! Test doubles: small programs that stand in for components whose work a test does not look at. Each provides the
//! endpoints of what it replaces, at the same protocols, and does nothing else.

/// Answers requests for `/` with one page, and every other with 404.
component HttpStub {
  /// The page.
  param page: String = "ok\n"
  /// Where it listens.
  param port: Int(1..=65535) = 80

  package "busybox"

  provides http: Http on port

  file "/srv/http-stub/index.html" = text page

  service httpd {
    exec   = ["/usr/bin/busybox", "httpd", "-f", "-p", "{port}", "-h", "/srv/http-stub"]
    health = http.url
  }
}

/// A search engine that knows nothing: every search finds no document.
component SearchStub {
  /// Where it listens.
  param port: Int(1..=65535) = 9200

  package "busybox"

  provides search: Search on port

  /// What it says of itself.
  file "/srv/search-stub/index.html" = json { name = "stub", version = { number = "7.10.2" } }

  file "/srv/search-stub/_search" = json { hits = { total = { value = 0, relation = "eq" }, hits = empty } }

  let empty: List<String> = []

  service httpd {
    exec   = ["/usr/bin/busybox", "httpd", "-f", "-p", "{port}", "-h", "/srv/search-stub"]
    health = search.url
  }
}
