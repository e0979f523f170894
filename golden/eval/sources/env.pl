// Sources, builds of them, and builds of builds.
fn project(name: String) -> Source = git { repository = "https://example.org/{name}.git", revision = "v{name}" }
component C {
  param source: Source = local { path = "./src", ignore = ["*.o", "tmp/"] }
  param flags: List<String> = ["-O2"]
  let libraries = build { from = source, packages = ["gcc", "make"], run = ["make lib"], output = "lib" }
  let app = build {
    from = libraries
    packages = ["make"]
    run = ["make {join(flags, " ")}", """
      cat > note <<END
      two lines
      END
      """]
    environment = { FLAGS = first(flags) ?? "", LEVEL = 2, SIZE = 1KiB, ON = true }
    output = "out/dist"
  }
  tree "/srv/app" = app { user = "www-data", group = "adm" }
  tree "/srv/src" = source
  tree "/srv/tool" = download {
    url = "https://example.org/tool-1.2.tar.gz"
    sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    unpack = true
  }
  tree "/srv/wiki" = git { repository = "./wiki", revision = "feature/x+1" }
  tree "/srv/made" = build { run = ["true"] }
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C { source = local { path = "lib" } } } }
profile local of e { }
