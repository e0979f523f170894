archive sid = apt { suites = ["sid"], components = ["main"], signed_by = "debian-archive-keyring" }
