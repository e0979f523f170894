//! Files, links and state directories are one tree above the packages; only owners that are not root are named.
archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "test" }
component Web {
  package "web"
  file "/etc/web.conf" = lines ["listen 80", "workers {2 * 3}"]
  file "/etc/web.secret" = text "x" { user = "web", group = "web", mode = 0640 }
  link "/etc/web.d/site" = "../web.conf"
  state "/var/lib/web" { user = "web", group = "web", mode = 0700 }
}
environment single {
  base = debian
  host one { run web = Web {} }
}
profile local of single {}
