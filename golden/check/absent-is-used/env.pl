archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component Search { provides http: Http on 9200 }
component Web { requires search: Http, provides http: Http on 80, file "/a" = text "{search.address}" }
component Proxy { requires backends: List<Http> }
environment e {
  base = debian
  let address = search.search.http.address
  host search { run search = Search }
  host web * 2 { run web = Web { search = search.search.http } }
  //~ E0405 @50-56 `search` is absent under `one`, and is used here
  //~ at 20:27-33: absent by this
  //~ at 9:22-25: this uses it
  //~ help: let what uses it be `absent` or a `double` too, have a `double` of `search` instead, or require it as `requires name: Protocol?`
  host edge { run proxy = Proxy { backends = [w.web.http for w in web] } }
  //~ E0405 @67-70 `web` is absent under `two`, and is used here
  //~ at 23:10-13: absent by this
  //~ at 14:19-24: this uses it
  //~ help: let what uses it be `absent` or a `double` too, have a `double` of `web` instead, or require it as `requires name: Protocol?`
}
profile one of e { absent search because "it is large" }
profile two of e {
  absent search because "it is large"
  absent web because "it is large"
}
profile three of e extends two {
  absent edge.proxy because "it has nothing to do"
}
