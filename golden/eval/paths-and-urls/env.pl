component C {
  param root: Path = "/srv"
  param sites: List<Path> = ["/srv/a", "/srv/b"]
  param url: Url = "https://example.org"
  param odd: Url = "svn+ssh://user@example.org:22/x?y=z#w"
  param may: Path?
  let below: Path = "{root}/www"
  file "{below}/index" = text "{root} {url}/x {join(sites, ",")} {odd} {may ?? "/none"}"
  file (may ?? root + "/file") = lines ["{root == "/srv"} {url == "x"}"]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C }, host i { run c = C { may = "/set" } } }
profile local of e { }
