//! The environment is of another file than its profiles: what is set, and a double, use the names of their own file first.
use lib.site { site, base }
use std.doubles { SearchStub }
archive sid = apt { suites = ["sid"], components = ["main"], signed_by = "debian-archive-keyring" }
component Stub {
  param says: String
  param told: String
  requires search: Search
  capacity room: Size
  package "stub"
  provides http: Http on 80
  file "/stub" = text "{says} {told} {room} {search.address}"
}
let word = "of the entry"
profile local of site extends base {
  double web with Stub { says = word, told = town, room = memory, search = search.search.search, from = sid }
    because "it is another"
  deviate town = "{word}: Oulu" because "it is nearer"
}
variant v of site { search.base = sid }
