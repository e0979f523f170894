//! Trees lie between a host's packages and its configuration. What makes them has packages of its own.
archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "test" }
let sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
component Wiki {
  param source: Source = git { repository = "./wiki", revision = "v1" }
  package "web"
  tree "/srv/wiki" = build {
    from = source
    packages = ["make"]
    run = ["make", "make install DESTDIR=out"]
    environment = { B = "2", A = "1" }
    output = "out"
  } { user = "web", group = "web" }
  tree "/srv/wiki/extensions" = download { url = "https://example.org/extensions-2.tar.gz", sha256 = sha256, unpack = true }
  tree "/srv/phar" = download { url = "https://example.org/composer.phar", sha256 = sha256 }
  file "/srv/wiki/settings" = lines ["x"]
}
component Plain {
  tree "/srv" = local { path = "./site", ignore = ["*.log"] }
}
environment single {
  base = debian
  host one { run wiki = Wiki }
  host two { run plain = Plain }
}
profile local of single {}
