archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
component C {
  tree "/a" = local { path = "../site" }
  //~ E0517 @30-39 `../site` is not a path inside the project
  //~ help: name a directory or file of the project, as `./src`; `--with PATH=/elsewhere` takes any
  tree "/b" = local { path = "/srv/site" }
  //~ E0517 @30-41 `/srv/site` is not a path inside the project
  //~ help: name a directory or file of the project, as `./src`; `--with PATH=/elsewhere` takes any
  tree "/c" = git { repository = "./site", revision = "-rf" }
  //~ E0517 @55-60 `-rf` is no revision of a Git repository
  //~ help: write a commit, a tag or a branch, as `v1.2`
  tree "/d" = download { url =  "ftp://example.org/x", sha256 = "0" }
  //~ E0517 @33-54 `ftp://example.org/x` cannot be downloaded
  //~ help: a download has a URL with `https://`, `http://` or `file://`
  tree "/e" = download { url = "https://example.org/x", sha256 = "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF" }
  //~ E0517 @66-132 `0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789AB…` is no SHA-256
  //~ help: 64 hexadecimal digits in lower case, as `sha256sum` prints them
  tree "/f" = build { from = local { path = "./site" }, run = ["make"], output = "../dist" }
  //~ E0517 @82-91 `../dist` is not a directory below the build's own
  //~ help: write it as `dist`
  tree "/g" = build { from = local { path = "./site" }, run = ["make"], output = "dist" }
}
environment e {
  base = debian
  host h { run c = C }
}
