archive debian = apt {
  suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring", mirror = "https://example.org/debian"
}
archive next = apt { suites = ["sid"], components = ["main"], signed_by = "debian-archive-keyring" }
