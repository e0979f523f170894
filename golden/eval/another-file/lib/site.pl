use std.doubles { SearchStub }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
let word = "of the site"
component Search {
  package "search"
  provides search: Search on 9200
}
component Web {
  param greeting: String = word
  package "web"
  requires search: Search
  provides http: Http on 80
}
environment site {
  base = debian
  param town: String = word
  host web { memory = 1GiB, run web = Web { search = search.search.search }, expose web.http }
  host search { run search = Search }
  host other { run web = Web { search = search.search.search, greeting = town } }
}
profile base of site {
  double search with SearchStub { port = 9999 } because "it is large"
  web.memory = 3GiB
}
