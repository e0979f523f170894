archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
environment e {
  base = debian
  host app * 2 { }
  host app_1 { }
}
