//! A secret that may be left out: without it there is no file, and what is run can know.

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

component App {
  secret key?
  file "/etc/app" = lines [if key == none then "open" else "closed"]
  file "/run/app/key" = secret key { mode = 0440 }
}

environment e {
  base = debian
  secret word
  host with { run app = App { key = word } }
  host without { run app = App }
  host none_said { run app = App { key = none } }
}

profile local of e { }
