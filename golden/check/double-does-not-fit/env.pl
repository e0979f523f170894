archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
protocol Grpc
component Search { param language: String = "en", provides http: Http on 9200, provides admin: Http on 9300, provides unused: Http on 9400 }
component Cache { provides http: Http on 9200, provides admin: Grpc on 9300 }
component Empty { param size: Int, requires of: Http }
component Web { provides http: Http on 80, requires search: Http, requires admin: List<Http>, file "/a" = text "{search.address}" }
component Typed { param language: Int = 5 }
component Told { param language: String }
environment e {
  base = debian
  host asked { run search = Search }
  host told { run told = Told { language = asked.search.language } }
  host search { run search = Search, expose search.http }
  host many * 2 { run search = Search, run other = Empty { size = 1, of = search.http } }
  host web {
    run web = Web { search = search.search.http, admin = [x.search.admin for x in many] + [search.search.admin] }
  }
}
profile protocol of e {
  double search with Cache because "smaller"
  double many.search with Cache because "smaller"
  //~ E0404 @27-32 `admin` of `Cache` is `Grpc`, and of what it stands in for `Http`
  //~ at 16:68-73: used here, as `Http`
  //~ at 3:89-94: `Http` here
  //~ at 4:57-62: `Grpc` here
  //~ at 16:9-12: this uses it
  //~ help: a double of it needs `provides admin: Http on …`
}
profile missing of e { double search with Empty { size = 1, of = web.web.http } because "smaller" }
//~ E0404 @43-48 `Empty` provides no `http`, which is used of what it stands in for
//~ at 13:52-56: used here, as `Http`
//~ at 3:60-64: `Http` here
//~ at 5:11-16: the double
//~ help: a double of it needs `provides http: Http on …`
//~ E0404 @43-48 `Empty` provides no `admin`, which is used of what it stands in for
//~ at 16:106-111: used here, as `Http`
//~ at 3:89-94: `Http` here
//~ at 5:11-16: the double
//~ at 16:9-12: this uses it
//~ help: a double of it needs `provides admin: Http on …`
profile parameters of e { double asked with Cache because "smaller" }
//~ E0404 @45-50 `Cache` has no `language`, which is used of what it stands in for
//~ at 12:57-65: used here, as `String`
//~ at 3:26-34: `String` here
//~ at 4:11-16: the double
//~ at 12:19-23: this uses it
//~ help: a double of it needs `param language: String`
profile types of e { double asked with Typed because "smaller" }
//~ E0404 @40-45 `language` of `Typed` is `Int`, and of what it stands in for `String`
//~ at 12:57-65: used here, as `String`
//~ at 3:26-34: `String` here
//~ at 7:25-33: `Int` here
//~ at 12:19-23: this uses it
//~ help: a double of it needs `param language: String`
profile inherits of e extends protocol { }
